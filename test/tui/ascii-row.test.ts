import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asciiRow } from '../../src/tui/terminal/ascii-row.ts';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { Terminal } from '../support/terminal.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

test.each([
  ['› 0x1000  name', 80, '> 0x1000  name'],
  ['Enter show · ↓ choose', 80, 'Enter show - v choose'],
  ['looking it up…', 80, 'looking it up...'],
  ['alloc::ve…::push', 16, 'alloc::v...:push'],
  ['a long name…', 12, 'a long na...'],
  ['▁▃█▌ 5.02µs', 80, '..## 5.02us'],
  ['größe', 80, 'gr\\u{f6}\\u{df}e'],
  // What follows stays where it was, as far as there are blanks.
  ['é         12', 80, '\\u{e9}    12'],
  ['é 12', 80, '\\u{e9} 12'],
  ['関数 関数', 10, '\\u{95a2...'],
  ['\x1b[7m› é\x1b[27m', 80, '\x1b[7m> \\u{e9}\x1b[27m'],
  ['plain', 3, 'plain'],
])('%s in %i columns', (row, columns, shown) => expect(asciiRow(row, columns)).toBe(shown));

test('any row is ASCII in the end, and no wider than the screen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, columns) => {
      const row = asciiRow(`${text.replace(/[\0-\x1f\x7f]/g, '')}é`, columns);
      expect(row).toMatch(/^[\x20-\x7e]*$/);
      expect(stripVTControlCharacters(row).length).toBeLessThanOrEqual(columns);
    }),
  );
});

describeNeeding(['tmux', 'linux'], 'a terminal without Unicode', () => {
  test.each([{ LC_ALL: 'C' }, { LC_ALL: '', LC_CTYPE: 'de_DE.ISO-8859-1' }, { LC_ALL: '', LC_CTYPE: '', LANG: 'C' }])(
    '%o',
    async (env) => {
      using folder = new Temporary();
      const file = folder.file('größe.wasm', wasmWithNames(['関数', 'plain']));
      await using terminal = new Terminal([process.execPath, program, file], { width: 80, height: 12, env });
      await terminal.waitFor(/2 functions/);
      const { text } = terminal.screen();
      expect(text).toMatch(/^[\x0a\x20-\x7e]*$/);
      expect(text).toMatch(/^[> ] .*\\u\{95a2\}\\u\{6570\}$/m);
      expect(text).toContain('gr\\u{f6}\\u{df}e.wasm');
      terminal.press('F1');
      expect((await terminal.waitFor('rsym: keys')).text).toMatch(/^[\x0a\x20-\x7e]*$/);
    },
  );

  test('with Unicode, the screen draws what it likes', async () => {
    await using terminal = new Terminal([process.execPath, program, fixture('hello/debug-v0')], {
      env: { LC_ALL: 'C.UTF-8' },
    });
    expect((await terminal.waitFor(/\d+ functions/)).text).toContain('›');
  });
});
