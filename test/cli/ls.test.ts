import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { splitArguments } from '../../src/cli/ls-arguments.ts';
import { writeArchive } from '../support/ar-writer.ts';
import { cli, cliFail, rsym } from '../support/cli.ts';
import { type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { fixture } from '../support/fixtures.ts';
import { expectGolden } from '../support/golden.ts';
import { describeNeeding, shared, testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { writeWasm } from '../support/wasm-writer.ts';

const symbols: SymbolSpec[] = [
  { name: '_RNvC4demo3two', value: 0x20n, size: 2n },
  { name: '_ZN4demo3one17h0123456789abcdefE', value: 0x30n, size: 2n ** 64n - 1n },
  { name: '_ZN4demo3one17h1123456789abcdefE', value: 0x30n, bind: 'local' },
  { name: '_ZN3cxx4calcEi', value: 0x48n, size: 12n, bind: 'weak' },
  { name: 'table', value: 0x60n, size: 16n, type: 'object', section: '.data' },
  { name: 'needed', section: 'undefined', type: 'notype' },
];

/** A file `demo`, in a folder in which rsym runs: its path is then the same everywhere. */
const inFolder = <T>(bytes: Uint8Array, ask: (run: (...args: string[]) => ReturnType<typeof rsym>) => T): T => {
  using folder = new Temporary();
  folder.file('demo', bytes);
  return ask((...args) => rsym(['ls', ...args], { cwd: folder.path }));
};
const listing = (...args: string[]): ReturnType<typeof rsym> =>
  inFolder(writeElf({ symbols }), (run) => run('demo', ...args));

describe('golden outputs', () => {
  test.each([
    ['functions', []],
    ['all', ['--all']],
    ['full', ['--full']],
    ['mangled', ['--mangled', '--sort', 'addr']],
    ['size', ['--sort', 'size', '--reverse']],
    ['nm', ['--nm', '--all']],
    ['nm-mangled', ['--nm', '--all', '--mangled']],
    ['json', ['--json', '--all', '--full']],
    ['crate', ['--crate', 'demo', '--limit', '1']],
    ['undefined', ['--undefined']],
    ['kind', ['--kind', 'data,ifunc']],
  ])('%s', (name, args) => {
    const { status, stdout, stderr } = listing(...args);
    expectGolden(`ls/${name}`, `${stdout}--- stderr\n${stderr}--- status ${status}\n`);
  });
});

describe('files and patterns', () => {
  test('which word is which', () => {
    using folder = new Temporary();
    const a = folder.file('a', 'x');
    const b = folder.file('b', 'x');
    mkdirSync(join(folder.path, 'main'));
    expect(splitArguments(['none'], 0)).toEqual({ files: ['none'], patterns: [] });
    expect(splitArguments([a, b, 'hello'], 0)).toEqual({ files: [a, b], patterns: ['hello'] });
    expect(splitArguments([a, a], 0)).toEqual({ files: [a], patterns: [a] });
    expect(splitArguments([a, b], 1)).toEqual({ files: [a], patterns: [b] });
    expect(splitArguments(['-a', b], 2)).toEqual({ files: ['-a', b], patterns: [] });
    expect(splitArguments([a, 'x'.repeat(300), 'a\0b'], 0).patterns).toHaveLength(2);
  });

  test('a pattern that matches nothing: status 1 and the nearest names', () => {
    const message = inFolder(writeElf({ symbols }), (run) => run('demo', 'demo::tow'));
    expect(message).toMatchObject({ status: 1, stdout: '' });
    expect(message.stderr).toContain('demo::two');
    expect(listing('--crate', 'nobody')).toMatchObject({ status: 1, stdout: '' });
  });

  test('several files: each line says whose it is, one that fails does not hide the others', () => {
    using folder = new Temporary();
    folder.file('one', writeElf({ symbols: [{ name: 'f' }] }));
    folder.file('two', writeArchive([{ name: 'm.o', data: writeElf({ type: 'rel', symbols: [{ name: 'g' }] }) }]));
    folder.file('bad', 'text');
    folder.file('worse', '');
    const run = (...args: string[]) => rsym(['ls', ...args], { cwd: folder.path });
    const both = run('one', 'two', '--nm');
    expect(both.stdout).toBe('one: 0000000000000000 T f\ntwo(m.o): 0000000000000000 T g\n');
    expect(both.status).toBe(0);
    const failed = run('one', 'bad', '--nm');
    expect(failed).toMatchObject({ status: 2, stdout: 'one: 0000000000000000 T f\n' });
    expect(failed.stderr).toMatch(/^rsym: cannot read bad: .*\n$/);
    const documents = JSON.parse(run('one', 'two', '--json').stdout) as {
      files: { file: string; symbols: object[] }[];
    };
    expect(documents.files.map(({ file, symbols: listed }) => [file, listed.length])).toEqual([
      ['one', 1],
      ['two', 1],
    ]);
    expect(JSON.parse(run('bad', 'worse', '--json').stdout)).toEqual({ schema: 1, files: [] });
  });

  test('wrong use', () => {
    expect(cliFail(['ls'])).toMatch(/missing/);
    expect(cliFail(['ls', 'x', '--sort', 'colour'])).toMatch(/name, addr, size/);
    expect(cliFail(['ls', 'x', '--limit', '-1'])).toMatch(/--limit/);
    expect(cliFail(['ls', 'x', '--kind', 'nothing'])).toMatch(/not a kind/);
    expect(cliFail(['ls', 'x', '/(/'])).toMatch(/\(/);
    expect(cliFail(['ls', '/no/such/file'])).toMatch(/no such file/);
  });
});

describe('numbers in JSON', () => {
  test('are exact', () => {
    const { stdout } = listing('--json', 'one');
    const document = JSON.parse(stdout) as { symbols: { address: string; size: string; aliases: string[] }[] };
    expect(document.symbols.map(({ address, size }) => [address, size])).toEqual([
      ['0x30', '18446744073709551615'],
      ['0x30', '0'],
    ]);
  });
});

describe('names that attack a terminal', () => {
  const hostile = [
    '\x1b[31mred',
    'line\nbreak',
    'tab\tname',
    'bidi\u202ename',
    '\x9b2J',
    '\x1b]0;title\x07',
    'zero\u200bwidth',
  ];
  const bytes = writeElf({
    symbols: [...hostile.map((name) => ({ name })), { name: Uint8Array.of(0x66, 0xff, 0x67) }],
  });

  test.each([['--all'], ['--nm'], ['--mangled'], ['--full']])(
    '%s: one line each, nothing but printable text',
    (flag) => {
      const { stdout, status } = inFolder(bytes, (run) => run('demo', flag));
      expect(status).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      expect(lines).toHaveLength(hostile.length + 1);
      for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]*$/);
      expect(stdout).toContain('\\x1b[31mred');
      expect(stdout).toContain('f\\xffg');
    },
  );

  test('JSON gives them back', () => {
    const { stdout } = inFolder(bytes, (run) => run('demo', '--json'));
    const raws = (JSON.parse(stdout) as { symbols: { raw: string }[] }).symbols.map(({ raw }) => raw);
    expect(raws.sort()).toEqual([...hostile, 'f\\xffg'].sort());
  });

  test('file names too, with several files and in errors', () => {
    using folder = new Temporary();
    const names = ['\x1b[31m', 'a\nb', '\u202egnp', '-dash', 'x'.repeat(255)];
    for (const name of names) folder.file(name, writeElf({ symbols: [{ name: 'f' }] }));
    const run = rsym(['ls', '--nm', '--', ...names.slice(3), ...names.slice(0, 3)], { cwd: folder.path });
    expect(run.stdout.trimEnd().split('\n')).toHaveLength(names.length);
    const first = rsym(['ls', '--nm', ...names.slice(0, 3), 'gone'], { cwd: folder.path });
    for (const line of (run.stdout + first.stdout + first.stderr).trimEnd().split('\n'))
      expect(line).toMatch(/^[\x20-\x7e]*$/);
    const dash = rsym(['ls', '--nm', '--', '-dash'], { cwd: folder.path });
    expect(dash).toEqual({ status: 0, stdout: '0000000000000000 T f\n', stderr: '' });
    expect(rsym(['ls', '--nm', 'x'.repeat(255)], { cwd: folder.path }).status).toBe(0);
  });
});

describe('what has no functions', () => {
  test.each([
    ['a stripped file', writeElf()],
    ['a core file', writeElf({ type: 'core' })],
    ['an archive without members', Buffer.from('!<arch>\n')],
    ['an empty module', writeWasm([], [])],
  ])('%s: status 0, and says so', (_, bytes) => {
    const { status, stdout, stderr } = inFolder(bytes, (run) => run('demo'));
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^rsym: .*demo.*\n$/);
  });
});

