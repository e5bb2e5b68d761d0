import { decodeBytes } from '../base/text.ts';
import { type Undecided, undecided } from '../expr/outcome.ts';
import { reasonOf } from './bpf/expression/doubt.ts';
import { ENTER, EXIT, entryReason, FOLLOW, HEADER } from './bpf/records.ts';
import { type Capture, readCapture } from './capture.ts';
import type { CaptureLayout } from './capture-layout.ts';
import { RecordMemory } from './record-memory.ts';

type Comm = { readonly words: readonly [number, number, number, number]; readonly text: string };
/** By thread: nearly every record names it as the one before did. */
const comms = new Map<number, Comm>();
const mostComms = 10_000;

const commBytesAt = (view: DataView, at: number): Uint8Array => {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, 16);
  const end = bytes.indexOf(0);
  return bytes.slice(0, end < 0 ? 16 : end);
};

export const readComm = (view: DataView, at: number, tid: number): string => {
  const a = view.getUint32(at, true);
  const b = view.getUint32(at + 4, true);
  const c = view.getUint32(at + 8, true);
  const d = view.getUint32(at + 12, true);
  const known = comms.get(tid);
  if (known !== undefined) {
    const { words } = known;
    if (words[0] === a && words[1] === b && words[2] === c && words[3] === d) return known.text;
  }
  const text = decodeBytes(commBytesAt(view, at));
  if (comms.size >= mostComms) comms.clear();
  comms.set(tid, { words: [a, b, c, d], text });
  return text;
};

/** A 64-bit count, which stays far below 2^53, without a bigint on the way. */
export const readCount = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);

/**
 * Records as the bytes that they are: what nobody asks for is never decoded. Times and addresses are bigints, each an
 * object of its own.
 */
export abstract class RecordBytes {
  readonly fn: number;
  readonly sequence: number;
  readonly tgid: number;
  readonly tid: number;
  base: number;
  protected memory: RecordMemory;

  constructor(memory: RecordMemory, base: number, fn: number) {
    const { view } = memory;
    this.fn = fn;
    this.sequence = readCount(view, base + HEADER.sequence);
    this.tgid = view.getUint32(base + HEADER.thread + 4, true);
    this.tid = view.getUint32(base + HEADER.thread, true);
    this.memory = memory;
    this.base = base;
  }

  /** @throws {RsymError} 'internal' once the memory is gone. */
  get view(): DataView {
    return this.memory.view;
  }

  get time(): bigint {
    return this.view.getBigUint64(this.base + HEADER.time, true);
  }

  /** The time as a number: right to a few ns. */
  get ns(): number {
    return readCount(this.view, this.base + HEADER.time);
  }

  /** From a moment given in two halves, exact as long as it is less than 104 days. */
  nsSince(upper: number, lower: number): number {
    const at = this.base + HEADER.time;
    return (this.view.getUint32(at + 4, true) - upper) * 2 ** 32 + (this.view.getUint32(at, true) - lower);
  }

  get sp(): bigint {
    return this.view.getBigUint64(this.base + HEADER.sp, true);
  }
}

/** Bytes of a record with captures, up to the last of its blocks. */
export const usedBytes = ({ view, base, layout: { follows, blocks } }: EntryBytes | ExitBytes): number =>
  follows.length === 0 ? blocks : Math.max(blocks, view.getUint32(base + FOLLOW.used, true));

export class EntryBytes extends RecordBytes {
  readonly kind = 'enter';
  readonly layout: CaptureLayout;
  #stackEnd: bigint | null = null;

  constructor(memory: RecordMemory, base: number, fn: number, layout: CaptureLayout) {
    super(memory, base, fn);
    this.layout = layout;
  }

  get comm(): string {
    return readComm(this.view, this.base + ENTER.comm, this.tid);
  }

  get commBytes(): Uint8Array {
    return commBytesAt(this.view, this.base + ENTER.comm);
  }

  get stackEnd(): bigint {
    return this.#stackEnd ?? this.view.getBigUint64(this.base + ENTER.stackEnd, true);
  }

  /** The program could tell where the stack's mapping ends. */
  get hasStackEnd(): boolean {
    const at = this.base + ENTER.stackEnd;
    return this.view.getUint32(at, true) !== 0 || this.view.getUint32(at + 4, true) !== 0;
  }

  /** For a program that could not tell. */
  endStackAt(end: bigint): void {
    this.#stackEnd = end;
  }

  get undecided(): Undecided | null {
    const reason = this.view.getUint8(this.base + HEADER.kind + entryReason);
    return reason === 0 ? null : undecided(reasonOf(reason));
  }

  /** Read anew each time. */
  get capture(): Capture {
    return readCapture(this.view, this.base, this.layout);
  }

  /** Makes the bytes its own: those of a batch are held as long as one of its records is. */
  keep(): void {
    const { view, base } = this;
    const from = view.byteOffset + base;
    this.memory = new RecordMemory(new DataView(view.buffer.slice(from, from + usedBytes(this))));
    this.base = 0;
  }
}

export class ExitBytes extends RecordBytes {
  readonly kind = 'exit';
  readonly site: number;
  readonly callId: number;
  readonly layout: CaptureLayout;

  constructor(memory: RecordMemory, base: number, fn: number, site: number, layout: CaptureLayout) {
    super(memory, base, fn);
    this.site = site;
    this.callId = readCount(memory.view, base + EXIT.callId);
    this.layout = layout;
  }

  /** Read anew each time. */
  get capture(): Capture {
    return readCapture(this.view, this.base, this.layout);
  }
}

export class OtherBytes<Kind extends 'landing' | 'thread-end' | 'exec'> extends RecordBytes {
  readonly kind: Kind;

  constructor(kind: Kind, memory: RecordMemory, base: number, fn: number) {
    super(memory, base, fn);
    this.kind = kind;
  }
}
