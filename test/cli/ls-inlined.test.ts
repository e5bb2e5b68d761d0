import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeArchive } from '../support/ar-writer.ts';
import { rsym } from '../support/cli.ts';
import { writeElf } from '../support/elf-writer.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

type Row = {
  name: string;
  raw: string;
  address: string | null;
  size: string;
  kind: string;
  crate: string | null;
  copies: number;
  inlined: number;
  source: { file: string; line: number } | null;
};

const list = (file: string, ...args: string[]): Row[] =>
  (JSON.parse(rsym(['ls', file, '--inlined', '--json', ...args]).stdout) as { symbols: Row[] }).symbols;
const lines = (...args: string[]): string[] =>
  rsym(['ls', ...args])
    .stdout.trimEnd()
    .split('\n');
const inlined = fixture('inlined/release');
const hello = fixture('hello/full-release');

describe('functions that exist only inlined', () => {
  test('are added to the symbols, which stay as they are', () => {
    const rows = list(hello);
    const plain = JSON.parse(rsym(['ls', hello, '--json']).stdout) as { symbols: Row[] };
    expect(rows.filter(({ address }) => address !== null).map(({ raw }) => raw)).toEqual(
      plain.symbols.map(({ raw }) => raw),
    );
    const added = rows.filter(({ address }) => address === null);
    expect(added.length).toBeGreaterThan(50);
    for (const row of added) {
      expect(row).toMatchObject({ size: '0', kind: 'function' });
      expect(row.inlined).toBeGreaterThan(0);
    }
    const symbols = new Set(plain.symbols.map(({ raw }) => raw));
    expect(added.filter(({ raw }) => symbols.has(raw))).toEqual([]);
  });

  test('copies count symbols and inlined ones', () => {
    const counts = new Map(list(inlined, '--crate', 'inlined').map((row) => [row.name, [row.copies, row.inlined]]));
    // As the fixture's page says.
    expect(Object.fromEntries(counts)).toMatchObject({
      'inlined::mixed': [3, 2],
      'inlined::holder': [1, 0],
      'inlined::instances': [2, 0],
      'inlined::checked': [2, 2],
      'inlined::left::same_name': [1, 1],
      'inlined::right::same_name': [1, 1],
      'inlined::shapes::deep::inner': [2, 2],
      'inlined::shapes::deep::outer': [1, 1],
    });
    expect(counts.has('inlined::unused')).toBe(false);
  });

  test('their raw name is what the linker would have seen, their source where they are declared', () => {
    const [row] = list(hello, 'helloworld::hello');
    expect(row).toMatchObject({ name: 'helloworld::hello', crate: 'helloworld', copies: 1, inlined: 1 });
    expect(row?.raw).toMatch(/^_ZN10helloworld5hello17h[0-9a-f]{16}E$/);
    const source = readFileSync(new URL('../../fixtures/hello/main.rs', import.meta.url), 'utf8').split('\n');
    expect(source[(row?.source?.line ?? 0) - 1]).toContain('fn hello(');
  });
});

describe('the options of ls', () => {
  test('patterns and crates', () => {
    expect(lines(inlined, '--inlined', 'same_name').map((line) => line.split(' ').at(-1))).toEqual([
      'inlined::left::same_name',
      'inlined::right::same_name',
    ]);
    for (const line of lines(hello, '--inlined', '--crate', 'helloworld')) expect(line).toContain('helloworld::');
    expect(rsym(['ls', hello, '--inlined', 'nothing::of::it']).status).toBe(1);
  });

  test('order by name, by size, reversed', () => {
    const names = list(hello, '--sort', 'name').map(({ name }) => Buffer.from(name));
    expect(names).toEqual([...names].sort(Buffer.compare));
    const bySize = list(hello, '--sort', 'size').map(({ size }) => Number(size));
    expect(bySize).toEqual([...bySize].sort((a, b) => b - a));
    const forward = list(hello).map(({ raw }) => raw);
    expect(list(hello, '--reverse').map(({ raw }) => raw)).toEqual(forward.reverse());
  });

  test('a limit counts both, and what it leaves out', () => {
    const { stdout, stderr } = rsym(['ls', inlined, '--inlined', '--crate', 'inlined', '--limit', '3']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    const left = lines(inlined, '--inlined', '--crate', 'inlined').length - 3;
    expect(stderr).toContain(`${left} more`);
  });

  test('lines like those of nm, raw and full names', () => {
    const one = (flag: string): string => lines(hello, '--inlined', '--nm', flag, 'helloworld::hello').join('\n');
    expect(one('--sort=addr')).toBe(`${' '.repeat(16)} ? helloworld::hello`);
    expect(one('--mangled')).toMatch(/ _ZN10helloworld5hello17h[0-9a-f]{16}E$/);
    expect(one('--full')).toMatch(/ helloworld::hello::h[0-9a-f]{16}$/);
  });

  test('kinds and tables that no such function is in', () => {
    const only = (...args: string[]): Row[] =>
      list(hello, ...args).filter(({ address, kind }) => !address && kind === 'function');
    expect(only('--kind', 'data')).toEqual([]);
    expect(only('--dynamic').filter(({ inlined: count }) => count > 0)).toEqual([]);
    expect(only('--kind', 'function').length).toBeGreaterThan(50);
  });

  test('without it nothing changes', () => {
    expect(lines(hello).join()).not.toContain('helloworld::hello');
    expect(rsym(['ls', hello, '--json']).stdout).not.toContain('"inlined"');
  });
});

describe('where debug info lacks', () => {
  test('the symbols, and a note', () => {
    const file = fixture('hello/release-legacy');
    const { status, stdout, stderr } = rsym(['ls', file, '--inlined', '--nm']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: rsym(['ls', file, '--nm']).stdout });
    expect(stderr).toMatch(/no debug info/);
  });

  test.each(['limited-release', 'lines-release'])('%s is enough', (variant) => {
    expect(list(fixture(`hello/${variant}`), 'hello')).toMatchObject([{ address: null, inlined: 1 }]);
  });

  test('members of an archive are listed, with one note', () => {
    using folder = new Temporary();
    const member = (name: string): Buffer => Buffer.from(writeElf({ type: 'rel', symbols: [{ name }] }));
    const file = folder.file(
      'a.a',
      writeArchive([
        { name: 'one.o', data: member('f') },
        { name: 'two.o', data: member('g') },
      ]),
    );
    const { status, stdout } = rsym(['ls', file, '--inlined', '--nm']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/one\.o\).* f\n.*two\.o\).* g\n/);
  });
});

