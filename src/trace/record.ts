import { decodeBytes } from '../base/text.ts';
import { ENTER, EXIT, HEADER, type Piece, RECORD } from './bpf/records.ts';
import type { CaptureLayout, ValueSlot } from './layout.ts';
import type { Captured, CapturedPiece } from './value.ts';

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
  readonly values: readonly Captured[];
};
export type ExitRecord = Common & {
  readonly kind: 'exit';
  readonly callId: number;
  readonly site: number;
  readonly values: readonly Captured[];
};
export type LandingRecord = Common & { readonly kind: 'landing' };
export type ThreadEndRecord = Common & { readonly kind: 'thread-end' | 'exec' };
export type TraceRecord = EnterRecord | ExitRecord | LandingRecord | ThreadEndRecord;

/** Which captures a record of a function, or of one of its exits, holds. */
export type Layouts = {
  readonly entry: (fn: number) => CaptureLayout | undefined;
  readonly exit: (site: number) => CaptureLayout | undefined;
};

const readText = (view: DataView, base: number, piece: Piece & { at: number }): Captured['text'] => {
  const result = Number(view.getBigInt64(base + piece.at, true));
  const slice = (length: number): Uint8Array =>
    new Uint8Array(
      view.buffer.slice(view.byteOffset + base + piece.at + 8, view.byteOffset + base + piece.at + 8 + length),
    );
  if (piece.kind === 'text') {
    if (result < 0) return { bytes: new Uint8Array(), length: null, status: 'unreadable' };
    const length = Math.max(0, result - 1);
    const shown = piece.capacity - 2;
    return length > shown
      ? { bytes: slice(shown), length: null, status: 'truncated' }
      : { bytes: slice(length), length: BigInt(length), status: 'ok' };
  }
  if (piece.kind === 'bytes') {
    const length = view.getBigUint64(base + piece.lengthAt, true);
    if (result < 0) return { bytes: new Uint8Array(), length, status: 'unreadable' };
    return { bytes: slice(result), length, status: length > BigInt(result) ? 'truncated' : 'ok' };
  }
  return undefined;
};

const readPiece = (view: DataView, base: number, piece: Piece | null): CapturedPiece => {
  if (piece === null) return 'gone';
  if (piece.kind === 'stack' && view.getBigInt64(base + piece.at + 8, true) < 0n) return 'unreadable';
  return view.getBigUint64(base + piece.at, true);
};

const readValue = (view: DataView, base: number, slot: ValueSlot): Captured => {
  const pieces: CapturedPiece[] = [];
  for (const piece of slot.words) pieces.push(readPiece(view, base, piece));
  const text = slot.text ? readText(view, base, slot.text) : undefined;
  return text ? { pieces, text } : { pieces };
};

const readValues = (view: DataView, base: number, layout: CaptureLayout): Captured[] => {
  const values: Captured[] = [];
  for (const slot of layout.values) values.push(readValue(view, base, slot));
  return values;
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
        values: readValues(view, base, layout),
      };
    }
    case RECORD.exit: {
      const site = readCount(view, base + EXIT.site);
      const layout = layouts.exit(site);
      if (!layout || length < layout.size) return undefined;
      const callId = readCount(view, base + EXIT.callId);
      return { kind: 'exit', fn, sequence, time, tgid, tid, sp, callId, site, values: readValues(view, base, layout) };
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