describe('real programs', () => {
  testNeeding(['nm'], 'lines are those of nm, one for one', () => {
    const path = fixture('hello/debug-v0');
    const theirs = execFileSync('nm', [path], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const { stdout } = rsym(['ls', '--all', '--nm', '--mangled', path]);
    const sorted = (text: string): string[] => text.split('\n').sort();
    expect(sorted(stdout)).toEqual(sorted(theirs));
  });

  testNeeding(['rustfilt'], 'Rust names are those of rustfilt, legacy and v0', () => {
    for (const key of ['hello/debug-v0', 'hello/debug-legacy']) {
      const { stdout } = rsym(['ls', '--all', '--json', fixture(key)]);
      const rust = (JSON.parse(stdout) as { symbols: { raw: string; name: string; scheme: string }[] }).symbols.filter(
        ({ scheme }) => scheme.startsWith('rust'),
      );
      expect(rust.length).toBeGreaterThan(100);
      const input = rust.map(({ raw }) => `${raw}\n`).join('');
      const theirs = execFileSync('rustfilt', { input, encoding: 'utf8', maxBuffer: 1 << 28 });
      expect(rust.map(({ name }) => `${name}\n`).join('')).toBe(theirs);
    }
  });

  test('hello is found under its name', () => {
    const { stdout } = rsym(['ls', fixture('hello/never-legacy'), '::helloworld::hello']);
    expect(stdout).toMatch(/^0x[0-9a-f]+ +\d+ function +1 helloworld::hello\n$/);
  });

  test('a closed pipe ends it quietly', () => {
    // Not `head`: this runs where Node and a shell are all there is.
    const reader =
      'process.stdin.once("data", (text) => { console.log(String(text).split("\\n")[0]); process.exit(); })';
    const command = `"$NODE" "$PROGRAM" ls --all "$FILE" | "$NODE" -e '${reader}'`;
    const shown = execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      env: {
        ...process.env,
        NODE: process.execPath,
        PROGRAM: process.env['RSYM_PROGRAM'] ?? new URL('../../dist/cli/main.js', import.meta.url).pathname,
        FILE: fixture('hello/debug-v0'),
      },
    });
    expect(shown.split('\n')).toHaveLength(2);
  });
});

