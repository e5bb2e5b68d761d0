import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { alignedRow } from '../../src/tui/terminal/aligned-row.ts';
import { program } from '../support/cli.ts';
import { loadAddress, textOffset, writeElf } from '../support/elf-writer.ts';
import { describeNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { Terminal } from '../support/terminal.ts';

const mega = 1 << 20;

/** Names that no compiler makes, but a file may hold. */
const names: readonly string[] = [
  'plain',
  'clear\x1b[2J\x1b[31mred',
  'title\x1b]0;owned\x07',
  'clipboard\x1b]52;c;cHduZWQ=\x07',
  'answer\x1b[6n\x1b[c',
  'c1\x9b2J\x90q\x9c',
  'line\nbreak\r\ttab\b\x0b\x0c',
  'shift\x0e\x0fout\x7f',
  'override\u202eevil\u202d',
  'isolate\u2066\u2067\u2068x\u2069',
  'marks\u200e\u200f\u061c\u2028\u2029',
  'zero\u200bwidth\u200d\u2060\ufeff\u00ad',
  'fillers\u115f\u1160\u3164\uffa0\u180e',
  'selectors\ufe0f\u{e0100}\u{e0041}',
  '宽字符'.repeat(20),
  'e\u0301'.repeat(200),
  `z${'\u0316\u0301'.repeat(500)}algo`,
  '\u0301begins with a mark',
  'שלום עולם 123',
  'مرحبا ﷽ بالعالم',
  'flags🇩🇪🇯🇵 family👨\u200d👩\u200d👧 skin👍🏽 key1\ufe0f\u20e3',
  'हिन्दी தமிழ் ไทย 한국어 각',
  'm'.repeat(mega),
  '宽'.repeat(mega / 4),
  '\u0301'.repeat(mega / 4),
  '\u202e\x1b'.repeat(mega / 4),
  `${'a::'.repeat(mega / 3)}z`,
];

const elf = writeElf({
  symbols: names.map((name, i) => ({
    name,
    type: 'func',
    value: loadAddress + BigInt(textOffset + 16 * i),
    size: 16n,
    bind: i % 2 === 0 ? 'global' : 'local',
  })),
});

/** Control sequences that the screen itself writes: cursor, erasing, colours, modes. */
const ours = /\x1b\[(?:\d+(?:;\d+)*)?[HKJGm]|\x1b\[\??\d+[hl]/g;

describeNeeding(['tmux', 'linux'], 'names that no compiler makes', () => {
  test('in the list and on every page nothing of them reaches the terminal raw, and columns stay in line', async () => {
    using folder = new Temporary();
    const file = folder.file('hostile', elf);
    const written = join(folder.path, 'written');
    await using terminal = new Terminal([process.execPath, program, file], { width: 100, height: 40 });
    const list = await terminal.waitFor(`${names.length} functions`);
    const rows = list.text.split('\n');
    expect(rows.length).toBe(40);
    const functions = rows.filter((row) => /0x[0-9a-f]+/.test(row));
    expect(functions.length).toBe(names.length);
    for (const row of functions) expect(row).toMatch(/^[› ] +0x400[0-9a-f]{3} {6}16 [ \d]{6} {2}\S/);
    terminal.record(written);
    terminal.press('C-l');
    for (let i = 0; i < names.length; i++) {
      terminal.press('Enter');
      const page = await terminal.waitFor(/^\[1\] signature$/m);
      // The title: the function's name, and the file's at the right edge.
      expect(page.text.split('\n')[0]).toMatch(/ {2}hostile$/);
      for (const row of page.text.split('\n')) expect(displayWidth(row)).toBeLessThanOrEqual(100);
      terminal.press('Escape');
      await terminal.waitFor(`${names.length} functions`);
      terminal.press('Down');
    }
    await terminal.waitFor(/^› .*$/m);
    const raw = readFileSync(written, 'utf8');
    expect(raw.length).toBeGreaterThan(1000);
    expect(raw.replace(ours, '')).not.toMatch(
      /[\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c\u180e]/,
    );
  });
});

test('whatever a terminal thinks of the width of a name, what follows is in its column', async () => {
  const terminal = new xterm.Terminal({ cols: 200, rows: 1, allowProposedApi: true });
  for (const name of names.slice(14, 22)) {
    const shown = name.replace(/[\p{Default_Ignorable_Code_Point}]/gu, '').slice(0, 60);
    await new Promise<void>((done) => terminal.write(`\x1b[H\x1b[2K${alignedRow(`${shown}|\x1b[7mend\x1b[0m`)}`, done));
    const column = displayWidth(shown);
    const cells = Array.from({ length: 4 }, (_, i) =>
      terminal.buffer.active
        .getLine(0)
        ?.getCell(column + i)
        ?.getChars(),
    );
    expect(cells.join('')).toBe('|end');
  }
  terminal.dispose();
});
