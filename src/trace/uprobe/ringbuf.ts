import { type OwnedFd, OwnedMapping } from '../sys/fd.ts';
import { pollAsync } from '../sys/libc.ts';
import { POLLIN, PROT, RINGBUF } from '../sys/uapi.ts';

const pageSize = 4096;

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
  readonly #data: DataView;
  readonly #mask: number;
  readonly #poll: Buffer;

  constructor(fd: OwnedFd, size: number) {
    this.#consumerMap = new OwnedMapping(fd, pageSize, PROT.read | PROT.write, 0);
    this.#dataMap = new OwnedMapping(fd, pageSize + 2 * size, PROT.read, pageSize);
    this.#consumer = new BigUint64Array(this.#consumerMap.view, 0, 1);
    this.#producer = new BigUint64Array(this.#dataMap.view, 0, 1);
    this.#headers = new Int32Array(this.#dataMap.view, pageSize);
    this.#data = new DataView(this.#dataMap.view, pageSize);
    this.#mask = size - 1;
    this.#poll = Buffer.alloc(8);
    this.#poll.writeInt32LE(fd.value, 0);
    this.#poll.writeInt16LE(POLLIN, 4);
  }

  /**
   * Gives every finished record to `take` as (view, offset, length) and frees it afterwards; the view must not be
   * kept. At most `limit` records, so that a fast producer can't hold the caller. Returns how many there were.
   */
  drain(take: (data: DataView, offset: number, length: number) => void, limit: number): number {
    let position = Atomics.load(this.#consumer, 0);
    let taken = 0;
    while (taken < limit && position < Atomics.load(this.#producer, 0)) {
      const offset = Number(position) & this.#mask;
      const header = Atomics.load(this.#headers, offset >> 2);
      if (header & RINGBUF.busy) break;
      const length = header & ~(RINGBUF.busy | RINGBUF.discard);
      if (!(header & RINGBUF.discard)) {
        take(this.#data, offset + RINGBUF.headerSize, length);
        taken++;
      }
      position += BigInt((RINGBUF.headerSize + length + 7) & ~7);
      Atomics.store(this.#consumer, 0, position);
    }
    return taken;
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