describeNeeding(['shared'], 'odd and malformed files', () => {
  const folder = join(shared, 'bad-inputs');
  const rows = readFileSync(join(folder, 'MANIFEST.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t') as [string, string, string, string, string]);

  test.each(rows)('%s (%s): %s, %s functions: %s', (path, _group, expected, functions) => {
    const run = cli(['ls', '--json', join(folder, path)], { timeout: 10_000 });
    expect(run.signal).toBeNull();
    expect(run.stderr).not.toMatch(/^\s+at |internal error/m);
    const count = run.stdout === '' ? null : (JSON.parse(run.stdout) as { symbols: object[] }).symbols.length;
    if (expected === 'error') {
      expect([run.status, count]).toEqual([2, null]);
      expect(run.stderr).toMatch(/^.*\n$/);
      expect(run.stderr).toContain(path);
    } else if (expected === 'ok') {
      expect(run.status).toBe(0);
      if (functions !== '-') expect(count).toBe(Number(functions));
    } else if (expected === 'ok0') {
      expect([run.status, count]).toEqual([0, 0]);
      expect(run.stderr).not.toBe('');
    } else {
      expect([0, 1, 2]).toContain(run.status);
    }
  });
});

test('of several patterns those that match nothing are named; one that another covers is not', () => {
  const path = fixture('hello/debug-v0');
  const done = rsym(['ls', path, 'helloworld::hello', 'missing', 'hello', 'absent::one']);
  expect(done.status).toBe(0);
  expect(done.stdout).toContain('helloworld::hello');
  expect(done.stderr).toBe(`rsym: nothing in ${path} matches missing\nrsym: nothing in ${path} matches absent::one\n`);
});
