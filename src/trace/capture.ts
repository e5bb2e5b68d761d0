import { BLOCK, FOLLOW } from './bpf/records.ts';
import type { CaptureLayout, StaleSlot, ValueSlot } from './capture-layout.ts';
import { type Block, type CapturedValue, Snapshot, type StaleRange } from './snapshot.ts';

/** What a probe brought of a call. */
export type Capture = {
  readonly slots: readonly CapturedValue[];
  /** By value: its slots. */
  readonly values: CaptureLayout['values'];
  readonly memory: Snapshot;
  /** The instruction pointer at the probe; null where it isn't needed. */
  readonly rip: bigint | null;
  /** Of a tail call: the memory of the result was handed on. */
  readonly isPassed: boolean;
};

/** Bytes of a record. */
const bytesAt = (view: DataView, at: number, size: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + at, size);

const readSlot = (view: DataView, base: number, slot: ValueSlot): CapturedValue => {
  let bytes = bytesAt(view, base + slot.at, slot.size);
  if (slot.constants.length > 0) bytes = bytes.slice();
  for (const { start, bytes: constant } of slot.constants) bytes.set(constant, start);
  let { missing } = slot;
  for (const { start, end, resultAt } of slot.read)
    if (view.getInt32(base + resultAt, true) < 0) missing = [...missing, { start, end, why: 'unreadable' }];
  return { bytes, missing };
};

const noMemory = new Snapshot([], false);

const readStale = (view: DataView, base: number, slots: readonly StaleSlot[]): StaleRange[] =>
  slots.map(({ baseAt, indexAt, scale, displacement, size }) => {
    const from = baseAt === null ? 0n : view.getBigUint64(base + baseAt, true);
    const by = indexAt === null ? 0n : view.getBigUint64(base + indexAt, true) * BigInt(scale);
    const start = BigInt.asUintN(64, from + by + displacement);
    return { start, end: start + BigInt(size) };
  });

const readBlocks = (view: DataView, base: number, { follows, blocks: first, stale }: CaptureLayout): Snapshot => {
  if (follows.length === 0) return noMemory;
  const used = view.getUint32(base + FOLLOW.used, true);
  const blocks: Block[] = [];
  for (let at = first; at < used; ) {
    const result = view.getInt32(base + at + BLOCK.result, true);
    const length = Math.max(0, result);
    blocks.push({
      address: view.getBigUint64(base + at + BLOCK.address, true),
      bytes: bytesAt(view, base + at + BLOCK.bytes, length),
      isUnreadable: result < 0,
    });
    at += BLOCK.bytes + ((length + 7) & ~7);
  }
  const isFull = view.getUint32(base + FOLLOW.isFull, true) !== 0;
  return new Snapshot(blocks, isFull, stale.length === 0 ? [] : readStale(view, base, stale));
};

export const readCapture = (view: DataView, base: number, layout: CaptureLayout): Capture => {
  const slots: CapturedValue[] = [];
  for (const slot of layout.slots) slots.push(readSlot(view, base, slot));
  return {
    slots,
    values: layout.values,
    memory: readBlocks(view, base, layout),
    rip: layout.ripAt === null ? null : view.getBigUint64(base + layout.ripAt, true),
    isPassed: layout.passedAt !== null && view.getUint32(base + layout.passedAt, true) !== 0,
  };
};
