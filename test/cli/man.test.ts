import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { commandNames } from '../../src/cli/commands.ts';
import { roffText } from '../../src/cli/manual/roff.ts';
import { environment, examples } from '../../src/cli/manual/text.ts';
import { programDocs } from '../../src/cli/program.ts';
import { splitWords } from '../../src/query/words.ts';
import { bindings, keyLabel } from '../../src/tui/keys.ts';
import { rsym } from '../support/cli.ts';
import { testWith } from '../support/need.ts';
import { run } from '../support/process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = rsym(['man']).stdout;
const docs = await programDocs('0.0.0');

/** The page without roff's escapes: as one reads it. */
const plain = page
  .replace(/\\f[BIR]/g, '')
  .replace(/\\-/g, '-')
  .replace(/\\\(aq/g, "'");

test('it is ASCII, the same each time, and no line of text is a request', () => {
  expect(page).toMatch(/^[\x0a\x20-\x7e]+$/);
  expect(rsym(['man']).stdout).toBe(page);
  const requests = new Set(page.split('\n').flatMap((line) => /^['.](\S*)/.exec(line)?.[1] ?? []));
  expect([...requests].sort()).toEqual(['PP', 'SH', 'SS', 'TH', 'TP', '\\"', 'br', 'fi', 'in', 'nf']);
});

test('every command and every option is in it', () => {
  expect(docs.commands.map(({ name }) => name)).toEqual(commandNames);
  for (const { name, options } of docs.commands) {
    const [, section = ''] = new RegExp(`^\\.SS "rsym ${name}"\n([\\s\\S]*?)^\\.S[SH]`, 'm').exec(plain) ?? [];
    for (const { short, long, value } of options) {
      const term = `${short === null ? '' : `${short}, `}${long}${value === null ? '' : ` ${value.toUpperCase()}`}`;
      expect(section.split('\n'), name).toContain(term);
    }
  }
});

test('exit statuses, files, examples and the keys of the screen are in it', () => {
  for (const heading of ['EXIT STATUS', 'ENVIRONMENT', 'FILES', 'EXAMPLES', 'PATTERNS', 'KEYS OF THE SCREEN'])
    expect(page).toContain(`.SH ${heading}\n`);
  const terms = plain.split('\n');
  for (const status of ['0', '1', '2', '129', '130', '143']) expect(terms).toContain(status);
  for (const { keys, modes } of bindings)
    if (modes.some((mode) => mode !== 'help'))
      expect(page).toContain(`\\fB${roffText(keys.map(keyLabel).join(' '))}\\fR`);
});

test('every variable of the environment that the sources read is explained, and no other', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'));
  const read = sources.flatMap((text) => [
    ...Array.from(text.matchAll(/\benv\['([A-Z_]+)'\]/g), ([, name = '']) => name),
    ...Array.from(
      text.matchAll(/\{([^{}]*)\} = env\b/g),
      ([, names = '']) => names.match(/\b[A-Z_]{4,}\b/g) ?? [],
    ).flat(),
  ]);
  // NODE_ENV is set for React, and CARGO_MAKEFLAGS is named with MAKEFLAGS.
  const expected = new Set(read.filter((name) => !['NODE_ENV', 'CARGO_MAKEFLAGS'].includes(name)));
  expect(environment.map(([name]) => name).sort()).toEqual([...expected].sort());
});

describe('its examples', () => {
  test.each(examples.map(([, line]) => line).filter((line) => line.startsWith('rsym ')))('%s', (line) => {
    const [, name = '', ...words] = splitWords(line);
    const command = docs.commands.find((one) => one.name === name);
    if (!command) return expect(name).toBe('./app');
    const known = command.options.flatMap(({ short, long }) => [short, long]);
    const before = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
    for (const word of before.filter((one) => /^-/.test(one))) expect(known).toContain(word);
  });
});

testWith('man')('man has nothing to complain of', () => {
  const { status, stdout, stderr } = run('man', ['--warnings', '-l', '-'], {
    input: page,
    env: { LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANROFFSEQ: '', PAGER: 'cat' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.replace(/.\x08|\x1b\[[0-9;]*m/g, '')).toMatch(/^ +-p, --pid PID$/m);
});

testWith('mandoc')('mandoc warns of nothing but the date, which is left out: the page is the same on any day', () => {
  const { stdout } = run('mandoc', ['-Tlint', '-Wwarning'], { input: page });
  expect(stdout.replace(/^.*missing date.*\n/m, '')).toBe('');
});
