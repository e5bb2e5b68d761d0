import type { CallEvent, ShownValue, TraceEvent } from '../query/watch.ts';
import { jsonText } from './json.ts';

/**
 * The JSON format of Chrome's trace viewer, which Perfetto reads ("Trace Event Format"): a slice for
 * each call, on the track of its thread. Slices nest by their times, wherever they are in the file; so they are written
 * as they come, an inner call before the outer one.
 */
export class PerfettoText {
  /** CLOCK_MONOTONIC of the first moment, ns. Times count from it: a double holds no more digits. */
  readonly #origin: bigint;
  /** Names that have been written, by thread; processes by the negative of their number. */
  readonly #names = new Map<number, string>();
  #isFirst = true;

  /** `notKept`: calls that were seen and are not there any more; a mark at the first moment tells of them. */
  constructor(origin: bigint, notKept = 0) {
    this.#origin = origin;
    const begin = '{"displayTimeUnit":"ns","traceEvents":[';
    const name = `LOST ${notKept} earlier calls: not kept`;
    const mark = { ph: 'i', s: 'g', name, cat: 'lost', pid: 0, tid: 0, ts: 0, args: { not_kept: notKept } };
    this.begin = notKept === 0 ? begin : begin + this.#row(mark);
  }

  readonly begin: string;
  readonly end = '\n]}\n';

  /** What an event adds to the file; nothing for those that aren't calls, and for beginnings of calls. */
  add(event: TraceEvent): string {
    return event.event === 'call'
      ? [...this.#tracks(event), this.#call(event)].map((row) => this.#row(row)).join('')
      : '';
  }

  #row(row: object): string {
    const before = this.#isFirst ? '\n' : ',\n';
    this.#isFirst = false;
    return before + jsonText(row);
  }

  #tracks({ pid, tid, comm }: CallEvent): object[] {
    const rows: object[] = [];
    const tell = (key: number, kind: 'process_name' | 'thread_name'): void => {
      if (this.#names.get(key) === comm) return;
      // Where threads come and go all the time: names are written anew.
      if (this.#names.size >= mostNames) this.#names.clear();
      this.#names.set(key, comm);
      rows.push({ ph: 'M', name: kind, pid, tid, args: { name: comm } });
    };
    // The main thread has the process's name; until it is seen, any other's will do.
    if (pid === tid || !this.#names.has(-pid)) tell(-pid, 'process_name');
    tell(tid, 'thread_name');
    return rows;
  }

  #call(call: CallEvent): object {
    const { pid, tid, duration } = call;
    const common = { name: call.function, cat: call.outcome ?? 'none', pid, tid, ts: this.#time(call.time) };
    const kind = duration === null ? { ph: 'i', s: 't' } : { ph: 'X', dur: microseconds(duration) };
    return { ...kind, ...common, args: argumentsOf(call) };
  }

  #time(at: bigint): number {
    return microseconds(at > this.#origin ? at - this.#origin : 0n);
  }
}

const mostNames = 65_536;

/** A number of µs with all its digits: nesting depends on the last ones. */
const microseconds = (ns: bigint): number => Number(`${ns / 1000n}.${String(ns % 1000n).padStart(3, '0')}`);

const ownKeys: readonly string[] = ['return', 'outcome', 'copy'];

const argumentsOf = ({ args, ret, outcome, copy }: CallEvent): Record<string, string> => {
  const caller = copy.caller === null ? '' : ` in ${copy.caller}`;
  const rows: [string, string][] = args.map((value) => [
    ownKeys.includes(value.name) ? `argument ${value.name}` : value.name,
    textOf(value),
  ]);
  if (ret) rows.push(['return', textOf(ret)]);
  rows.push(['outcome', outcome ?? ''], ['copy', `${copy.kind} at 0x${copy.address.toString(16)}${caller}`]);
  return Object.fromEntries(rows);
};

/** As in a line of text, with the mark for what rests on an assumption. */
const textOf = ({ text, note, evidence }: ShownValue): string =>
  note !== null && evidence !== 'gone' ? `${text}?` : text;
