import type { ReactElement } from 'react';
import { sanitize } from '../../base/text.ts';
import { padEnd } from '../../report/terminal-width.ts';
import { liveHeight, promptFaultRows } from '../layout.ts';
import { errorLines } from '../parts/error-lines.ts';
import { faultLines } from '../parts/fault-lines.ts';
import { fieldText } from '../parts/field-row.ts';
import type { Line } from '../parts/line.ts';
import { grouped } from '../parts/number.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { boundedTop } from '../parts/window.ts';
import { truncate, wrap } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { callLines, labelWidth } from './call-lines.ts';
import { visibleRows } from './calls.ts';
import { headerText, tabsText } from './header.ts';
import { keptCalls, keptText, pausedText, placeText } from './kept.ts';
import { eventAt } from './log.ts';
import { unseenNotes } from './note-lines.ts';
import { mostLines } from './output-log.ts';
import { pageLines } from './pages.ts';
import { rowText, toneOf } from './row-text.ts';
import { type LiveState, type Prompt, shownLog } from './state.ts';

type Props = { readonly state: State; readonly live: LiveState; readonly theme: Theme };
type BodyProps = Props & { readonly height: number };

/** What is watched, as it happens. */
export const LivePane = ({ state, live, theme }: Props): ReactElement => {
  const { columns } = state.size;
  const { prompt } = live;
  const body = { state, live, theme, height: liveHeight(state) };
  return (
    <>
      <Row text={headerText(live, columns, theme)} />
      <Row text={tabsText(live, columns, theme)} />
      {live.opened ? <CallPage {...body} /> : <View {...body} />}
      <Rows
        lines={faultLines(prompt?.fault ?? null, columns)}
        height={promptFaultRows(state)}
        theme={theme}
        labelWidth={0}
      />
      <Row
        text={
          prompt
            ? promptText(prompt, keptText(shownLog(live)) === null ? null : keptCalls(shownLog(live)), columns, theme)
            : theme.faint(truncate(statusText(state, live, body.height), columns))
        }
      />
    </>
  );
};

const View = (props: BodyProps): ReactElement => {
  switch (props.live.view) {
    case 'calls':
      return <Calls {...props} />;
    case 'output':
      return <Output {...props} />;
    default:
      return <Page {...props} />;
  }
};

const Page = ({ state, live, theme, height }: BodyProps): ReactElement => {
  const lines = pageLines(state, live);
  const top =
    live.view === 'calls' || live.view === 'output' ? 0 : boundedTop(live.tops[live.view], lines.length, height);
  return <Rows lines={lines.slice(top, top + height)} height={height} theme={theme} labelWidth={0} />;
};

const CallPage = ({ state, live, theme, height }: BodyProps): ReactElement => {
  const lines = callLines(state, live);
  const top = boundedTop(live.opened?.top ?? 0, lines.length, height);
  return <Rows lines={lines.slice(top, top + height)} height={height} theme={theme} labelWidth={labelWidth} />;
};

/** The calls, newest at the bottom; before the first one, what there is to know of how they are watched. */
const Calls = ({ state, live, theme, height }: BodyProps): ReactElement => {
  const { columns } = state.size;
  if (live.error) return <Rows lines={errorLines(live.error, columns)} height={height} theme={theme} labelWidth={0} />;
  const rows = visibleRows(live, height);
  if (rows.length === 0) return <Rows lines={emptyLines(live, columns)} height={height} theme={theme} labelWidth={0} />;
  return (
    <>
      {Array.from({ length: height }, (_, i) => {
        const row = rows[i];
        const text = row === undefined ? '' : eventText(live, row, columns, theme);
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
        return <Row key={i} text={text} />;
      })}
    </>
  );
};

const noCallText = ({ filter, held, log }: LiveState): string => {
  if (held !== null && held.came === 0 && log.came > 0) return 'no call had come when this was paused';
  return filter === null ? 'no call yet' : 'no call yet for which the filter holds';
};

const emptyLines = (live: LiveState, columns: number): readonly Line[] => {
  const { notes, phase } = live;
  const faint = (text: string): Line => ({ label: '', text, tone: 'faint' });
  const above = notes.flatMap((note) => wrap(sanitize(note), columns, 2).map(faint));
  if (phase !== 'running' && phase !== 'ended') return above;
  const none = truncate(noCallText(live), columns);
  const why = unseenNotes(live).flatMap((note) => wrap(note, columns, 4).map(faint));
  return [...above, { label: '', text: none, tone: 'plain' }, ...why];
};

