import { TextBytes } from '../base/text-bytes.ts';
import type { CallEvent, CallWriter, TraceEvent } from '../query/watch.ts';
import { secondsText, wholeMicroseconds } from './seconds.ts';
import {
  durationText,
  durationWidth,
  endText,
  indentation,
  listText,
  maxIndented,
  safeName,
  type TraceStyle,
  timeWidth,
  traceText,
  valueText,
} from './trace.ts';

const newline = 0x0a;
const dot = 0x2e;
const close = 0x29;
const arrow = Buffer.from(' -> ');
const then = Buffer.from(' then ');

type Who = { readonly pid: number; readonly comm: string; readonly text: Uint8Array };

/** What of a copy's lines is always the same. */
type Labels = {
  /** The function's name and the opening parenthesis. */
  readonly name: Uint8Array;
  /** What stands before each argument. */
  readonly before: readonly Uint8Array[];
};

const mostThreads = 10_000;

/**
 * The lines of {@link traceText} as bytes: where a call can write its values and nothing is coloured, without a string
 * for any part of it.
 */
export class TraceLines {
  readonly #to = new TextBytes();
  readonly #style: TraceStyle;
  readonly #origin: { readonly upper: number; readonly lower: number };
  readonly #labels = new Map<readonly string[], Labels>();
  readonly #who = new Map<number, Who>();

  constructor(style: TraceStyle) {
    this.#style = style;
    this.#origin = { upper: Number(style.origin >> 32n), lower: Number(style.origin & 0xffff_ffffn) };
  }

  add(event: TraceEvent): void {
    const isCall = event.event === 'call' || event.event === 'enter';
    if (isCall && event.writer !== undefined && this.#style.palette.isPlain) this.#call(event, event.writer);
    else this.#to.text(traceText(event, this.#style));
  }

  /** All lines since the last time; the bytes are only good until the next line is added. */
  take(): Uint8Array {
    const lines = this.#to.bytes.subarray(0, this.#to.length);
    this.#to.length = 0;
    return lines;
  }

  #call(call: CallEvent, writer: CallWriter): void {
    const to = this.#to;
    const { palette, threads, processes } = this.#style;
    this.#time(writer.nsSince(this.#origin.upper, this.#origin.lower));
    const { duration, tid, pid, depth } = call;
    to.byte(0x20);
    if (duration === null) to.spaces(durationWidth);
    else to.text(durationText(duration).padStart(durationWidth));
    to.spaces(2);
    if (processes || threads || tid !== pid) to.piece(this.#threadText(pid, tid, call.comm));
    if (depth > 0) to.spaces(indentation.length * Math.min(depth, maxIndented));
    const { name, before } = this.#labelsOf(call, writer.names);
    to.piece(name);
    for (let i = 0; i < before.length; i++) {
      to.piece(before[i] ?? name);
      if (writer.writeArgument(i, to)) continue;
      const value = call.args[i];
      if (value) to.text(valueText(value, palette));
    }
    to.byte(close);
    if (call.event === 'enter' || call.outcome !== 'returned') to.text(endText(call, palette));
    else this.#result(call, writer);
    const { after } = call;
    if (after !== undefined && after.length > 0) {
      to.piece(then);
      to.text(listText(after, palette));
    }
    to.byte(newline);
  }

  #result(call: CallEvent, writer: CallWriter): void {
    const to = this.#to;
    const { length } = to;
    to.piece(arrow);
    if (writer.writeResult(to)) return;
    to.length = length;
    to.text(endText(call, this.#style.palette));
  }

  /** Seconds with six digits, right-aligned. */
  #time(ns: number): void {
    const to = this.#to;
    const us = wholeMicroseconds(ns);
    if (us === null) {
      to.text(secondsText(ns).padStart(timeWidth));
      return;
    }
    const seconds = Math.floor(us / 1e6);
    to.spaces(timeWidth - 7 - digitsOf(seconds));
    to.integer(seconds);
    to.byte(dot);
    to.sixDigits(us - seconds * 1e6);
  }

  #threadText(pid: number, tid: number, comm: string): Uint8Array {
    const known = this.#who.get(tid);
    if (known !== undefined && known.pid === pid && known.comm === comm) return known.text;
    if (this.#who.size >= mostThreads) this.#who.clear();
    const text = Buffer.from(`${this.#style.processes ? `${pid} ` : ''}${tid} ${safeName(comm)} `);
    this.#who.set(tid, { pid, comm, text });
    return text;
  }

  #labelsOf(call: CallEvent, names: readonly string[]): Labels {
    const known = this.#labels.get(names);
    if (known !== undefined) return known;
    const labels = {
      name: Buffer.from(`${safeName(call.function)}(`),
      before: names.map((name, i) => Buffer.from(`${i === 0 ? '' : ', '}${safeName(name)}: `)),
    };
    this.#labels.set(names, labels);
    return labels;
  }
}

const digitsOf = (value: number): number => (value < 10 ? 1 : String(value).length);
