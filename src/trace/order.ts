import type { TraceRecord } from './record.ts';
import { RecordBytes } from './record-bytes.ts';

/** Records of different threads reach the ring out of order by tens of microseconds; this is far more. */
const windowNs = 2_000_000;

/**
 * Puts records back in the order in which they happened (the programs number them before they reserve room). A record
 * is held until one that is a window younger has come, or until nothing new comes.
 */
export class RecordOrder {
  #held: TraceRecord[] = [];
  /**
   * When they were made, or a bit before: the time of the newest so far, since a record that waited for a page has the time
   * before that. Numbers, since these are looked at twice and a window needs no nanosecond.
   */
  #times: number[] = [];
  #newest = 0;
  /** Of the records that are out. */
  #newestOut = 0;
  #sorted = true;
  #last = 0;

  add(record: TraceRecord): void {
    if (record.sequence < this.#last) this.#sorted = false;
    this.#last = record.sequence;
    const time = timeOf(record);
    if (time > this.#newest) this.#newest = time;
    this.#held.push(record);
    this.#times.push(this.#newest);
  }

  /** The records that are due: all of them if `idle`. */
  take(idle: boolean): TraceRecord[] {
    const held = this.#held;
    if (!this.#sorted) {
      held.sort((a, b) => a.sequence - b.sequence);
      let newest = this.#newestOut;
      this.#times = held.map((record) => {
        newest = Math.max(newest, timeOf(record));
        return newest;
      });
    }
    this.#sorted = true;
    const due = idle ? held.length : this.#due();
    this.#newestOut = this.#times[due - 1] ?? this.#newestOut;
    this.#held = held.splice(due);
    this.#times = this.#times.slice(due);
    this.#last = this.#held.at(-1)?.sequence ?? 0;
    return held;
  }

  /** Those that aren't due yet. */
  get held(): readonly TraceRecord[] {
    return this.#held;
  }

  /** How many precede the first that is young. */
  #due(): number {
    const young = this.#newest - windowNs;
    const first = this.#times.findIndex((time) => time > young);
    return first < 0 ? this.#held.length : first;
  }
}

const timeOf = (record: TraceRecord): number => (record instanceof RecordBytes ? record.ns : Number(record.time));
