import type { ReactElement } from 'react';
import { padEnd } from '../../report/terminal-width.ts';
import type { Line } from './line.ts';
import { Row } from './row.tsx';
import type { Theme } from './theme.ts';

type Props = {
  readonly lines: readonly Line[];
  /** Rows taken, whatever the number of lines. */
  readonly height: number;
  readonly theme: Theme;
  readonly labelWidth: number;
};

/** Lines, and blank rows below them. */
export const Rows = ({ lines, height, theme, labelWidth }: Props): ReactElement => (
  <>
    {Array.from({ length: height }, (_, i) => {
      const line = lines[i];
      const text = line ? theme.label(padEnd(line.label, labelWidth)) + theme[line.tone](line.text) : '';
      // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
      return <Row key={i} text={text} />;
    })}
  </>
);
