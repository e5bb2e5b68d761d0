import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandNames } from '../src/cli/commands.ts';
import { program } from './support/cli.ts';
import { fixture } from './support/fixtures.ts';
import { type Feature, testNeeding } from './support/need.ts';
import { run } from './support/process.ts';

/**
 * README and the pages of docs show commands with their outputs, in fenced blocks of the kind `console`. Each is run here, in
 * a folder that holds `helloworld` (the fixture hello/debug-v0), `release` (hello/full-release), `inlined` and `types` (their
 * releases), by a shell that finds rsym. A further word of the fence names what the block needs: ```console kernel. A line `…` stands for any lines. Before the
 * two texts are compared, numbers that differ from run to run are replaced on both sides: process ids, times, durations,
 * addresses in a process.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/ARCHITECTURE.md',
  'docs/counting.md',
  'docs/evidence.md',
  'docs/expressions.md',
  'docs/first-ten-minutes.md',
  'docs/latency.md',
  'docs/library.md',
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

type Example = { readonly command: string; readonly output: string; readonly needs: readonly Feature[] };

const examplesOf = (text: string): Example[] =>
  [...text.matchAll(/^```console ?(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, needs = '', body = '']) =>
    body.split(/^\$ /m).flatMap((part, i): Example[] => {
      const [command = '', ...output] = part.split('\n');
      if (i === 0) return [];
      return [{ command, output: output.join('\n'), needs: needs.split(' ').filter(Boolean) as Feature[] }];
    }),
  );

const normalise = (text: string): string =>
  text
    .replace(/^ *\d+\.\d{6}(?= )/gm, 'TIME')
    .replace(/ *\b\d+(\.\d+)?(ns|µs|ms|s)\b/g, ' TIME')
    .replace(/\b0x[0-9a-f]{9,16}\b/g, 'ADDRESS')
    .replace(/^(TIME TIME +)(\d+ )+/gm, (_, times, pids: string) => times + pids.replace(/\d+/g, 'PID'))
    .replace(/\b(pid|tid)([ =:]*)\d+\b/g, '$1$2PID')
    .replace(/"(ts_ns|duration_ns)":"\d+"/g, '"$1":"TIME"')
    .replace(/"(pid|tid|seq|call_id)":("?)\d+\2/g, '"$1":NUMBER')
    // Columns of durations are as wide as these, shares of them what they are.
    .replace(/^ *CALLS .*$/gm, (line) => line.replace(/ +/g, ' '))
    .replace(/^( *\d+(?: TIME){7}) .*% {2}/gm, '$1 SHARE ')
    .replace(/ in \d+\.\d+ s;/g, ' in TIME;')
    .replace(/[ \t]+$/gm, '');

/** The shown output as an expression: everything literally, except that a line `…` is any number of lines. */
const expected = (output: string): RegExp => {
  const lines = normalise(output)
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}\n`));
  return new RegExp(`^${lines.join('').replace(/\n$/, '')}$`);
};

const folder = mkdtempSync(join(tmpdir(), 'rsym-docs-'));
beforeAll(() => {
  copyFileSync(fixture('hello/debug-v0'), join(folder, 'helloworld'));
  copyFileSync(fixture('hello/full-release'), join(folder, 'release'));
  mkdirSync(join(folder, 'guide'));
  copyFileSync(fixture('hello/full-debug'), join(folder, 'guide/helloworld'));
  for (const name of ['inlined', 'types']) copyFileSync(fixture(`${name}/release`), join(folder, name));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('README', () => {
  const examples = examplesOf(read('README.md'));

  test('has examples, and mentions exactly the commands that exist', () => {
    expect(examples.length).toBeGreaterThan(3);
    const shown = new Set(Array.from(read('README.md').matchAll(/^\| `rsym ([a-z]+)\b/gm), (m) => m[1]));
    expect([...shown].sort()).toEqual([...commandNames].sort());
  });
});

/** Its `helloworld` is the one that it has its reader unpack: hello/full-debug. */
const guide = 'docs/first-ten-minutes.md';
const withExamples = [
  'README.md',
  ...['counting', 'evidence', 'expressions', 'first-ten-minutes', 'latency'].map((name) => `docs/${name}.md`),
];

describe.each(withExamples)('%s', (page) => {
  for (const { command, output, needs } of examplesOf(read(page)))
    testNeeding(needs, command, () => {
      const shell = `rsym() { '${process.execPath}' '${program}' "$@"; }; ${command}`;
      const { stdout, stderr } = run('sh', ['-c', `{ ${shell}\n} 2>&1`], {
        cwd: page === guide ? join(folder, 'guide') : folder,
      });
      expect(stderr).toBe('');
      expect(normalise(stdout)).toMatch(expected(output));
    });
});

test.each(pages)('%s: every link to a file of the project leads somewhere', (page) => {
  const base = join(root, page, '..');
  const links = Array.from(read(page).matchAll(/\]\((?!https?:)([^)#]+)/g), (m) => m[1] ?? '');
  for (const link of links) expect(existsSync(join(base, link)), link).toBe(true);
});

test.each(pages)('%s: every npm script it names exists', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = Array.from(read(page).matchAll(/npm run ([\w:]+)/g), (m) => m[1] ?? '');
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});
