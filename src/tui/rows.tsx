import { Text } from 'ink';
import type { ReactElement } from 'react';
import { LineRow } from './line-row.tsx';
import type { Line } from './lines.ts';
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
      // biome-ignore-start lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
      return line === undefined ? (
        <Text key={i}> </Text>
      ) : (
        <LineRow key={i} line={line} theme={theme} labelWidth={labelWidth} />
      );
      // biome-ignore-end lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
    })}
  </>
);
