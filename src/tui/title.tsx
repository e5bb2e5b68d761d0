import { Text } from 'ink';
import type { ReactElement } from 'react';
import { displayWidth, padEnd, truncateMiddle } from '../report/terminal-width.ts';
import type { Theme } from './theme.ts';

type Props = { readonly left: string; readonly right: string; readonly columns: number; readonly theme: Theme };

/** The first line: where one is, and at the right what it is about, if there is room. */
export const Title = ({ left, right, columns, theme }: Props): ReactElement => {
  const shownRight = displayWidth(right) + 20 <= columns ? right : '';
  const room = columns - displayWidth(shownRight) - (shownRight === '' ? 0 : 2);
  return (
    <Text wrap="truncate">
      <Text {...theme.title}>{padEnd(truncateMiddle(left, room), room)}</Text>
      {shownRight === '' ? null : <Text {...theme.faint}>{`  ${shownRight}`}</Text>}
    </Text>
  );
};
