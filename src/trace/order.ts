import type { TraceRecord } from './record.ts';

/** Records of different threads reach the ring out of order by tens of microseconds; this is far more. */
const windowNs = 2_000_000n;

/**
 * Puts records back in the order in which they happened (the programs number them before they reserve room). A record
 * is held until one that is a window younger has come, or until nothing new comes.
 */
export class RecordOrder {
  #held: TraceRecord[] = [];

  add(record: TraceRecord): void {
    this.#held.push(record);
  }

  /** The records that are due: all of them if `idle`. */
  take(idle: boolean): TraceRecord[] {
    const held = this.#held;
    if (held.length === 0) return [];
    held.sort((a, b) => a.sequence - b.sequence);
    if (idle) {
      this.#held = [];
      return held;
    }
    let newest = 0n;
    for (const { time } of held) if (time > newest) newest = time;
    const firstYoung = held.findIndex(({ time }) => time > newest - windowNs);
    this.#held = held.splice(firstYoung < 0 ? held.length : firstYoung);
    return held;
  }
}
