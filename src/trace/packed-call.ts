import type { CaptureLayout } from './capture-layout.ts';
import type { EndedCall } from './correlate.ts';
import type { CallEvent, Outcome } from './event.ts';
import { EntryBytes, ExitBytes, usedBytes } from './record-bytes.ts';
import type { RecordMemory } from './record-memory.ts';
import type { CallReader, RecordRoom } from './record-room.ts';
import type { EnteredCall } from './thread-calls.ts';

/** What an event of a call is made of. */
export type KeptCall = {
  readonly seq: number;
  readonly event: CallEvent['event'];
  readonly call: EnteredCall;
  readonly ended: EndedCall | null;
  /** Of the exit's probe, as linked. */
  readonly exitAddress: bigint | null;
};

/** The same for all calls that end at one exit. */
export type KnownExit = { readonly layout: CaptureLayout; readonly address: bigint | null };

/*
 *  0  seq                24  duration, ns; -1: not known     44  function
 *  8  parent; -1: none   32  bytes of the entry's record     48  the exit's number
 * 16  depth              36  bytes of the exit's; 0: none    56  the entry's record, then the exit's
 * 20  outcome; 255: none, 21: 1 for `enter`
 */
const at = { seq: 0, parent: 8, depth: 16, outcome: 20, kind: 21, duration: 24, entry: 32, exit: 36, fn: 44, site: 48 };
const headSize = 56;

const outcomes: readonly Outcome[] = ['returned', 'tail-call', 'unwound', 'left', 'exited', 'running', 'entered'];
const noOutcome = 255;

const aligned = (size: number): number => (size + 7) & ~7;

/** In words, which is right as far as `aligned(size)`: a view of the bytes would be an object for each record. */
const copyWords = ({ view, base }: EntryBytes | ExitBytes, to: DataView, start: number, size: number): void => {
  for (let done = 0; done < size; done += 4) to.setUint32(start + done, view.getUint32(base + done, true), true);
};

/** Writes a call into a room; null: it doesn't fit, or its records aren't bytes. */
export const packCall = (kept: KeptCall, room: RecordRoom, reader: CallReader): number | null => {
  const { call, ended } = kept;
  const { enter } = call;
  const exit = ended?.ret ?? null;
  if (!(enter instanceof EntryBytes) || (exit !== null && !(exit instanceof ExitBytes))) return null;
  const entrySize = usedBytes(enter);
  const exitSize = exit === null ? 0 : usedBytes(exit);
  const taken = room.take(headSize + aligned(entrySize) + aligned(exitSize), reader);
  if (taken === null) return null;
  const { view, at: start } = taken;
  view.setFloat64(start + at.seq, kept.seq, true);
  view.setFloat64(start + at.parent, call.parent ?? -1, true);
  view.setUint32(start + at.depth, call.depth, true);
  view.setUint8(start + at.outcome, ended === null ? noOutcome : outcomes.indexOf(ended.outcome));
  view.setUint8(start + at.kind, kept.event === 'enter' ? 1 : 0);
  view.setBigInt64(start + at.duration, ended?.duration ?? -1n, true);
  view.setUint32(start + at.entry, entrySize, true);
  view.setUint32(start + at.exit, exitSize, true);
  view.setUint32(start + at.fn, enter.fn, true);
  view.setFloat64(start + at.site, exit?.site ?? 0, true);
  copyWords(enter, view, start + headSize, entrySize);
  if (exit !== null) copyWords(exit, view, start + headSize + aligned(entrySize), exitSize);
  return start;
};

/** A call that {@link packCall} wrote. `entry`: the layout of its function's entries; `exits`: those that were seen. */
export const readPackedCall = (
  memory: RecordMemory,
  start: number,
  entry: CaptureLayout,
  exits: ReadonlyMap<number, KnownExit>,
): KeptCall => {
  const { view } = memory;
  const fn = view.getUint32(start + at.fn, true);
  const parent = view.getFloat64(start + at.parent, true);
  const first = start + headSize;
  const call: EnteredCall = {
    enter: new EntryBytes(memory, first, fn, entry),
    parent: parent < 0 ? null : parent,
    depth: view.getUint32(start + at.depth, true),
  };
  const site = view.getFloat64(start + at.site, true);
  const known = view.getUint32(start + at.exit, true) === 0 ? undefined : exits.get(site);
  const second = first + aligned(view.getUint32(start + at.entry, true));
  const ret = known === undefined ? null : new ExitBytes(memory, second, fn, site, known.layout);
  const duration = view.getBigInt64(start + at.duration, true);
  const outcome = outcomes[view.getUint8(start + at.outcome)];
  return {
    seq: view.getFloat64(start + at.seq, true),
    event: view.getUint8(start + at.kind) === 1 ? 'enter' : 'call',
    call,
    ended: outcome === undefined ? null : { ...call, outcome, ret, duration: duration < 0n ? null : duration },
    exitAddress: known?.address ?? null,
  };
};
