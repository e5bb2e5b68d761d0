import { Text } from 'ink';
import type { ReactElement } from 'react';
import { errorLines } from './error-lines.ts';
import { FieldLine } from './field-line.tsx';
import { bodyHeight } from './layout.ts';
import { Rows } from './rows.tsx';
import type { ScopeKind, State } from './state.ts';
import type { Theme } from './theme.ts';
import { choicesFor } from './update.ts';

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
      <Text wrap="truncate" {...theme.faint}>
        {'Its calls in:'}
      </Text>
      {choices.map((kind) => (
        <FieldLine
          key={kind}
          label={`${kind === launch.choice ? '› ' : '  '}${labels[kind]}`}
          field={launch.fields[kind]}
          placeholder={kind === launch.choice ? placeholders[kind] : ''}
          focused={kind === launch.choice && kind !== 'everywhere'}
          columns={size.columns}
          theme={theme}
        />
      ))}
      <Rows lines={fault} height={Math.max(0, bodyHeight(size) - used)} theme={theme} labelWidth={0} />
      <Text wrap="truncate" {...theme.faint}>
        {state.notice ?? 'The output of a program that is started here is not shown.'}
      </Text>
    </>
  );
};
