import type { ReactElement } from 'react';
import { Rows } from '../parts/rows.tsx';
import type { Theme } from '../parts/theme.ts';
import type { State } from '../state.ts';
import { helpLines } from './lines.ts';

type Props = { readonly state: State; readonly top: number; readonly theme: Theme };

/** The key table, to be read. */
export const HelpPane = ({ state, top, theme }: Props): ReactElement => {
  const height = Math.max(1, state.size.rows - 2);
  const lines = helpLines(state).slice(top, top + height);
  return <Rows lines={lines} height={height} theme={theme} labelWidth={0} />;
};
