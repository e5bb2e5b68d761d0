import { RecordRoom, type TraceEvent } from '../../query/watch.ts';
import { isCall, type LogPart, type LogView } from './log.ts';

const most = 256;
/** More than the largest call takes; on average there is 1 KiB for a call. */
const roomBytes = 256 << 10;
/** Of an event that isn't in the room. */
const elsewhere = 0xffff_ffff;

/**
 * Events that came one after the other: calls as bytes in a room, of which an event is made when it is asked for, and the
 * few others as they are. Used over and over.
 */
export class EventBlock {
  static readonly most = most;
  readonly #room = new RecordRoom(roomBytes);
  readonly #places = new Uint32Array(most);
  readonly #others = new Map<number, TraceEvent>();
  /** The indices of those that are no calls. */
  #uncalled: number[] = [];
  /** Stands for the events that are in it now: the next ones have another. */
  #own: object = {};
  #before = 0;
  #count = 0;
  /** Those that are shown, by their index; null: all are. */
  #chosen: number[] | null = null;
  #part: LogPart = this.partOf(0, null);

  /** Forgets what it had: it is no part of any view any more. `before`: events that came before its next. */
  reset(before: number): void {
    this.#room.clear();
    this.#others.clear();
    this.#uncalled = [];
    this.#own = {};
    this.#before = before;
    this.#count = 0;
    this.show(0, null);
  }

  /** Events that came before its first. */
  get before(): number {
    return this.#before;
  }

  /** Events in it, whether they are shown or not. */
  get count(): number {
    return this.#count;
  }

  /** Calls in it, whether they are shown or not. */
  get calls(): number {
    return this.#count - this.#uncalled.length;
  }

  /** Those that are shown. */
  get part(): LogPart {
    return this.#part;
  }

  /** The row behind the last that is shown. */
  get end(): number {
    return this.#part.first + (this.#chosen?.length ?? this.#count);
  }

  /** False: it is full, or has no room for so much. */
  add(event: TraceEvent, isShown: boolean): boolean {
    if (this.#count >= most) return false;
    const place = this.#placeOf(event);
    if (place === null) return false;
    this.#places[this.#count] = place;
    if (!isCall(event)) this.#uncalled.push(this.#count);
    if (isShown) this.#chosen?.push(this.#count);
    this.#count++;
    return true;
  }

  /** What of it is shown, from a row on. */
  show(first: number, chosen: number[] | null): void {
    this.#chosen = chosen;
    this.#part = this.partOf(first, chosen);
  }

  /** Events by their index; null: all. */
  partOf(first: number, chosen: readonly number[] | null): LogPart {
    const from = this.#own;
    const at = (index: number): TraceEvent | undefined =>
      from === this.#own ? this.#event(chosen === null ? index : (chosen[index] ?? most)) : undefined;
    const others = (): readonly number[] => {
      if (from !== this.#own || chosen === null) return from === this.#own ? this.#uncalled : [];
      return this.#uncalled.map((index) => chosen.indexOf(index)).filter((index) => index >= 0);
    };
    return { first, from, at, others };
  }

  isPartOf({ parts }: LogView): boolean {
    return parts.some(({ from }) => from === this.#own);
  }

  /** The indices of events that pass, from one up to another. */
  chosen(pass: (event: TraceEvent) => boolean, start: number, end: number): number[] {
    const indices: number[] = [];
    for (let index = start; index < Math.min(end, this.#count); index++) {
      const event = this.#event(index);
      if (event !== undefined && pass(event)) indices.push(index);
    }
    return indices;
  }

  #event(index: number): TraceEvent | undefined {
    if (index >= this.#count) return undefined;
    const place = this.#places[index] ?? elsewhere;
    return place === elsewhere ? this.#others.get(index) : this.#room.call(place);
  }

  #placeOf(event: TraceEvent): number | null {
    if ('args' in event && event.keepIn !== undefined) return event.keepIn(this.#room);
    this.#others.set(this.#count, event);
    return elsewhere;
  }
}
