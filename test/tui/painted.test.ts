import { stripVTControlCharacters, styleText } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { wrapPainted } from '../../src/tui/parts/painted.ts';

const red = (text: string): string => styleText('red', text, { validateStream: false });
const bold = (text: string): string => styleText('bold', text, { validateStream: false });

test('what fits is left as it is', () => {
  expect(wrapPainted(`  ${red('abc')} d`, 7, 3)).toEqual([`  ${red('abc')} d`]);
});

test('each piece has its colours whole, further ones stand further in', () => {
  expect(wrapPainted(`${red('abcdef')}gh`, 5, 9)).toEqual([red('abcde'), `  ${red('f')}gh`]);
});

test('what is cut off is marked', () => {
  const rows = wrapPainted(red('x'.repeat(1_000_000)), 10, 2).map(stripVTControlCharacters);
  expect(rows).toEqual(['xxxxxxxxxx', '  xxxxxxx…']);
});

test('no piece is wider than the screen, and nothing is lost', () => {
  const part = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', ' ', '関', 'é', '-') }),
    fc.string({ unit: fc.constantFrom('b', '数') }).map((text) => (text === '' ? '' : red(text))),
    fc.string({ unit: fc.constantFrom('c', 'd') }).map((text) => (text === '' ? '' : bold(red(text)))),
  );
  fc.assert(
    fc.property(
      fc.array(part).map((parts) => parts.join('')),
      fc.integer({ min: 4, max: 40 }),
      (text, columns) => {
        const rows = wrapPainted(text, columns, 1_000);
        for (const row of rows) expect(displayWidth(stripVTControlCharacters(row))).toBeLessThanOrEqual(columns);
        const indent =
          rows.length === 1
            ? ''
            : ' '.repeat(
                Math.min((/^ */.exec(stripVTControlCharacters(text))?.[0].length ?? 0) + 2, Math.floor(columns / 2)),
              );
        const joined = rows.map((row, i) => stripVTControlCharacters(row).slice(i === 0 ? 0 : indent.length)).join('');
        expect(joined).toBe(stripVTControlCharacters(text));
      },
    ),
  );
});
