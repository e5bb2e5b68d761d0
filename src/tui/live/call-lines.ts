import { sanitize } from '../../base/text.ts';
import { hex } from '../../base/units.ts';
import type { CallEvent, Outcome, ShownValue } from '../../query/watch.ts';
import { prettyDebug } from '../../report/pretty-debug.ts';
import { secondsText } from '../../report/seconds.ts';
import { displayWidth } from '../../report/terminal-width.ts';
import { durationText } from '../../report/trace.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import { wrap } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { callAt, type LogView } from './log.ts';
import { rowText } from './row-text.ts';
import { type LiveState, shownLog } from './state.ts';

export const labelWidth = 12;
const mostRows = 6;
/** Lines of one value. */
const mostValueLines = 500;

const outcomes: Readonly<Record<Outcome, string>> = {
  returned: 'it returned',
  'tail-call': 'it ended in a call of another function, which returned in its place',
  unwound: 'it was unwound: a panic or an exception passed it',
  left: 'it is gone, and the way it went is unknown',
  exited: 'its thread ended inside',
  running: 'it was still running when tracing ended',
  entered: 'its end is not watched',
};

/** All that is known of the opened call, fitted to the screen's width. */
export const callLines = ({ size: { columns } }: Pick<State, 'size'>, live: LiveState): readonly Line[] => {
  const view = shownLog(live);
  const call = callAt(view, live.cursor);
  if (call === undefined || live.opened === null) return [];
  const lines: Line[] = [];
  const fact = (label: string, text: string, tone: Line['tone'] = 'plain'): void => {
    for (const [i, row] of wrap(sanitize(text), columns - labelWidth, mostRows).entries())
      lines.push({ label: i === 0 ? label : '', text: row, tone });
  };
  const blank = (): void => {
    lines.push({ label: '', text: '', tone: 'plain' });
  };
  const isUsual = call.outcome === null || call.outcome === 'returned' || call.outcome === 'entered';
  fact('function', call.function);
  fact('ended', call.outcome === null ? 'not yet' : outcomes[call.outcome], isUsual ? 'plain' : 'warning');
  for (const [i, value] of call.args.entries()) {
    blank();
    lines.push(...valueLines(i === 0 ? 'arguments' : '', value, columns));
  }
  if (call.args.length === 0) fact('arguments', 'none', 'faint');
  blank();
  if (call.ret) lines.push(...valueLines('result', call.ret, columns));
  else fact('result', call.outcome === 'returned' ? 'not watched' : 'none: it did not return', 'faint');
  for (const [i, value] of (call.after ?? []).entries())
    lines.push(...valueLines(i === 0 ? 'afterwards' : '', value, columns));
  blank();
  fact('took', call.duration === null ? 'not known' : `${durationText(call.duration)} (${call.duration} ns)`);
  fact('began', `${secondsText(Number(call.time - (live.seen.origin ?? call.time)))} s after tracing began`);
  fact('thread', `${call.tid} ${call.comm}, of process ${call.pid}`);
  fact('copy', copyText(call.copy));
  if (call.depth > 0) fact('inside', insideText(call.depth));
  lines.push(...kinLines(live, view, call, columns));
  return lines;
};

const insideText = (depth: number): string =>
  depth === 1 ? 'one other call that is watched' : `${grouped(depth)} other calls that are watched`;

const copyText = ({ kind, address, caller, callSite, name }: CallEvent['copy']): string => {
  const where = callSite === null ? '' : ` at ${callSite.file}:${callSite.line}:${callSite.column}`;
  if (kind === 'inlined') return `inlined into ${caller ?? 'its caller'}${where} (${hex(address)})`;
  return `${kind === 'instance' ? `instance ${name ?? ''} ` : 'code of its own '}at ${hex(address)}`;
};

/** A name and a type with their evidence, then the value, over as many lines as it takes. */
const valueLines = (label: string, value: ShownValue, columns: number): Line[] => {
  const room = columns - labelWidth;
  const title = [value.name, value.type].filter((text) => text !== '').map(sanitize);
  const head = `${title.join(': ')}  (${value.evidence})`;
  const note = value.note === null ? [] : wrap(sanitize(value.note), room - 2, mostRows);
  const candidates = (value.candidates ?? []).map(({ evidence, text }) => ` or ${text} (${evidence})`);
  const counts = (value.counts ?? []).map(
    ({ path, strong, weak }) => `${path === '' ? 'it' : path} has ${strong} strong and ${weak} weak references`,
  );
  const shown = [
    ...prettyDebug(value.text, room - 2, mostValueLines).flatMap((line) => broken(line, room - 2)),
    ...[...candidates, ...counts].flatMap((text) => wrap(sanitize(text), room - 2, mostRows)),
  ];
  return [
    ...wrap(head, room, 2).map((text, i): Line => ({ label: i === 0 ? label : '', text, tone: 'faint' })),
    ...shown.map((text): Line => ({ label: '', text: `  ${text}`, tone: 'plain' })),
    ...note.map((text): Line => ({ label: '', text: `  ${text}`, tone: 'warning' })),
  ];
};

/** What has no bracket to be broken at, such as a long text. */
const broken = (line: string, columns: number): string[] =>
  displayWidth(line) <= columns ? [line] : wrap(line, columns, mostValueLines);

const kinLines = (live: LiveState, view: LogView, call: CallEvent, columns: number): Line[] => {
  const { parent, ancestors, children } = live.opened?.kin ?? { parent: null, ancestors: [], children: [] };
  const room = columns - labelWidth;
  const line = (row: number): string => {
    const event = callAt(view, row);
    return event === undefined ? '' : (wrap(rowText(event, live.seen).trimStart(), room, 1)[0] ?? '');
  };
  const rows = (label: string, those: readonly number[]): Line[] =>
    those.map((row, i) => ({ label: i === 0 ? label : '', text: line(row), tone: 'plain' }));
  const unseen: Line[] =
    parent === null && call.parent !== null
      ? [{ label: 'made in', text: 'a call that is not among those shown', tone: 'faint' }]
      : [];
  const kin = [
    ...unseen,
    ...rows('made in', parent === null ? [] : [parent, ...ancestors]),
    ...rows('made inside', children),
  ];
  return kin.length === 0 ? [] : [{ label: '', text: '', tone: 'plain' }, ...kin];
};
