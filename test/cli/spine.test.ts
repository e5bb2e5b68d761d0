import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commandNames } from '../../src/cli/commands.ts';
import { program, rsym } from '../support/cli.ts';
import { testWith } from '../support/need.ts';

const folder = mkdtempSync(join(tmpdir(), 'rsym-spine-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('version and help', () => {
  test.each(['--version', '-V'])('%s is the version of the package', (flag) => {
    expect(rsym([flag])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('the version is answered without loading any other file of the project', () => {
    const traced = spawnSync(process.execPath, [program, '--version'], {
      env: { ...process.env, NODE_DEBUG: 'esm' },
      encoding: 'utf8',
    });
    const loaded = new Set(Array.from(traced.stderr.matchAll(/dist\/([\w/-]+\.js)/g), (m) => m[1]));
    expect([...loaded]).toEqual(['cli/main.js']);
  });

  test('the general help lists every command that exists, on stdout', () => {
    const { status, stdout, stderr } = rsym(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(commandNames.length).toBeGreaterThan(0);
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  test.each(commandNames)('%s explains itself, in both ways of asking', (name) => {
    const asked = rsym([name, '--help']);
    expect(asked.status).toBe(0);
    expect(asked.stdout).toContain(`Usage: rsym ${name}`);
    expect(rsym(['help', name])).toEqual(asked);
  });

  test('no arguments: the help goes to stderr, and the status says wrong use', () => {
    const { status, stdout, stderr } = rsym([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: rsym');
  });
});

describe('wrong use: one message, status 2, nothing on stdout', () => {
  const cases: [string, string[], RegExp][] = [
    ['a mistyped command', ['lss'], /^rsym: 'lss' is neither a command nor a file\n {2}try: rsym ls\n$/],
    ['an unknown option', ['--bogus'], /^rsym: unknown option '--bogus'\n/],
    ['an unknown option of a command', ['ls', '--jsn', 'x'], /^rsym: unknown option '--jsn'\n {2}try: --json\n$/],
    ['a missing argument', ['ls'], /^rsym: missing required argument .*\n {2}try: rsym ls --help\n$/],
    ['help of what is no command', ['help', 'nosuch'], /^rsym: 'nosuch' is neither/],
    ['the screen without a terminal', [program], /^rsym: the screen needs a terminal\n {2}stdin and stdout are not/],
    ['an escape sequence', ['\x1b[31m\u202ehi'], /^rsym: '\\x1b\[31m\\u\{202e\}hi' is neither/],
    ['a word of a megabyte', ['w'.repeat(100_000)], /^rsym: 'w{1999}…\n/],
    ['an empty word', [''], /^rsym: '' is neither/],
  ];
  test.each(cases)('%s', (_what, args, message) => {
    const { status, stdout, stderr } = rsym(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('a file whose name is no command is taken for the screen, with or without --', () => {
    writeFileSync(join(folder, '-odd'), '');
    writeFileSync(join(folder, 'plain'), '');
    for (const args of [['plain'], ['--', '-odd'], ['--', 'plain']])
      expect(rsym(args, { cwd: folder }).stderr).toMatch(/^rsym: the screen needs a terminal/);
  });
});

describe('colour', () => {
  const first = (env: Record<string, string>): string => rsym(['nosuch'], { env }).stderr.split("'")[0] ?? '';

  test('none without a terminal; FORCE_COLOR asks for it; NO_COLOR wins', () => {
    expect(first({})).toBe('rsym: ');
    expect(first({ FORCE_COLOR: '1' })).toBe('\x1b[31mrsym:\x1b[39m ');
    expect(first({ FORCE_COLOR: '0' })).toBe('rsym: ');
    expect(first({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe('rsym: ');
    expect(first({ FORCE_COLOR: '1', NO_COLOR: '' })).toBe('\x1b[31mrsym:\x1b[39m ');
  });
});

describe('a reader that goes away', () => {
  const closed = async (args: string[], which: 'stdout' | 'stderr'): Promise<number | null> => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child[which].destroy();
    child[which === 'stdout' ? 'stderr' : 'stdout'].resume();
    return new Promise((done) => child.on('close', done));
  };

  test('before the first byte of stdout: status 0', async () => {
    expect(await closed(['--version'], 'stdout')).toBe(0);
    expect(await closed(['--help'], 'stdout')).toBe(0);
  });

  testWith('linux')('a full disk is an error, not a defect', () => {
    const full = openSync('/dev/full', 'w');
    for (const args of [['--version'], ['--help'], ['demangle', '--help'], ['demangle', '_RNvC1a1b']]) {
      const done = spawnSync(process.execPath, [program, ...args], {
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      expect({ args, status: done.status }).toEqual({ args, status: 2 });
      expect(done.stderr).toMatch(/^rsym: cannot write the output\n {2}.*ENOSPC/);
    }
    closeSync(full);
  });

  test('of stderr: the status still tells', async () => {
    expect(await closed(['nosuch'], 'stderr')).toBe(2);
  });
});

describe('where an error was raised', () => {
  const isTold = (args: readonly string[], RSYM_DEBUG?: string): boolean => {
    const { status, stderr } = rsym([...args, 'ls', join(folder, 'nosuch')], { env: { RSYM_DEBUG } });
    expect(status).toBe(2);
    return /^ +at .*:\d+:\d+/m.test(stderr);
  };

  test.each([
    [undefined, false],
    ['', false],
    ['0', false],
    ['1', true],
    ['yes', true],
  ])('RSYM_DEBUG=%s', (value, told) => expect(isTold([], value)).toBe(told));

  test('--debug', () => expect(isTold(['--debug'])).toBe(true));
});
