import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planWatch } from '../../src/query/watch.ts';
import { readElfFile } from '../code/elf-file.ts';
import { rsym } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';

type Place = { kind: string; reg: string | null; base: string | null };
type Copy = {
  kind: string;
  name: string;
  address: string;
  size: string;
  ranges: { start: string; end: string }[];
  caller: string | null;
  at: string | null;
  args: { name: string | null; places: Place[] }[] | null;
  ret: { mode: string | null; places: Place[]; variable?: string; address?: string } | null;
  assumptions: string[];
  probe: {
    address: string | null;
    offset: string | null;
    cost: string | null;
    returns: string;
    reason: string | null;
    instruction: string | null;
    exits: number;
    tail_jumps: number;
    cheaper: { address: string; offset: string; rsp_delta: number; instruction: string; cost: string } | null;
  };
  notes: string[];
};
type Function = { name: string; own: number; notes: string[]; copies: Copy[] };

const shown = (key: string, ...names: string[]): Function[] => {
  const { status, stdout, stderr } = rsym(['show', fixture(key), ...names, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as { functions: Function[] }).functions;
};
const copyOf = (key: string, name: string): Copy => {
  const [copy, ...others] = shown(key, name).flatMap(({ copies }) => copies);
  if (copy === undefined || others.length > 0) throw new Error(`${name} has not one copy`);
  return copy;
};

const source = readFileSync(new URL('../../fixtures/hello/main.rs', import.meta.url), 'utf8').split('\n');
const called = source.findIndex((line) => /^(?!.*\bfn\b).*\bhello\(/.test(line)) + 1;

describe('why a probe on main tells nothing of hello', () => {
  test.each(['full-release', 'full-dwarf5', 'zstd-release'])('%s', (variant) => {
    const main = copyOf(`hello/${variant}`, 'helloworld::main');
    expect(main.args).toEqual([]);
    expect(main.notes).toEqual([
      'takes no arguments: what a tool prints as its first argument is whatever rdi held',
      `a probe here fires once for each call of the function itself, not of what is inlined into it: helloworld::hello at main.rs:${called}`,
    ]);
    const [hello] = shown(`hello/${variant}`, 'helloworld::hello');
    expect(hello?.notes).toEqual([
      'no code of its own: inlined once; `#[inline(never)]` would give it some',
      'a probe on helloworld::main fires once for each call of that function, whatever happens inside; probe the addresses below',
    ]);
  });

  test('also where debug info has no types', () => {
    const main = copyOf('hello/limited-release', 'helloworld::main');
    expect(main).toMatchObject({ at: null, args: null, ret: null });
    expect(main.notes).toEqual([expect.stringContaining(`: helloworld::hello at main.rs:${called}`)]);
  });

  test('not of a build that did not inline', () => {
    expect(copyOf('hello/full-debug', 'helloworld::main').notes.join()).not.toContain('inlined');
    expect(copyOf('hello/full-debug', 'helloworld::hello').notes).toEqual([]);
  });

  test('fn main() of other programs returns nothing either', () => {
    expect(copyOf('inlined/release', 'inlined::main').notes[0]).toBe(
      'takes no arguments and returns nothing: what a tool prints as its first argument and its return value is whatever rdi and rax held',
    );
  });
});

describe('a probe on an inlined copy', () => {
  test.each(['full-release', 'full-dwarf5'])('%s: where its arguments are read', (variant) => {
    const file = readElfFile(fixture(`hello/${variant}`));
    const copy = copyOf(`hello/${variant}`, 'helloworld::hello');
    const { probe, at, ranges, ret } = copy;
    expect(probe).toMatchObject({
      address: at,
      cost: 'stepped',
      returns: 'sites',
      exits: 1,
      reason: null,
      cheaper: null,
    });
    const isInside = (text = '0'): boolean =>
      ranges.some(({ start, end }) => BigInt(text) >= BigInt(start) && BigInt(text) < BigInt(end));
    expect(isInside(at ?? '0')).toBe(true);
    expect(BigInt(probe.offset ?? 0)).toBe(file.fileOffset(BigInt(at ?? 0) as Parameters<typeof file.fileOffset>[0]));
    // Its result is there only behind the code of the copy.
    expect(ret?.variable).toBe('answer');
    expect(isInside(ret?.address)).toBe(false);
  });

  test('without a variable for its result there are no returns, and the reason is told', () => {
    const copies = shown('inlined/release', 'inlined::mixed').flatMap(({ copies }) => copies);
    const inlined = copies.filter(({ kind }) => kind === 'inlined');
    expect(inlined.length).toBeGreaterThan(1);
    for (const { probe, ret } of inlined)
      expect(probe).toMatchObject(
        ret?.variable === undefined
          ? { returns: 'none', exits: 0, reason: expect.stringMatching(/\w/) }
          : { returns: 'sites', exits: 1, reason: null },
      );
  });

  test('without types: its first address', () => {
    const copy = copyOf('hello/limited-release', 'helloworld::hello');
    expect(copy.probe).toMatchObject({ address: copy.address, cost: 'stepped', returns: 'none' });
  });
});

type Line = { at: bigint; text: string };

const disassembled = (file: string, from: bigint, to: bigint): Line[] => {
  const range = [`--start-address=${from}`, `--stop-address=${to}`];
  const { stdout } = run('objdump', ['-d', '-w', '-M', 'intel', '--no-show-raw-insn', ...range, file]);
  return [...stdout.matchAll(/^ +([0-9a-f]+):\t(.*)$/gm)].map(([, at = '', text = '']) => ({
    at: BigInt(`0x${at}`),
    text,
  }));
};

const wide = (register: string): string =>
  /^r\d+/.exec(register)?.[0] ??
  `r${register
    .replace(/^[er]/, '')
    .replace(/^([abcd])[lh]$/, '$1x')
    .replace(/^(si|di|bp|sp)l$/, '$1')}`;

/** The register that an instruction's first operand names, where it writes that. */
const written = (text: string): string | null => {
  const [, mnemonic = '', operand = ''] = /^(\S+) +([^,]+)/.exec(text) ?? [];
  if (/^(cmp|test|push|jmp|j\w+|call|nop\w*|bt)$/.test(mnemonic) || operand.includes('[')) return null;
  return wide(operand.trim());
};

describeNeeding(['objdump'], 'by objdump', () => {
  const files = ['inlined/release', 'hello/full-release'];
  const all = files.map((key): [string, Copy[]] => [
    key,
    shown(key, '**').flatMap(({ copies }) => copies.filter(({ kind }) => kind !== 'inlined')),
  ]);

  test.each(all)('%s: nothing that an argument is in changes on the way to a cheaper entry', (key, copies) => {
    const found = copies.filter(({ probe }) => probe.cheaper !== null);
    expect(found.length).toBeGreaterThan(5);
    for (const { name, args, probe } of found.slice(0, 60)) {
      const { address, rsp_delta, cost } = probe.cheaper!;
      const [from, to] = [BigInt(probe.address ?? 0), BigInt(address)];
      const way = disassembled(fixture(key), from, to);
      const places = (args ?? []).flatMap((arg) =>
        arg.places.flatMap(({ reg, base }) => [reg, base].filter((one) => one !== null)),
      );
      expect({ name, cost, first: probe.cost }).toEqual({ name, cost: 'emulated', first: 'stepped' });
      expect(way[0]?.at).toBe(from);
      let moved = 0;
      for (const { text } of way) {
        expect(text, name).not.toMatch(/^(call|jmp|j\w+|ret)\b/);
        if (/^push/.test(text)) moved -= 8;
        const [, amount] = /^sub +rsp,(0x[0-9a-f]+)/.exec(text) ?? [];
        if (amount !== undefined) moved -= Number(amount);
        else if (!text.startsWith('push')) expect(places, `${name}: ${text}`).not.toContain(written(text));
      }
      expect({ name, moved }).toEqual({ name, moved: rsp_delta });
    }
  });

  test.each(all)('%s: a function that is said to end by jumps alone has no ret', (key, copies) => {
    const found = copies.filter(
      ({ size, probe }) => size !== '0' && probe.exits > 0 && probe.tail_jumps === probe.exits,
    );
    expect(found.length).toBeGreaterThan(0);
    for (const { name, ranges, notes } of found) {
      expect(notes.join(), name).toContain('has no `ret`: it ends by a jump to ');
      const lines = ranges.flatMap(({ start, end }) => disassembled(fixture(key), BigInt(start), BigInt(end)));
      expect(
        lines.some(({ text }) => /^(repz? )?ret/.test(text)),
        name,
      ).toBe(false);
      expect(
        lines.some(({ text }) => text.startsWith('jmp')),
        name,
      ).toBe(true);
    }
    for (const { name, probe, notes } of copies)
      if (probe.returns === 'sites' && probe.tail_jumps === 0) expect(notes.join(), name).not.toContain('by a jump');
  });

  test('the loop of a sum was vectorised, that of a nested call was not', () => {
    const file = fixture('inlined/release');
    const note = 'calls may be missed: the loop around it was vectorised';
    const copies = shown('inlined/release', 'inlined::shapes::twice').flatMap(({ copies }) => copies);
    const isPacked = ({ ranges }: Copy): boolean =>
      ranges.some(({ start, end }) =>
        disassembled(file, BigInt(start), BigInt(end)).some(({ text }) => /^(padd|psll|psrl|pmul)/.test(text)),
      );
    expect(copies.map((copy) => copy.notes.includes(note))).toEqual(copies.map(isPacked));
    expect(copies.filter(isPacked)).toHaveLength(1);
  });
});

test('which copies a trace misses calls of, as the trace says', () => {
  const isLimit = (note: string): boolean => /calls may be missed|isn't watched/.test(note);
  const { notes } = planWatch({
    target: fixture('inlined/release'),
    functions: ['inlined::**'],
    scope: { kind: 'everywhere' },
  });
  const told = notes.filter(isLimit);
  const copies = shown('inlined/release', 'inlined::**').flatMap((fn) => fn.copies);
  expect(told.length).toBeGreaterThan(1);
  const limits = copies.flatMap(({ notes: own }) => own.filter(isLimit));
  expect(limits).toHaveLength(told.length);
  expect(limits.every((limit) => told.some((note) => note.endsWith(limit)))).toBe(true);
});

describe('what is passed, in words', () => {
  // Not optimised, so it is passed as Rust's convention has it: pairs in two registers, larger things in memory.
  const copies = shown('types/debug', '/^types::(take|give)_\\w+$/').flatMap((fn) => fn.copies);
  const notesOf = (name: string): readonly string[] | undefined =>
    copies.find((copy) => copy.name === `types::${name}`)?.notes;

  test.each([
    ['take_str', '`value` takes two registers: rdi its address, rsi its length'],
    ['take_box_dyn', '`value` takes two registers: rdi its address, rsi its table of methods'],
    ['take_option_u8', '`value` takes two registers: rdi its tag, rsi its payload'],
    ['take_point', '`value` takes two registers: rdi its `.x`, rsi its `.y`'],
    ['take_shape', '`value` is in memory: rdi holds its address'],
    ['take_f64', 'floats travel in vector registers (xmm0 and so on), which kernel probes cannot read'],
  ])('%s: %s', (name, note) => {
    expect(notesOf(name)).toContain(note);
  });

  test('give_string: its result is in memory', () => {
    expect(notesOf('give_string')?.[0]).toMatch(
      /^its result is written to memory whose address the caller passes in rdi/,
    );
  });

  test('take_i32: nothing to say', () => {
    expect(notesOf('take_i32')).toEqual([]);
  });

  test('one of several instances', () => {
    const [fn] = shown('inlined/release', 'inlined::instances');
    for (const { notes } of fn?.copies ?? [])
      expect(notes).toContain('one of 2 instances with code of their own: a probe here sees calls of this one only');
  });
});

describe('--asm', () => {
  test.each([
    ['hello/full-release', 'helloworld::hello'],
    ['hello/full-release', 'helloworld::main'],
    ['inlined/release', 'inlined::shapes::twice'],
  ])('%s %s: an arrow at each probed instruction', (key, name) => {
    const copies = shown(key, name).flatMap((fn) => fn.copies);
    const { stdout } = rsym(['show', fixture(key), name, '--asm']);
    const marked = [...stdout.matchAll(/^ {2}→ (0x[0-9a-f]+) .*$/gm)];
    expect(marked.map(([, at]) => at)).toEqual(copies.map(({ probe }) => probe.address));
    for (const [i, [line]] of marked.entries()) expect(line.endsWith(`  ${copies[i]?.probe.instruction}`)).toBe(true);
  });
});
