import { Text } from 'ink';
import type { ReactElement } from 'react';
import { padEnd } from '../report/terminal-width.ts';
import type { Line } from './lines.ts';
import type { Theme } from './theme.ts';

type Props = { readonly line: Line; readonly theme: Theme; readonly labelWidth: number };

/** One line of a page. Texts are fitted before they come here: Ink must never wrap one. */
export const LineRow = ({ line, theme, labelWidth }: Props): ReactElement => (
  <Text wrap="truncate">
    <Text {...theme.label}>{padEnd(line.label, labelWidth)}</Text>
    <Text {...(line.tone === 'plain' ? theme.name : theme[line.tone])}>{line.text === '' ? ' ' : line.text}</Text>
  </Text>
);
