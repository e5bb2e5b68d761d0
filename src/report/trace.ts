import { sanitize } from '../base/text.ts';
import type { CallEvent, EndEvent, LeftOut, Losses, Outcome, ShownValue, TraceEvent } from '../query/watch.ts';
import { secondsText } from './seconds.ts';
import type { Palette } from './terminal-colour.ts';

export type TraceStyle = {
  readonly palette: Palette;
  /** CLOCK_MONOTONIC of the first moment, ns: times are shown relative to it. */
  readonly origin: bigint;
  /** Each line names its thread; else only those of other threads than the main one do. */
  readonly threads: boolean;
  /** Each line names its process, since there may be more than one. */
  readonly processes: boolean;
};

export const indentation = '  ';
export const maxIndented = 40;
export const timeWidth = 10;
export const durationWidth = 9;
const noDuration = ' '.repeat(durationWidth);

const units = [
  ['µs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
] as const;

/** A duration with three significant digits and its unit: `412ns`, `1.23µs`, `45.6ms`, `2.00s`. */
export const durationText = (ns: bigint): string => {
  const value = Number(ns);
  if (value < 1_000) return `${value}ns`;
  // Rounded first: what rounds up to 1000 is 1.00 of the next unit.
  const rounded = value < 1e12 ? Number(value.toPrecision(3)) : value;
  const [unit, size] = units.findLast(([, least]) => rounded >= least) ?? units[0];
  const scaled = rounded / size;
  return `${scaled < 10 ? scaled.toFixed(2) : scaled < 100 ? scaled.toFixed(1) : scaled.toFixed(0)}${unit}`;
};

// Each line names a function, arguments and a thread: the few that there are.
const safeNames = new Map<string, string>();
const mostNames = 10_000;

export const safeName = (name: string): string => {
  const known = safeNames.get(name);
  if (known !== undefined) return known;
  if (safeNames.size >= mostNames) safeNames.clear();
  const safe = sanitize(name);
  safeNames.set(name, safe);
  return safe;
};

export const listText = (values: readonly ShownValue[], palette: Palette): string => {
  let text = '';
  for (const value of values) text += `${text === '' ? '' : ', '}${safeName(value.name)}: ${valueText(value, palette)}`;
  return text;
};

/** What stands behind a call that did not simply return. */
const endings: Record<Outcome, string> = {
  returned: '',
  'tail-call': 'ended in a call of another function',
  unwound: 'unwound',
  left: 'left, way unknown',
  exited: 'the thread ended inside',
  running: 'still running',
  entered: '',
};

/** A value that holds only under an assumption (told in a note before) carries a question mark. */
export const valueText = (value: ShownValue, palette: Palette): string => {
  const mark = value.evidence === 'given' && value.note !== null ? '?' : '';
  if (mark === '' && value.counts === undefined) return palette.value(value.text);
  const counts = (value.counts ?? []).map(
    ({ path, strong, weak }) => `${path}${path === '' ? '' : ' '}${strong} strong, ${weak} weak`,
  );
  const held = counts.length === 0 ? '' : palette.faint(` {${counts.join('; ')}}`);
  return palette.value(value.text) + (mark === '' ? '' : palette.warning(mark)) + held;
};

export const endText = (call: CallEvent, palette: Palette): string => {
  if (call.event === 'enter') return ' …';
  // What has no size and no type is nothing to show.
  if (call.ret && !(call.ret.text === '()' && call.ret.note !== null)) return ` -> ${valueText(call.ret, palette)}`;
  if (call.ret) return '';
  const ending = call.outcome === null ? '' : endings[call.outcome];
  return ending === '' ? '' : ` ${palette.warning(`[${ending}]`)}`;
};

/** One call on one line: time, thread, duration, then the call as Rust would write it, indented by its depth. */
export const callLine = (call: CallEvent, { palette, origin, threads, processes }: TraceStyle): string => {
  const { pid, tid, depth, duration: took } = call;
  const who =
    processes || threads || tid !== pid
      ? `${palette.faint(`${processes ? `${pid} ` : ''}${tid} ${safeName(call.comm)}`)} `
      : '';
  const duration = took === null ? noDuration : durationText(took).padStart(durationWidth);
  const indent = depth === 0 ? '' : indentation.repeat(Math.min(depth, maxIndented));
  const args = listText(call.args, palette);
  const time = palette.faint(secondsText(Number(call.time - origin)).padStart(timeWidth));
  const name = palette.name(safeName(call.function));
  const after = call.after === undefined || call.after.length === 0 ? '' : listText(call.after, palette);
  const then = after === '' ? '' : palette.faint(' then ') + after;
  return `${time} ${duration}  ${who}${indent}${name}(${args})${endText(call, palette)}${then}`;
};

const lossNames: Record<keyof Losses, string> = {
  entries: 'calls not shown: the ring was full when they began',
  exits: 'ends not seen: the ring was full when calls ended',
  pending: 'calls not shown: the table of calls under way was full',
  threads: 'calls not shown: the table of threads was full',
  landings: 'unwinder landings not seen: the ring was full',
  threadEnds: 'ends of threads not seen: the ring was full',
  processes: 'child processes not followed: the table of processes was full',
};

/** A number as text; the screen separates thousands. */
type NumberText = (count: number) => string;

/** What was lost, by cause; empty if nothing was. */
export const lossText = (losses: Losses, text: NumberText = String): string =>
  Object.entries(losses)
    .filter(([, count]) => count > 0)
    .map(([cause, count]) => `${text(count)} ${lossNames[cause as keyof Losses]}`)
    .join('; ');

const plural = (count: number, noun: string, text: NumberText): string =>
  `${text(count)} ${noun}${count === 1 ? '' : 's'}`;

/** What was left out, by cause; empty if nothing was. */
const leftOutText = ({ undecided, notSampled, overRate }: LeftOut, text: NumberText): string => {
  const reasons = Object.entries(undecided);
  const unknown = reasons.reduce((sum, [, count]) => sum + count, 0);
  const parts = [
    unknown > 0 && `${text(unknown)} undecided (${reasons.map(([why, count]) => `${text(count)} ${why}`).join(', ')})`,
    notSampled > 0 && `${text(notSampled)} not sampled`,
    overRate > 0 && `${text(overRate)} over the rate`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? '' : `left out: ${parts.join(', ')}`;
};

/** The closing line: what was seen and what wasn't, and how the program ended. */
export const endLine = (end: EndEvent, text: NumberText = String): string => {
  const parts = [plural(end.calls, 'call', text)];
  const lost = lossText(end.lost, text);
  parts.push(lost === '' ? '0 lost' : `LOST ${lost}`);
  const leftOut = end.leftOut === undefined ? '' : leftOutText(end.leftOut, text);
  if (leftOut !== '') parts.push(leftOut);
  if (end.underWayAtAttach > 0) parts.push(`${text(end.underWayAtAttach)} under way when tracing began, not shown`);
  if (end.program) {
    const { pid, status, signal } = end.program;
    if (status === null && signal === null) parts.push(`the program runs on as process ${pid}`);
    else parts.push(signal === null ? `the program exited with ${status}` : `the program was ended by ${signal}`);
  }
  return parts.join('; ');
};

/** An event as lines of text. */
export const traceText = (event: TraceEvent, style: TraceStyle): string => {
  switch (event.event) {
    case 'call':
    case 'enter':
      return `${callLine(event, style)}\n`;
    case 'lost': {
      const where = event.functions.map(
        (f) => `${sanitize(f.function)} ${f.entries + f.exits + f.pending + f.threads}`,
      );
      const by = where.length > 0 ? ` (${where.join(', ')})` : '';
      return `${style.palette.warning(`LOST ${lossText(event.losses)}${by}`)}\n`;
    }
    case 'note':
      return `${style.palette.faint(sanitize(event.text))}\n`;
    case 'end':
      return `${style.palette.faint(endLine(event))}\n`;
  }
};
