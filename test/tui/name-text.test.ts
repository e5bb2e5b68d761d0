import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { nameText } from '../../src/tui/list/name-text.ts';

const shown = (name: string, columns: number, ...ranges: [number, number][]): string =>
  nameText(
    name,
    ranges.map(([start, end]) => ({ start, end })),
    columns,
    (text) => `[${text}]`,
  );

test('what was found is highlighted', () => {
  expect(shown('zoo::hello', 12, [5, 10])).toBe('zoo::[hello]  ');
  expect(shown('a::b', 4, [0, 1], [3, 4])).toBe('[a]::[b]');
});

test('a long name keeps both ends, or the part that was found', () => {
  const name = `begin::${'x'.repeat(60)}::found::${'y'.repeat(60)}::end`;
  const at = name.indexOf('found');
  expect(shown(name, 40, [0, 5])).toBe(`[begin]::${'x'.repeat(13)}…${'y'.repeat(14)}::end`);
  expect(shown(name, 40, [at, at + 5])).toBe(`…xxxxxx::[found]::${'y'.repeat(23)}…`);
  expect(shown(name, 40, [name.length - 3, name.length])).toMatch(/^begin::x+…y+::\[end\]$/);
});

test('at any width a line is as wide as it must be, and only what was found is highlighted', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '::', '関', 'é', '<', ' ') });
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 4, max: 60 }),
      fc.nat(80),
      fc.integer({ min: 1, max: 9 }),
      (name, columns, from, size) => {
        const [start, end] = [Math.min(from, name.length), Math.min(from + size, name.length)];
        const pieces: string[] = [];
        const line = nameText(name, end > start ? [{ start, end }] : [], columns, (piece) => {
          pieces.push(piece);
          return piece;
        });
        expect(displayWidth(line)).toBe(columns);
        for (const piece of pieces) expect(name.slice(start, end)).toContain(piece);
      },
    ),
  );
});
