import type { ReactElement } from 'react';
import { bodyHeight } from '../layout.ts';
import { errorLines } from '../parts/error-lines.ts';
import { fieldText } from '../parts/field-row.ts';
import { Row } from '../parts/row.tsx';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import { truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { choicesFor, type ScopeKind } from './state.ts';

type Props = { readonly state: State; readonly theme: Theme };

const labels: Readonly<Record<ScopeKind, string>> = {
  run: 'run it with these arguments: ',
  command: 'run another command: ',
  process: 'a running process, PID: ',
  everywhere: 'every process that runs it',
};

const placeholders: Readonly<Record<ScopeKind, string>> = {
  run: 'none',
  command: 'program arguments…',
  process: '1234',
  everywhere: '',
};

/** Which calls to trace: one of a few choices, most with a field. */
export const LaunchPane = ({ state, theme }: Props): ReactElement => {
  const { launch, size } = state;
  const choices = choicesFor(state.file);
  const fault = launch.fault ? errorLines(launch.fault, size.columns) : [];
  const used = choices.length + 1;
  return (
    <>
      <Row text={theme.faint('Its calls in:')} />
      {choices.map((kind) => (
        <Row key={kind} text={choiceText(kind, state, theme)} />
      ))}
      <Rows lines={fault} height={Math.max(0, bodyHeight(size) - used)} theme={theme} labelWidth={0} />
      <Row text={theme.faint(truncate(state.notice ?? outputNote, size.columns))} />
    </>
  );
};

const outputNote = 'The output of a program that is started here is not shown.';

const choiceText = (kind: ScopeKind, { launch, size }: State, theme: Theme): string => {
  const isChosen = kind === launch.choice;
  const label = `${isChosen ? '› ' : '  '}${labels[kind]}`;
  const placeholder = isChosen ? placeholders[kind] : '';
  const focused = isChosen && kind !== 'everywhere';
  return fieldText({ label, field: launch.fields[kind], placeholder, focused, columns: size.columns }, theme);
};
