import { openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENTER, HEADER, RECORD } from '../../src/trace/bpf/records.ts';
import type { CaptureLayout } from '../../src/trace/capture-layout.ts';
import { type RawRecord, readRecord } from '../../src/trace/record.ts';
import { EntryBytes } from '../../src/trace/record-bytes.ts';
import { OwnedFd } from '../../src/trace/sys/fd.ts';
import { RINGBUF } from '../../src/trace/sys/uapi.ts';
import { RingBuffer } from '../../src/trace/uprobe/ringbuf.ts';
import { Temporary } from '../support/temporary.ts';

const pageSize = 4_096;
const size = pageSize;

/** The kernel's end of a ring, in a file that is mapped as the kernel maps a ring. */
class FileRing implements Disposable {
  readonly #folder = new Temporary();
  readonly #fd = openSync(join(this.#folder.path, 'ring'), 'w+');
  readonly #owned = new OwnedFd(this.#fd);
  #produced = 0;
  readonly reader: RingBuffer;

  constructor() {
    writeSync(this.#fd, new Uint8Array(2 * pageSize + 2 * size), 0, undefined, 0);
    this.reader = new RingBuffer(this.#owned, size);
  }

  /** A record with these bits in its header; gives the position of the header. */
  write(bytes: Uint8Array, bits = 0): number {
    const position = this.#produced;
    const header = Buffer.alloc(RINGBUF.headerSize);
    header.writeUInt32LE((bytes.length | bits) >>> 0);
    const whole = Buffer.concat([header, bytes, Buffer.alloc(-bytes.length & 7)]);
    whole.forEach((byte, i) => {
      const at = 2 * pageSize + ((position + i) % size);
      for (const copy of [at, at + size]) writeSync(this.#fd, Uint8Array.of(byte), 0, 1, copy);
    });
    this.#produced += whole.length;
    const producer = Buffer.alloc(8);
    producer.writeBigUInt64LE(BigInt(this.#produced));
    writeSync(this.#fd, producer, 0, 8, pageSize);
    return position;
  }

  /** The busy record at a position is finished. */
  finish(position: number, length: number): void {
    const header = Buffer.alloc(4);
    header.writeUInt32LE(length);
    writeSync(this.#fd, header, 0, 4, 2 * pageSize + (position % size));
  }

  get produced(): number {
    return this.#produced;
  }

  /** Up to where the reader says that the ring is free. */
  get consumed(): number {
    const position = Buffer.alloc(8);
    readSync(this.#fd, position, 0, 8, 0);
    return Number(position.readBigUInt64LE());
  }

  [Symbol.dispose](): void {
    this.reader[Symbol.dispose]();
    this.#owned[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}

type Taken = { readonly text: string; readonly offset: number };

const drain = (ring: RingBuffer, limit = 100): Taken[] => {
  const taken: Taken[] = [];
  const count = ring.drain(({ view }, offset, length) => {
    taken.push({ text: Buffer.from(view.buffer, view.byteOffset + offset, length).toString(), offset });
  }, limit);
  expect(count).toBe(taken.length);
  return taken;
};
const texts = (taken: readonly Taken[]): string[] => taken.map(({ text }) => text);

describe('a ring', () => {
  test('gives what is finished, leaves out what is discarded, and stops where a record is being written', () => {
    using ring = new FileRing();
    ring.write(Buffer.from('one'));
    ring.write(Buffer.from('gone'), RINGBUF.discard);
    ring.write(Buffer.from('two'));
    const busy = ring.write(Buffer.from('later'), RINGBUF.busy);
    ring.write(Buffer.from('behind'));
    expect(texts(drain(ring.reader, 1))).toEqual(['one']);
    expect(texts(drain(ring.reader))).toEqual(['two']);
    expect(drain(ring.reader)).toEqual([]);
    ring.reader.release([]);
    expect(ring.consumed).toBe(busy);
    ring.finish(busy, 'later'.length);
    expect(texts(drain(ring.reader))).toEqual(['later', 'behind']);
    expect(ring.consumed).toBe(busy);
    ring.reader.release([]);
    expect(ring.consumed).toBe(ring.produced);
  });

  test('frees what lies before the first record that is held, all the way around', () => {
    using ring = new FileRing();
    let held: Taken[] = [];
    let heldAt = 0;
    for (let round = 0; round < 12; round++) {
      const text = `${round} ${'x'.repeat(700)}`;
      const position = ring.write(Buffer.from(text));
      const taken = drain(ring.reader);
      expect(texts(taken)).toEqual([text]);
      // Every other one is held until the one behind it has come.
      held = round % 2 === 0 ? taken : held;
      if (round % 2 === 0) heldAt = position;
      ring.reader.release(held.map(({ offset }) => offset));
      expect(ring.consumed).toBe(heldAt);
    }
    expect(ring.produced).toBeGreaterThan(2 * size);
    ring.reader.release([]);
    expect(ring.consumed).toBe(ring.produced);
  });
});

const layout: CaptureLayout = {
  pieces: [],
  follows: [],
  blocks: ENTER.captured + 8,
  size: ENTER.captured + 8,
  address: null,
  slots: [{ at: ENTER.captured, size: 8, missing: [], read: [], constants: [] }],
  values: [{ first: 0, count: 1 }],
  ripAt: null,
  stale: [],
  isAnywhere: true,
  passedAt: null,
};

const entry = (sequence: number, value: bigint): Buffer => {
  const bytes = Buffer.alloc(layout.size);
  bytes.writeUInt32LE(RECORD.enter, HEADER.kind);
  bytes.writeBigUInt64LE(BigInt(sequence), HEADER.sequence);
  bytes.write('worker', ENTER.comm);
  bytes.writeBigUInt64LE(value, ENTER.captured);
  return bytes;
};

const entries = (ring: RingBuffer): EntryBytes[] => {
  const records: (RawRecord | undefined)[] = [];
  const layouts = { entry: () => layout, exit: () => undefined };
  ring.drain((memory, offset, length) => records.push(readRecord(memory, offset, length, layouts)), 100);
  return records.filter((record) => record instanceof EntryBytes);
};
const captured = (record: EntryBytes): bigint => Buffer.from(record.capture.slots[0]?.bytes ?? []).readBigUInt64LE();

describe('a record in a ring', () => {
  test('that is kept is its own: what comes into its place changes nothing', () => {
    using ring = new FileRing();
    ring.write(Buffer.from('before'), RINGBUF.discard);
    ring.write(entry(1, 0x1111n));
    ring.write(entry(2, 0x2222n));
    const [kept, lent] = entries(ring.reader) as [EntryBytes, EntryBytes];
    kept.keep();
    ring.reader.release([]);
    for (let i = 3; ring.produced < 2 * size; i++) ring.write(entry(i, 0x3333n));
    expect([kept.sequence, captured(kept), kept.comm]).toEqual([1, 0x1111n, 'worker']);
    expect(captured(lent)).not.toBe(0x2222n);
  });

  test('is refused once the ring is gone; one that is kept is not', () => {
    using ring = new FileRing();
    ring.write(entry(1, 0x1111n));
    ring.write(entry(2, 0x2222n));
    const [kept, lent] = entries(ring.reader) as [EntryBytes, EntryBytes];
    kept.keep();
    expect(captured(lent)).toBe(0x2222n);
    ring.reader[Symbol.dispose]();
    expect(captured(kept)).toBe(0x1111n);
    const refusal = expect.objectContaining({
      code: 'internal',
      message: 'an event was read after its trace had ended',
    });
    for (const read of [() => lent.capture, () => lent.time, () => lent.comm, () => lent.sp, () => lent.keep()])
      expect(read).toThrow(refusal);
  });
});