/** Whether an entry has code: a pair of addresses, or a list of them, that are not 0 and not the same. */
const liveRange = (text: string): boolean => {
  const pairs = [...text.matchAll(/\[0x([0-9a-f]+), 0x([0-9a-f]+)\)/g)];
  const [, low = '0'] = /DW_AT_low_pc\s+\(0x([0-9a-f]+)\)/.exec(text) ?? [];
  const [, high = '0'] = /DW_AT_high_pc\s+\(0x([0-9a-f]+)\)/.exec(text) ?? [];
  return [...pairs.map(([, start = '', end = '']) => [start, end]), [low, high]].some(
    ([start = '', end = '']) => BigInt(`0x${start}`) !== 0n && start !== end,
  );
};

describeNeeding(['llvm-dwarfdump'], 'inlined copies, as llvm-dwarfdump counts them', () => {
  test.each(['inlined/release', 'inlined/units'])('%s', (key) => {
    const dump = run('llvm-dwarfdump', ['--debug-info', fixture(key)]).stdout;
    const entries = dump.split(/\n(?=0x[0-9a-f]{8}:)/).map((text) => ({
      offset: Number(text.slice(0, 10)),
      tag: /DW_TAG_\w+/.exec(text)?.[0],
      linkage: /DW_AT_linkage_name\s+\("([^"]+)"\)/.exec(text)?.[1],
      origin: /DW_AT_(?:abstract_origin|specification)\s+\((?:cu \+ 0x[0-9a-f]+ => \{)?(0x[0-9a-f]+)/.exec(text)?.[1],
      // Entries of discarded code have no range that begins above 0; a range may be empty.
      isLive: liveRange(text),
    }));
    const byOffset = new Map(entries.map((entry) => [entry.offset, entry]));
    const linkageOf = (entry: (typeof entries)[number] | undefined): string | undefined =>
      entry && (entry.linkage ?? linkageOf(byOffset.get(Number(entry.origin ?? -1))));
    const own = new Set<string>();
    const counts = new Map<string, number>();
    for (const entry of entries) {
      const linkage = entry.isLive ? linkageOf(entry) : undefined;
      if (linkage === undefined) continue;
      if (entry.tag === 'DW_TAG_inlined_subroutine') counts.set(linkage, (counts.get(linkage) ?? 0) + 1);
      else if (entry.tag === 'DW_TAG_subprogram') own.add(linkage);
    }
    const symbols = new Set(lines(fixture(key), '--mangled').map((line) => line.split(' ').at(-1) ?? ''));
    const expected = [...counts.keys()].filter((linkage) => !own.has(linkage) && !symbols.has(linkage)).sort();
    expect(expected.length).toBeGreaterThan(50);
    const rows = list(fixture(key)).filter(({ address }) => address === null);
    expect(rows.map(({ raw }) => raw).sort()).toEqual(expected);
    const ofCrate = rows.filter(({ crate, name }) => crate === 'inlined' && !name.includes('{'));
    for (const row of ofCrate) expect([row.name, row.inlined]).toEqual([row.name, counts.get(row.raw)]);
  });
});
