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

const readValue = (view: DataView, base: number, slot: ValueSlot): Captured => {
  const pieces = slot.words.map((piece): CapturedPiece => {
    if (piece === null) return 'gone';
    if (piece.kind === 'stack' && view.getBigInt64(base + piece.at + 8, true) < 0n) return 'unreadable';
    return view.getBigUint64(base + piece.at, true);
  });
  const text = slot.text ? readText(view, base, slot.text) : undefined;
  return text ? { pieces, text } : { pieces };
};

const readComm = (view: DataView, at: number): string => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, 16);
  const end = bytes.indexOf(0);
  return decodeBytes(bytes.slice(0, end < 0 ? 16 : end));
};

/** Decodes the record at `base`; undefined for one that isn't known (a reader older than its program). */
export const readRecord = (view: DataView, base: number, length: number, layouts: Layouts): TraceRecord | undefined => {
  if (length < HEADER.size) return undefined;
  const fn = view.getUint32(base + HEADER.fn, true);
  const common: Common = {
    fn,
    sequence: Number(view.getBigUint64(base + HEADER.sequence, true)),
    time: view.getBigUint64(base + HEADER.time, true),
    tid: view.getUint32(base + HEADER.thread, true),
    tgid: view.getUint32(base + HEADER.thread + 4, true),
    sp: view.getBigUint64(base + HEADER.sp, true),
  };
  switch (view.getUint32(base + HEADER.kind, true)) {
    case RECORD.enter: {
      const layout = layouts.entry(fn);
      if (!layout || length < layout.size) return undefined;
      return {
        ...common,
        kind: 'enter',
        stackEnd: view.getBigUint64(base + ENTER.stackEnd, true),
        comm: readComm(view, base + ENTER.comm),
        values: layout.values.map((slot) => readValue(view, base, slot)),
      };
    }
    case RECORD.exit: {
      const site = Number(view.getBigUint64(base + EXIT.site, true));
      const layout = layouts.exit(site);
      if (!layout || length < layout.size) return undefined;
      return {
        ...common,
        kind: 'exit',
        callId: Number(view.getBigUint64(base + EXIT.callId, true)),
        site,
        values: layout.values.map((slot) => readValue(view, base, slot)),
      };
    }
    case RECORD.landing:
      return { ...common, kind: 'landing' };
    case RECORD.threadEnd:
      return { ...common, kind: 'thread-end' };
    case RECORD.exec:
      return { ...common, kind: 'exec' };
    default:
      return undefined;
  }
};
