import { decodeBytes } from '../base/text.ts';
import { BLOCK, ENTER, EXIT, FOLLOW, HEADER, RECORD } from './bpf/records.ts';
import type { CaptureLayout, StaleSlot, ValueSlot } from './layout.ts';
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

type Common = {
  readonly fn: number;
  readonly sequence: number;
  readonly time: bigint;
  readonly tgid: number;
  readonly tid: number;
  readonly sp: bigint;
};
export type EnterRecord = Common & {
  readonly kind: 'enter';
  /** Where the stack's mapping ends; 0n where it isn't known. */
  readonly stackEnd: bigint;
  readonly comm: string;
  readonly capture: Capture;
};
export type ExitRecord = Common & {
  readonly kind: 'exit';
  readonly callId: number;
  readonly site: number;
  readonly capture: Capture;
};
export type LandingRecord = Common & { readonly kind: 'landing' };
export type ThreadEndRecord = Common & { readonly kind: 'thread-end' | 'exec' };
export type TraceRecord = EnterRecord | ExitRecord | LandingRecord | ThreadEndRecord;

/** Which captures a record of a function, or of one of its exits, holds. */
export type Layouts = {
  readonly entry: (fn: number) => CaptureLayout | undefined;
  readonly exit: (site: number) => CaptureLayout | undefined;
};

/** Larger arrays have memory of their own, which takes ten times as long to get. */
const smallCopy = 64;

/** Bytes of the ring, copied: what is behind the record's end is written anew. */
const copyBytes = (view: DataView, at: number, size: number): Uint8Array => {
  const ring = ringBytes(view);
  const from = view.byteOffset + at;
  if (size <= smallCopy) return ring.slice(from, from + size);
  const copy = Buffer.allocUnsafe(size);
  copy.set(ring.subarray(from, from + size));
  return copy;
};

let lastRing: Uint8Array = new Uint8Array(0);

/** All of the memory that a view is on: made once for all records of a ring. */
const ringBytes = ({ buffer }: DataView): Uint8Array => {
  if (lastRing.buffer !== buffer) lastRing = new Uint8Array(buffer);
  return lastRing;
};

const readSlot = (view: DataView, base: number, slot: ValueSlot): CapturedValue => {
  const bytes = copyBytes(view, base + slot.at, slot.size);
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
      bytes: copyBytes(view, base + at + BLOCK.bytes, length),
      isUnreadable: result < 0,
    });
    at += BLOCK.bytes + ((length + 7) & ~7);
  }
  const isFull = view.getUint32(base + FOLLOW.isFull, true) !== 0;
  return new Snapshot(blocks, isFull, stale.length === 0 ? [] : readStale(view, base, stale));
};

const readCapture = (view: DataView, base: number, layout: CaptureLayout): Capture => {
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

const commWords = [0, 4, 8, 12] as const;
/** Nearly every record names the thread that the one before it did. */
const lastComm = { words: [0, 0, 0, 0], text: '' };

const readComm = (view: DataView, at: number): string => {
  if (commWords.every((offset, i) => lastComm.words[i] === view.getUint32(at + offset, true))) return lastComm.text;
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, 16);
  const end = bytes.indexOf(0);
  lastComm.words = commWords.map((offset) => view.getUint32(at + offset, true));
  lastComm.text = decodeBytes(bytes.slice(0, end < 0 ? 16 : end));
  return lastComm.text;
};

/** A 64-bit count, which stays far below 2^53, without a bigint on the way. */
const readCount = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);

/**
 * Decodes the record at `base`; undefined for one that isn't known (a reader older than its program). This runs for
 * each event, so each record is one literal: spreading the common part costs several times as much as reading it.
 */
export const readRecord = (view: DataView, base: number, length: number, layouts: Layouts): TraceRecord | undefined => {
  if (length < HEADER.size) return undefined;
  const fn = view.getUint32(base + HEADER.fn, true);
  const sequence = readCount(view, base + HEADER.sequence);
  const time = view.getBigUint64(base + HEADER.time, true);
  const tid = view.getUint32(base + HEADER.thread, true);
  const tgid = view.getUint32(base + HEADER.thread + 4, true);
  const sp = view.getBigUint64(base + HEADER.sp, true);
  switch (view.getUint32(base + HEADER.kind, true)) {
    case RECORD.enter: {
      const layout = layouts.entry(fn);
      if (!layout || length < layout.size) return undefined;
      const stackEnd = view.getBigUint64(base + ENTER.stackEnd, true);
      const comm = readComm(view, base + ENTER.comm);
      return {
        kind: 'enter',
        fn,
        sequence,
        time,
        tgid,
        tid,
        sp,
        stackEnd,
        comm,
        capture: readCapture(view, base, layout),
      };
    }
    case RECORD.exit: {
      const site = readCount(view, base + EXIT.site);
      const layout = layouts.exit(site);
      if (!layout || length < layout.size) return undefined;
      const callId = readCount(view, base + EXIT.callId);
      return {
        kind: 'exit',
        fn,
        sequence,
        time,
        tgid,
        tid,
        sp,
        callId,
        site,
        capture: readCapture(view, base, layout),
      };
    }
    case RECORD.landing:
      return { kind: 'landing', fn, sequence, time, tgid, tid, sp };
    case RECORD.threadEnd:
      return { kind: 'thread-end', fn, sequence, time, tgid, tid, sp };
    case RECORD.exec:
      return { kind: 'exec', fn, sequence, time, tgid, tid, sp };
    default:
      return undefined;
  }
};
