import { helpSections } from '../keys.ts';
import type { Line } from '../parts/line.ts';
import { wrap } from '../parts/wrap.ts';
import { modeBelow, type State } from '../state.ts';

/** The keys, those of the level below the help first. */
export const helpLines = (state: State): readonly Line[] => {
  const { size } = state;
  const first = modeBelow(state);
  const column = 26;
  return helpSections(first).flatMap(({ heading, lines }): Line[] => [
    { label: heading, text: '', tone: 'plain' },
    ...lines.map(({ keys, help }): Line => {
      const text = `  ${keys.padEnd(size.columns > 60 ? column : 0)}  ${help}`;
      return { label: '', text: wrap(text, size.columns, 1)[0] ?? '', tone: 'plain' };
    }),
    { label: '', text: '', tone: 'plain' },
  ]);
};

export const helpLineCount = (state: State): number => helpLines(state).length;
