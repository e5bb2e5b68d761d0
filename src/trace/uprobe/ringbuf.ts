import { RecordMemory } from '../record-memory.ts';
import { type OwnedFd, OwnedMapping } from '../sys/fd.ts';
import { pollAsync } from '../sys/libc.ts';
import { POLLIN, PROT, RINGBUF } from '../sys/uapi.ts';
import { freeUpTo } from './ring-positions.ts';

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
  readonly #data: RecordMemory;
  readonly #mask: number;
  readonly #poll: Buffer;
  /** Positions, which only grow: where to read on, and what is free up to. */
  #read = 0;
  #released = 0;

  constructor(fd: OwnedFd, size: number) {
    this.#consumerMap = new OwnedMapping(fd, pageSize, PROT.read | PROT.write, 0);
    this.#dataMap = new OwnedMapping(fd, pageSize + 2 * size, PROT.read, pageSize);
    this.#consumer = new BigUint64Array(this.#consumerMap.view, 0, 1);
    this.#producer = new BigUint64Array(this.#dataMap.view, 0, 1);
    this.#headers = new Int32Array(this.#dataMap.view, pageSize);
    this.#data = new RecordMemory(new DataView(this.#dataMap.view, pageSize));
    this.#mask = size - 1;
    this.#poll = Buffer.alloc(8);
    this.#poll.writeInt32LE(fd.value, 0);
    this.#poll.writeInt16LE(POLLIN, 4);
  }

  /**
   * Gives every finished record to `take` as (memory, offset, length), where it lies: its bytes are good until `release`. At
   * most `limit` records, so that a fast producer can't hold the caller. Returns how many there were.
   */
  drain(take: (memory: RecordMemory, offset: number, length: number) => void, limit: number): number {
    const end = Number(Atomics.load(this.#producer, 0));
    let taken = 0;
    while (taken < limit && this.#read < end) {
      const at = this.#read & this.#mask;
      // Behind the atomic load of the producer's position; what the header says of the data is looked at before these are.
      const header = this.#headers[at >> 2] ?? 0;
      if (header & RINGBUF.busy) break;
      const length = header & ~(RINGBUF.busy | RINGBUF.discard);
      this.#read += (RINGBUF.headerSize + length + 7) & ~7;
      if (header & RINGBUF.discard) continue;
      take(this.#data, at + RINGBUF.headerSize, length);
      taken++;
    }
    return taken;
  }

  /** Frees what was given, but for the records at these offsets and all that came after the first of them. */
  release(held: readonly number[]): void {
    if (this.#read === this.#released) return;
    const headers = held.map((offset) => offset - RINGBUF.headerSize);
    const free = freeUpTo(this.#released, this.#read, headers, this.#mask + 1);
    if (free === this.#released) return;
    this.#released = free;
    Atomics.store(this.#consumer, 0, BigInt(this.#released));
  }

  /** Resolves when there is something to read or the time is over. */
  wait(timeoutMs: number): Promise<void> {
    return pollAsync(this.#poll, 1, timeoutMs);
  }

  [Symbol.dispose](): void {
    this.#data.close();
    this.#consumerMap[Symbol.dispose]();
    this.#dataMap[Symbol.dispose]();
  }
}
