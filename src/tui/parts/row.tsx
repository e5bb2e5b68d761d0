import { Text } from 'ink';
import { createContext, type ReactElement, useContext } from 'react';

/**
 * Ink takes each character of a text apart and puts it into a cell of a grid: on a large screen that is most of the
 * time between a key and its frame. Where a `hold` is given, a row goes through Ink as one stand-in character, and is
 * put in its place when the frame comes out. Without one Ink gets the row itself.
 */
export const HoldRow = createContext((row: string): string => row);

type Props = {
  /** Fitted to the screen's width; may have escape codes for colours. */
  readonly text: string;
};

/** One row of the screen. */
export const Row = ({ text }: Props): ReactElement => {
  const hold = useContext(HoldRow);
  return <Text wrap="truncate">{text === '' ? ' ' : hold(text)}</Text>;
};
