import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeArchive } from '../support/ar-writer.ts';
import { cliFail, rsym } from '../support/cli.ts';
import { writeElf } from '../support/elf-writer.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

type Position = { file: string; line: number; column: number };
type Copy = {
  kind: string;
  name: string;
  address: string;
  size: string;
  caller: string | null;
  call_site: Position | null;
  callers: { name: string; call_site: Position | null }[];
  aliases: string[];
  merged_with: string | null;
  probe: { offset: string; cost: string; returns: string };
  asm?: { address: string; bytes: string; text: string }[];
};
type Shown = {
  file: string;
  functions: { name: string; source: Position | null; own: number; inlined: number; copies: Copy[]; notes: string[] }[];
};

const show = (...args: string[]): Shown => {
  const { status, stdout, stderr } = rsym(['show', ...args, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Shown;
};

/** Where the source calls `hello`, and where it declares it. */
const source = readFileSync(new URL('../../fixtures/hello/main.rs', import.meta.url), 'utf8').split('\n');
const lineOf = (pattern: RegExp): number => source.findIndex((line) => pattern.test(line)) + 1;
const declared = lineOf(/fn hello\(/);
const called = lineOf(/^(?!.*\bfn\b).*\bhello\(/);
const column = (source[called - 1] ?? '').search(/\bhello\(/) + 1;

const withTypes = ['full-release', 'full-dwarf5', 'zlib-release', 'zstd-release', 'zdebug-release'];

describe("the tutorial's release program", () => {
  test.each([...withTypes, 'limited-release'])('%s: hello is in main, at the line that calls it', (variant) => {
    const { functions } = show(fixture(`hello/${variant}`), 'helloworld::hello');
    expect(functions).toMatchObject([
      {
        name: 'helloworld::hello',
        source: { line: declared },
        own: 0,
        inlined: 1,
        copies: [
          {
            kind: 'inlined',
            caller: 'helloworld::main',
            call_site: { line: called, column },
            callers: [{}],
            probe: { cost: 'stepped', cheaper: null },
          },
        ],
        notes: expect.arrayContaining([expect.stringContaining('no code of its own: inlined once')]),
      },
    ]);
    expect(functions[0]?.copies[0]?.call_site?.file).toMatch(/main\.rs$/);
  });

  test('its signature is that of the source, also for a build without debug info', () => {
    const signature = (source[declared - 1] ?? '').replace(/^pub fn hello/, 'fn helloworld::hello').replace(/ \{$/, '');
    const full = fixture('hello/full-release');
    expect(show(full, 'helloworld::hello').functions).toMatchObject([{ signature }]);
    const [other] = show(fixture('hello/never-legacy'), 'helloworld::hello', '--types', full).functions;
    expect(other).toMatchObject({ signature, own: 1 });
    expect(other?.notes.join()).toMatch(/matched by name/);
  });

  test('debug info in another file: beside it, or where the user says', () => {
    using folder = new Temporary();
    const file = folder.file('app', readFileSync(fixture('hello/linked-release')));
    const alone = cliFail(['show', file, 'helloworld::hello'], { status: 1 });
    expect(alone).toMatch(/no debug info/);
    const debug = fixture('hello/linked-release.debug');
    expect(show(file, 'helloworld::hello', '--debug-file', debug).functions).toMatchObject([{ inlined: 1 }]);
    folder.file('helloworld.debug', readFileSync(debug));
    expect(show(file, 'helloworld::hello').functions).toMatchObject([{ inlined: 1 }]);
  });

  test('line tables alone: by its last name, and it is said', () => {
    const [found] = show(fixture('hello/lines-release'), 'helloworld::hello').functions;
    expect(found).toMatchObject({
      own: 0,
      inlined: 1,
      copies: [{ caller: 'helloworld::main', call_site: { line: called } }],
    });
    expect(found?.notes.join('\n')).toMatch(/last part[\s\S]*no types/);
  });

  test('not optimised it has code of its own', () => {
    const [found] = show(fixture('hello/full-debug'), 'helloworld::hello').functions;
    expect(found).toMatchObject({ own: 1, inlined: 0, source: { line: declared } });
    expect(found?.copies[0]?.probe).toMatchObject({ cost: 'stepped', returns: 'sites' });
  });

  test('without debug info it is not found, and nobody guesses', () => {
    const message = cliFail(['show', fixture('hello/release-legacy'), 'helloworld::hello'], { status: 1 });
    expect(message).toMatch(/no debug info/);
  });

  test('as text', () => {
    const { stdout } = rsym(['show', fixture('hello/full-release'), 'helloworld::hello']);
    expect(stdout).toMatch(new RegExp(`inlined into helloworld::main at .*main\\.rs:${called}:${column}\n`));
    expect(stdout).toMatch(new RegExp(`declared at .*main\\.rs:${declared}\n`));
  });

  test('ls --inlined lists it, ls alone does not', () => {
    const file = fixture('hello/full-release');
    expect(rsym(['ls', file, '--inlined', 'helloworld::hello']).stdout).toMatch(
      /^ +- +- function +1 helloworld::hello\n$/,
    );
    expect(rsym(['ls', file, 'helloworld::hello']).status).toBe(1);
  });
});

// Binutils' addr2line leaves frames out where DWARF 5 gives ranges by lists.
describeNeeding(['llvm-symbolizer'], 'callers and call sites, as llvm-symbolizer has them', () => {
  const place = ({ file, line, column }: Position): string => `${file.replace(/.*\//, '')}:${line}:${column}`;

  test.each(['full-release', 'full-dwarf5'])('%s', (variant) => {
    const file = fixture(`hello/${variant}`);
    const copies = show(file, '**').functions.flatMap((fn) => fn.copies.filter(({ kind }) => kind === 'inlined'));
    const step = Math.ceil(copies.length / 300);
    const sample = copies.filter((_, i) => i % step === 0);
    expect(sample.length).toBeGreaterThan(150);
    const addresses = sample.map(({ address }) => address);
    const { stdout } = run('llvm-symbolizer', [`--obj=${file}`, '--functions=none', ...addresses]);
    const chains = stdout.trimEnd().split('\n\n');
    const differences = sample.flatMap((copy, i) => {
      const theirs = (chains[i] ?? '').split('\n').map((line) => line.replace(/.*\//, ''));
      const sites = [copy.call_site, ...copy.callers.map(({ call_site }) => call_site)].filter((site) => site !== null);
      const ours = sites.map(place);
      // The copy's own frame, and those inlined into it, come before.
      const same = theirs.length > ours.length && theirs.slice(-ours.length).join() === ours.join();
      return same ? [] : [{ copy: copy.address, ours, theirs }];
    });
    expect(differences).toEqual([]);
  });
});

describeNeeding(['objdump'], 'disassembly, as objdump has it', () => {
  test.each([
    ['hello/full-release', 'helloworld::main'],
    ['hello/full-release', 'helloworld::hello'],
    ['hello/full-debug', 'helloworld::hello'],
  ])('%s %s: the same bytes at the same addresses', (key, name) => {
    const file = fixture(key);
    const [copy] = show(file, name, '--asm').functions[0]?.copies ?? [];
    const ours = copy?.asm ?? [];
    const start = BigInt(copy?.address ?? 0);
    const last = BigInt(ours.at(-1)?.address ?? 0) + BigInt((ours.at(-1)?.bytes.length ?? 0) / 2);
    const { stdout } = run('objdump', [
      '-d',
      '-w',
      '-M',
      'intel',
      `--start-address=${start}`,
      `--stop-address=${last}`,
      file,
    ]);
    const theirs = [...stdout.matchAll(/^ +([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *(?:\t(\S+))?/gm)].map(
      ([, at, bytes = '']) => ({
        address: `0x${at}`,
        bytes: bytes.replaceAll(' ', ''),
      }),
    );
    // Objdump shows all bytes between; a copy may have several ranges.
    const known = new Map(theirs.map(({ address, bytes }) => [address, bytes]));
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter(({ address, bytes }) => known.get(address) !== bytes)).toEqual([]);
    expect(ours.reduce((all, { bytes }) => all + bytes.length / 2, 0)).toBe(Number(copy?.size));
  });
});

describe('what inlining leaves', () => {
  test('one last name, two functions', () => {
    const { functions } = show(fixture('inlined/release'), 'same_name');
    expect(functions.map(({ name, inlined }) => [name, inlined]).sort()).toEqual([
      ['inlined::left::same_name', 1],
      ['inlined::right::same_name', 1],
    ]);
  });

  test('chains of callers', () => {
    const [found] = show(fixture('inlined/release'), 'inlined::shapes::deep::inner').functions;
    const chain = ['inlined::shapes::deep::middle', 'inlined::shapes::deep::outer', 'inlined::nested'];
    expect(found?.copies.map(({ callers }) => callers.map(({ name }) => name))).toEqual([chain, chain]);
  });

  test('aliases and instances', () => {
    const [alias] = show(fixture('inlined/release'), 'exported_b').functions;
    expect(alias?.copies).toMatchObject([
      { kind: 'symbol', merged_with: 'inlined::exported_a', aliases: ['inlined::exported_a'] },
    ]);
    const [instances] = show(fixture('inlined/release'), 'inlined::instances').functions;
    expect(instances?.copies.map(({ kind }) => kind)).toEqual(['instance', 'instance']);
    const [one] = show(fixture('inlined/release'), 'instances<Square>').functions;
    expect(one?.copies).toHaveLength(1);
  });
});

describe('wrong use and strange files', () => {
  test('arguments', () => {
    expect(cliFail(['show'])).toMatch(/missing/);
    expect(cliFail(['show', 'x'])).toMatch(/missing/);
    expect(cliFail(['show', '/no/such/file', 'f'])).toMatch(/no such file/);
    expect(cliFail(['show', fixture('hello/full-release'), 'main', '--limit', 'x'])).toMatch(/--limit/);
    expect(cliFail(['show', fixture('hello/full-release'), 'main', '--all', '--limit', '1'])).toMatch(/together/);
  });

  test('nothing of that name: the nearest, inlined-only ones too', () => {
    const file = fixture('hello/full-release');
    expect(cliFail(['show', file, 'helloworld::helo'], { status: 1 })).toMatch(/nearest: helloworld::hello/);
    expect(cliFail(['show', file, '0x1'], { status: 1 })).toMatch(/no function/);
  });

  test('an archive; a types file without types', () => {
    using folder = new Temporary();
    const archive = folder.file('a.a', writeArchive([{ name: 'm.o', data: writeElf({ symbols: [{ name: 'f' }] }) }]));
    expect(cliFail(['show', archive, 'f'])).toMatch(/archive/);
    const plain = fixture('hello/release-legacy');
    expect(cliFail(['show', plain, 'main', '--types', plain])).toMatch(/no types/);
  });

  test('names that attack a terminal', () => {
    using folder = new Temporary();
    const file = folder.file('evil', writeElf({ symbols: [{ name: 'evil\x1b[2J\u202ename', type: 'func' }] }));
    const { stdout, stderr, status } = rsym(['show', file, '**']);
    expect(status).toBe(0);
    expect(stdout + stderr).toMatch(/^[\x20-\x7e\n…]*$/);
    expect(show(file, '**').functions[0]?.name).toBe('evil\x1b[2J\u202ename');
  });
});
