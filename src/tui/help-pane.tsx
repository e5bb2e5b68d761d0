import type { ReactElement } from 'react';
import { helpLines } from './lines.ts';
import { Rows } from './rows.tsx';
import type { State } from './state.ts';
import type { Theme } from './theme.ts';

type Props = { readonly state: State; readonly top: number; readonly theme: Theme };

/** The key table, to be read. */
export const HelpPane = ({ state, top, theme }: Props): ReactElement => {
  const height = Math.max(1, state.size.rows - 2);
  const lines = helpLines(state).slice(top, top + height);
  return <Rows lines={lines} height={height} theme={theme} labelWidth={0} />;
};