const eventText = (live: LiveState, row: number, columns: number, theme: Theme): string => {
  const event = eventAt(shownLog(live), row);
  if (event === undefined) return '';
  const text = truncate(rowText(event, live.seen), columns);
  if (live.held !== null && row === live.cursor) return theme.chosen(padEnd(text, columns));
  return marked(text, live.search, theme[toneOf(event)], theme);
};

/** With what was searched for reversed, once. */
const marked = (text: string, search: string, paint: (text: string) => string, theme: Theme): string => {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase());
  if (at < 0) return paint(text);
  const end = at + search.length;
  return paint(text.slice(0, at)) + theme.cursor(text.slice(at, end)) + paint(text.slice(end));
};

const Output = ({ state, live, theme, height }: BodyProps): ReactElement => {
  const { lines, forgotten } = live.output;
  const newest = Math.max(0, lines.length - height);
  const top = live.outputTop === null ? newest : boundedTop(live.outputTop - forgotten, lines.length, height);
  const { columns } = state.size;
  const shown: Line[] = lines.slice(top, top + height).map(({ from, text }) => ({
    label: '',
    text: truncate(`${from === 'stderr' ? '! ' : '  '}${text}`, columns),
    tone: from === 'stderr' ? 'warning' : 'plain',
  }));
  const none: Line = { label: '', text: truncate(noOutputText(live), columns), tone: 'faint' };
  return <Rows lines={lines.length === 0 ? [none] : shown} height={height} theme={theme} labelWidth={0} />;
};

const noOutputText = ({ request: { scope }, pid }: LiveState): string =>
  pid !== null || scope.kind === 'run' || scope.kind === 'command'
    ? 'The program has written nothing yet.'
    : 'Only of a program that is started here the output is shown.';

const labels: Readonly<Record<Prompt['kind'], string>> = {
  search: 'search upwards: ',
  filter: 'only calls with: ',
  export: 'write to file: ',
};

/** Where older calls than these are forgotten. */
const keptLabels: Readonly<Record<Prompt['kind'], (kept: string) => string>> = {
  search: (kept) => `search upwards in the last ${kept}: `,
  filter: (kept) => `only calls (of the last ${kept}) with: `,
  export: (kept) => `write the last ${kept} calls to file: `,
};

const placeholders: Readonly<Record<Prompt['kind'], string>> = {
  search: 'part of a line',
  filter: 'ret is Err(_), duration > 10ms; nothing: all calls',
  export: 'calls.ndjson, calls.perfetto.json',
};

/** `kept`: how many calls are there; null: all that came. */
const promptText = (
  { kind, field, replaces, waits }: Prompt,
  kept: number | null,
  columns: number,
  theme: Theme,
): string => {
  const usual = kept === null ? labels[kind] : keptLabels[kind](grouped(kept));
  const label = replaces ? 'it exists; Enter replaces it: ' : waits ? 'wait… ' : usual;
  return fieldText({ label, field, placeholder: placeholders[kind], focused: true, columns }, theme);
};

/** Where one is; a notice comes first. */
const statusText = (state: State, live: LiveState, height: number): string => {
  const { notice } = state;
  if (notice !== null) return notice;
  if (live.opened !== null) {
    const below = callLines(state, live).length - live.opened.top - height;
    const more = below > 0 ? ` · ↓ ${below} more lines` : '';
    return `${placeText(shownLog(live), live.cursor)}${more}`;
  }
  const { held, log, cursor, view, filter, output, outputTop } = live;
  if (view === 'output') {
    const where = outputTop === null ? '' : `line ${grouped(outputTop + 1)}`;
    const forgotten = output.forgotten === 0 ? '' : `only the last ${grouped(mostLines)} lines are kept`;
    const marked = output.lines.some(({ from }) => from === 'stderr') ? '! marks what was written to stderr' : '';
    const isSaid = forgotten !== '' || marked !== '';
    return isSaid ? [where, forgotten, marked].filter((part) => part !== '').join(' · ') : '';
  }
  if (view !== 'calls') return '';
  if (held !== null) return pausedText(held, log, cursor);
  const kept = keptText(log);
  return kept === null ? '' : `${filter === null ? 'the list has' : 'the filter is for'} ${kept}`;
};
