import type { ReactElement } from 'react';
import { bodyHeight } from '../layout.ts';
import { Row } from '../parts/row.tsx';
import type { Theme } from '../parts/theme.ts';
import { truncate } from '../parts/wrap.ts';
import type { State } from '../state.ts';
import { type HelpCell, helpRows } from './lines.ts';

type Props = { readonly state: State; readonly top: number; readonly theme: Theme };

/** The key table, to be read. */
export const HelpPane = ({ state, top, theme }: Props): ReactElement => {
  const rows = helpRows(state);
  const height = bodyHeight(state.size);
  const below = rows.length - top - height;
  return (
    <>
      {Array.from({ length: height }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
        <Row key={i} text={(rows[top + i] ?? []).map((cell) => cellText(cell, theme)).join('')} />
      ))}
      <Row text={theme.faint(truncate(below > 0 ? `↓ ${below} more lines` : '', state.size.columns))} />
    </>
  );
};

const cellText = ({ text, isHeading }: HelpCell, theme: Theme): string => (isHeading ? theme.label(text) : text);
