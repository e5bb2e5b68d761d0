import type { TraceRecord } from './record.ts';

/** Records of different threads reach the ring out of order by tens of microseconds; this is far more. */
const windowNs = 2_000_000n;

/**
 * Puts records back in the order in which they happened (the programs number them before they reserve room). A record
 * is held until one that is a window younger has come, or until nothing new comes.
 */
export class RecordOrder {
  #held: TraceRecord[] = [];
  #newest = 0n;
  #sorted = true;

  add(record: TraceRecord): void {
    const last = this.#held.at(-1);
    if (last !== undefined && record.sequence < last.sequence) this.#sorted = false;
    if (record.time > this.#newest) this.#newest = record.time;
    this.#held.push(record);
  }

  /** The records that are due: all of them if `idle`. */
  take(idle: boolean): TraceRecord[] {
    const held = this.#held;
    if (!this.#sorted) held.sort((a, b) => a.sequence - b.sequence);
    this.#sorted = true;
    const due = idle ? held.length : this.#due();
    this.#held = held.splice(due);
    return held;
  }

  /** How many precede the first that is young. */
  #due(): number {
    const young = this.#newest - windowNs;
    const first = this.#held.findIndex(({ time }) => time > young);
    return first < 0 ? this.#held.length : first;
  }
}
