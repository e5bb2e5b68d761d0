import type { ReactElement } from 'react';
import { sanitize } from '../../base/text.ts';
import type { ListedProcess } from '../../query/process-list.ts';
import { fastWarning } from '../../query/returns-warning.ts';
import { displayWidth, padEnd } from '../../report/terminal-width.ts';
import { keyFor } from '../keys.ts';
import { bodyHeight } from '../layout.ts';
import { errorLines } from '../parts/error-lines.ts';
import { faultLines } from '../parts/fault-lines.ts';
import { fieldText } from '../parts/field-row.ts';
import type { Line } from '../parts/line.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { scrolledTo } from '../parts/window.ts';
import { shorten, truncate, wrapProse } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { filtered, hasField, isScope, type LaunchRow, type LaunchState, rowsFor } from './state.ts';

type Props = { readonly state: State; readonly theme: Theme };

const labels: Readonly<Record<LaunchRow, string>> = {
  run: 'run it with these arguments: ',
  command: 'run another command: ',
  process: 'a running process, PID: ',
  wait: 'the next process that calls it (waits until one does)',
  everywhere: 'every process that runs it',
  when: 'only calls for which this holds: ',
  sample: 'one call of so many: ',
  children: 'also what these processes start: ',
  returns: 'returns: ',
};

const placeholders: Readonly<Record<LaunchRow, string>> = {
  run: 'none',
  command: 'program arguments…',
  process: '1234, or a part of its name',
  wait: '',
  everywhere: '',
  when: 'len > 10 && ret is Err(_)',
  sample: '1',
  children: '',
  returns: '',
};

/** Which calls to trace: one of a few choices, most with a field, and options that hold for each. */
export const LaunchPane = ({ state, theme }: Props): ReactElement => {
  const { launch, size } = state;
  const rows = rowsFor(state.file);
  const height = Math.max(0, bodyHeight(size) - rows.length - 1);
  const below = belowRows(state, theme, height).slice(0, height);
  // What is wrong stands right below its field, where there is room for it there.
  const fault = faultLines(launch.fault?.error ?? null, size.columns).slice(0, height);
  const left = Math.max(0, height - fault.length);
  return (
    <>
      <Row text={theme.faint(truncate(headText(launch), size.columns))} />
      {rows.flatMap((row) => [
        <Row key={row} text={rowText(row, state, theme)} />,
        ...(launch.fault?.at === row
          ? [<Rows key="fault" lines={fault} height={fault.length} theme={theme} labelWidth={0} />]
          : []),
      ])}
      <Rows lines={below.slice(0, left)} height={left} theme={theme} labelWidth={0} />
      <Row text={theme.faint(truncate(state.notice ?? statusText(launch), size.columns))} />
    </>
  );
};

const headText = ({ targets }: LaunchState): string =>
  targets.specs.length > 1 ? `Calls of ${targets.specs.length} functions in:` : 'Its calls in:';

const statusText = ({ checking, targets }: LaunchState): string =>
  checking !== null ? 'checking the condition…' : targets.specs.length === 0 ? 'looking the functions up…' : '';

const rowText = (row: LaunchRow, { launch, size }: State, theme: Theme): string => {
  const isHere = row === launch.cursor;
  const mark = isHere ? '› ' : isScope(row) && row === launch.choice ? '• ' : '  ';
  const label = `${mark}${labels[row]}`;
  if (!hasField(row)) {
    const text = truncate(label + valueText(row, launch), size.columns);
    return isHere ? theme.chosen(text) : theme.label(text);
  }
  const placeholder = isHere || row === 'sample' ? placeholders[row] : '';
  return fieldText({ label, field: launch.fields[row], placeholder, focused: isHere, columns: size.columns }, theme);
};

const valueText = (row: LaunchRow, { children, returns }: LaunchState): string =>
  row === 'children' ? (children ? 'yes' : 'no') : row === 'returns' ? returns : '';

/** Below the choices: what is missing, what is dangerous, or the processes to pick from. */
const belowRows = (state: State, theme: Theme, height: number): readonly Line[] => {
  const { launch, size } = state;
  const { columns } = size;
  const said = (text: string, tone: Line['tone']): Line[] =>
    wrapProse(text, columns, 3).map((piece) => ({ label: '', text: piece, tone }));
  const lines = [...missingLines(launch, columns), ...(launch.returns === 'fast' ? said(fastWarning, 'warning') : [])];
  if (launch.returns === 'off') lines.push(...said('returns are off: no result and no duration is seen', 'faint'));
  if (launch.choice === 'process') return [...lines, ...processLines(launch, theme, columns, height - lines.length)];
  return lines;
};

/** Said before one begins. */
const missingLines = ({ machine, choice }: LaunchState, columns: number): Line[] => {
  if (machine === null) return [];
  const refusals = choice === 'run' || choice === 'command' ? machine.launch : machine.trace;
  return refusals.flatMap(({ reason, fixes }) => errorLines({ message: reason, hints: fixes }, columns));
};

const processLines = (launch: LaunchState, theme: Theme, columns: number, height: number): readonly Line[] => {
  const { processes, cursor } = launch;
  const shown = filtered(launch);
  const rows = Math.max(0, height - 1);
  const top = scrolledTo(0, processes.cursor, shown.length, Math.max(1, rows));
  const width = (textOf: (one: ListedProcess) => string, most: number): number =>
    Math.min(most, Math.max(1, ...shown.slice(top, top + rows).map((one) => textOf(one).length)));
  const pid = width((one) => String(one.pid), 8);
  const user = width(({ user }) => user, 12);
  const comm = width(({ comm }) => comm, 16);
  return [
    { label: '', text: truncate(processesText(launch, shown.length), columns), tone: 'faint' },
    ...shown.slice(top, top + rows).map((one, i): Line => {
      const isChosen = top + i === processes.cursor;
      const start = `${isChosen ? '›' : ' '} ${String(one.pid).padStart(pid)}  ${padEnd(shorten(one.user, user), user)}  ${padEnd(shorten(one.comm, comm), comm)}  `;
      const relation = { runs: '', maps: '[loaded] ', replaced: '[an earlier file] ' }[one.relation];
      // What it was started with stands at the end.
      const room = Math.max(0, columns - displayWidth(start + relation));
      const text = truncate(start + relation + shorten(sanitize(one.command), room), columns);
      const isHere = isChosen && cursor === 'process';
      return {
        label: '',
        text: isHere ? theme.chosen(text) : text,
        tone: one.relation === 'replaced' ? 'warning' : 'plain',
      };
    }),
  ];
};

const processesText = ({ processes, fields }: LaunchState, shown: number): string => {
  const { all, isReading, hidden } = processes;
  const again = `${keyFor('list-processes')} looks again`;
  const unseen = hidden === 0 ? '' : `; ${hidden} may not be looked into`;
  if (all === null || (isReading && all.length === 0)) return 'looking for processes…';
  if (all.length === 0) return `no process has it open now (${again})${unseen}`;
  const count = `${all.length} ${all.length === 1 ? 'process has' : 'processes have'} it`;
  return `${fields.process.text === '' ? count : `${shown} of ${all.length}`}${isReading ? '…' : ` (${again})`}${unseen}`;
};
