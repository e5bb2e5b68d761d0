import { Text } from 'ink';
import type { ReactElement } from 'react';
import { displayWidth } from '../report/terminal-width.ts';
import { hintsFor, keyLabel } from './keys.ts';
import { focusedField, modeOf, type State } from './state.ts';
import type { Theme } from './theme.ts';

type Props = { readonly state: State; readonly theme: Theme };

/** The last line: the keys that matter most here, as many as fit. */
export const Hints = ({ state, theme }: Props): ReactElement => {
  const mode = modeOf(state);
  const field = focusedField(state);
  const hints = [...hintsFor(mode, field?.text === '')];
  if (mode === 'list' && field?.text !== '') hints.push({ keys: keyLabel('escape'), help: 'clear' });
  if (field !== null) hints.push({ keys: 'F1', help: 'help' }, { keys: 'Ctrl-C', help: 'quit' });
  const shown: string[] = [];
  let room = state.size.columns;
  const seen = new Set<string>();
  for (const { keys, help } of hints) {
    const text = `${keys} ${help}`;
    room -= displayWidth(text) + 3;
    if (room < -3) break;
    if (!seen.has(help)) shown.push(text);
    seen.add(help);
  }
  return (
    <Text wrap="truncate" {...theme.faint}>
      {shown.join(' · ')}
    </Text>
  );
};
