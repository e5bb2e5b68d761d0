import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { helpRows } from '../../src/tui/help/lines.ts';
import { bindings, helpSections, keyLabel } from '../../src/tui/keys.ts';
import { bodyHeight } from '../../src/tui/layout.ts';
import { facts, follow, state } from './states.ts';

const widths = [40, 60, 80, 100, 146, 200, 300];
const rowsAt = (columns: number, rows = 24): string[] =>
  helpRows(follow(state(), 'help', { kind: 'resized', size: { columns, rows } })).map((cells) =>
    cells.map(({ text }) => text).join(''),
  );

describe.each(widths)('the help in %i columns', (columns) => {
  const rows = rowsAt(columns);

  test('fits', () => {
    for (const row of rows) expect(displayWidth(row)).toBeLessThanOrEqual(columns);
  });

  test('has every key of every mode, and what it does, word for word', () => {
    const words = rows.join(' ').split(/\s+/).sort();
    const expected = helpSections('list').flatMap(({ heading, lines }) => [
      heading,
      ...lines.flatMap(({ keys, help }) => [keys, help]),
    ]);
    expect(words.filter(Boolean)).toEqual(expected.join(' ').split(/\s+/).sort());
  });

  test('scrolls to its last row, and no further', () => {
    const end = follow(state(), { kind: 'resized', size: { columns, rows: 12 } }, 'help', 'last', 'down', 'page-down');
    expect(end.help).toBe(Math.max(0, rowsAt(columns, 12).length - bodyHeight(end.size)));
  });
});

test('more columns take fewer rows', () => {
  const counts = [80, 100, 150, 300].map((columns) => rowsAt(columns).length);
  expect(counts).toEqual([...counts].sort((a, b) => b - a));
  expect(counts.at(-1)).toBeLessThan((counts[0] ?? 0) / 2);
});

test('the keys of what lies below come first', () => {
  expect(rowsAt(80)[0]).toContain('The list');
  const page = follow(state(), 'open', facts(0));
  expect(helpRows(follow(page, 'help'))[0]?.[0]?.text).toContain('A function');
  expect(helpRows(follow(page, 'sign', 'help'))[0]?.[0]?.text).toContain('Its signature');
});

test('after a resize no row below the last is shown', () => {
  const narrow = follow(state(), { kind: 'resized', size: { columns: 40, rows: 10 } }, 'help', 'last');
  const wide = follow(narrow, { kind: 'resized', size: { columns: 300, rows: 40 } });
  expect(wide.help).toBe(Math.max(0, rowsAt(300, 40).length - bodyHeight(wide.size)));
});

test('every mode that has keys has a section', () => {
  const shown = helpSections('list').flatMap(({ lines }) => lines.map(({ keys }) => keys));
  for (const { modes, keys } of bindings)
    if (modes.some((mode) => mode !== 'help')) expect(shown).toContain(keys.map(keyLabel).join(' '));
});
