import { type OwnedFd, OwnedMapping } from '../sys/fd.ts';
import { pollAsync } from '../sys/libc.ts';
import { POLLIN, PROT, RINGBUF } from '../sys/uapi.ts';

const pageSize = 4096;
/** Bytes that are copied together: memory of 128 KiB and more is mapped anew each time, page by page. */
const copySize = 64 * 1024;

/**
 * The reader's end of a BPF ring buffer. The kernel maps the data twice in a row, so that a record that wraps around
 * is still contiguous:
 *
 *   page 0        consumer position (ours to write)
 *   page 1        producer position (read only)
 *   page 2 …      data, then the same data again
 *
 * A record is 8 bytes of header (length with the busy and discard bits) and the data, padded to 8.
 */
export class RingBuffer implements Disposable {
  readonly #consumerMap: OwnedMapping;
  readonly #dataMap: OwnedMapping;
  readonly #consumer: BigUint64Array;
  readonly #producer: BigUint64Array;
  readonly #headers: Int32Array;
  readonly #data: Buffer;
  readonly #mask: number;
  readonly #poll: Buffer;
  #copy = new DataView(new ArrayBuffer(0));

  constructor(fd: OwnedFd, size: number) {
    this.#consumerMap = new OwnedMapping(fd, pageSize, PROT.read | PROT.write, 0);
    this.#dataMap = new OwnedMapping(fd, pageSize + 2 * size, PROT.read, pageSize);
    this.#consumer = new BigUint64Array(this.#consumerMap.view, 0, 1);
    this.#producer = new BigUint64Array(this.#dataMap.view, 0, 1);
    this.#headers = new Int32Array(this.#dataMap.view, pageSize);
    this.#data = Buffer.from(this.#dataMap.view, pageSize);
    this.#mask = size - 1;
    this.#poll = Buffer.alloc(8);
    this.#poll.writeInt32LE(fd.value, 0);
    this.#poll.writeInt16LE(POLLIN, 4);
  }

  /**
   * Gives every finished record to `take` as (view, offset, length); the view's bytes are a copy, which many records share.
   * At most `limit` records, so that a fast producer can't hold the caller. Returns how many there were.
   */
  drain(take: (data: DataView, offset: number, length: number) => void, limit: number): number {
    let taken = 0;
    while (taken < limit) {
      const places = this.#finished(limit - taken);
      if (places.length === 0) break;
      for (let i = 0; i < places.length; i += 2) take(this.#copy, places[i] ?? 0, places[i + 1] ?? 0);
      taken += places.length / 2;
    }
    return taken;
  }

  /** Copies what is finished and frees it: where in the copy its records are, and how long each is. */
  #finished(limit: number): number[] {
    const start = Number(Atomics.load(this.#consumer, 0));
    const there = Number(Atomics.load(this.#producer, 0)) - start;
    const first = start & this.#mask;
    const places: number[] = [];
    let size = 0;
    while (places.length < 2 * limit && size < there && size < copySize) {
      const header = Atomics.load(this.#headers, (first + size) >> 2);
      if (header & RINGBUF.busy) break;
      const length = header & ~(RINGBUF.busy | RINGBUF.discard);
      if (!(header & RINGBUF.discard)) places.push(size + RINGBUF.headerSize, length);
      size += (RINGBUF.headerSize + length + 7) & ~7;
    }
    if (size === 0) return places;
    const copy = Buffer.allocUnsafeSlow(size);
    copy.set(this.#data.subarray(first, first + size));
    this.#copy = new DataView(copy.buffer);
    Atomics.store(this.#consumer, 0, BigInt(start + size));
    return places;
  }

  /** Resolves when there is something to read or the time is over. */
  wait(timeoutMs: number): Promise<void> {
    return pollAsync(this.#poll, 1, timeoutMs);
  }

  [Symbol.dispose](): void {
    this.#consumerMap[Symbol.dispose]();
    this.#dataMap[Symbol.dispose]();
  }
}
