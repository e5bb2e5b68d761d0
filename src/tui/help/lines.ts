import { wrapWords } from '../../report/show-wrap.ts';
import { displayWidth, padEnd } from '../../report/terminal-width.ts';
import { type HelpLine, type HelpMode, helpSections } from '../keys.ts';
import { truncate } from '../parts/wrap.ts';
import { modeOf, type State } from '../state.ts';

/** A part of one row of the help, as wide as its column; a heading, or keys with what they do. */
export type HelpCell = { readonly text: string; readonly isHeading: boolean };

const leastColumn = 46;
const gap = 3;
const widestKeys = 22;
const indent = 2;

/** The keys, those of what lies below the help first, in as many columns as there is room for; one list of cells a row. */
export const helpRows = (state: State): readonly (readonly HelpCell[])[] => {
  const { columns } = state.size;
  const sections = helpSections(modeOf({ ...state, help: null }) as HelpMode);
  const count = Math.max(1, Math.min(sections.length, Math.floor((columns + gap) / (leastColumn + gap))));
  const width = Math.floor((columns - gap * (count - 1)) / count);
  const blocks = sections.map(({ heading, lines }) => [
    ...wrapWords(heading, width).map((text) => ({ text, isHeading: true })),
    ...keyRows(lines, width).map((text) => ({ text, isHeading: false })),
    blank,
  ]);
  return beside(inColumns(blocks, count), width);
};

export const helpRowCount = (state: State): number => helpRows(state).length;

const blank: HelpCell = { text: '', isHeading: false };

/** Keys in a column of their own, and what they do beside them; below them, where they are too long. */
const keyRows = (lines: readonly HelpLine[], width: number): string[] => {
  const widths = lines.map(({ keys }) => displayWidth(keys)).filter((one) => one <= widestKeys);
  const keysWidth = Math.max(0, ...widths);
  const start = indent + keysWidth + 2;
  return lines.flatMap(({ keys, help }) => {
    const texts = wrapWords(help, width - start);
    const isLong = displayWidth(keys) > keysWidth;
    const first = ' '.repeat(indent) + padEnd(keys, keysWidth);
    const rows = isLong
      ? [first, ...texts.map((text) => ' '.repeat(start) + text)]
      : texts.map((text, i) => (i === 0 ? `${first}  ` : ' '.repeat(start)) + text);
    return rows.map((row) => truncate(row.trimEnd(), width));
  });
};

/** Whole blocks, one below the other, the columns as even as their order allows. */
const inColumns = (blocks: readonly (readonly HelpCell[])[], count: number): HelpCell[][] => {
  // The least height that is enough: there are few blocks, so that all that come into question can be tried.
  const total = blocks.reduce((sum, block) => sum + block.length, 0);
  for (let height = Math.ceil(total / count); ; height++) {
    const columns: HelpCell[][] = [[]];
    for (const block of blocks) {
      const last = columns.at(-1) ?? [];
      if (last.length === 0 || last.length + block.length <= height) last.push(...block);
      else columns.push([...block]);
    }
    if (columns.length <= count) return columns;
  }
};

const beside = (columns: readonly (readonly HelpCell[])[], width: number): HelpCell[][] => {
  const height = Math.max(...columns.map((column) => column.length));
  return Array.from({ length: height }, (_, row) =>
    columns.map((column, i) => {
      const cell = column[row] ?? blank;
      return i === columns.length - 1 ? cell : { ...cell, text: padEnd(cell.text, width + gap) };
    }),
  );
};
