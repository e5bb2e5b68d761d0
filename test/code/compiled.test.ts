import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ArgumentRegister, argumentUse, type Use } from '../../src/code/argument-use.ts';
import { type EntryState, followEntry, type Spill } from '../../src/code/entry-state.ts';
import { floatEntry } from '../../src/code/float-entry.ts';
import { type Flow, openFlow } from '../../src/code/flow.ts';
import type { Register } from '../../src/code/operand.ts';
import type { VectorRegister } from '../../src/code/register-id.ts';
import { resultWrites } from '../../src/code/result-writes.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { type ElfFile, readElfFile } from './elf-file.ts';

const built = (folder: string, name: string, source: string, command: readonly string[]): string => {
  const from = join(folder, name);
  writeFileSync(from, source);
  const to = join(folder, `${name}.so`);
  const [program = '', ...args] = command;
  const { status, stderr } = run(program, [...args, '-o', to, from], { timeout: 100_000 });
  if (status !== 0) throw new Error(stderr);
  return to;
};

const functionOf = (elf: ElfFile, name: string) => {
  const found = elf.functions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is not in the file`);
  return found;
};

const flowIn = (elf: ElfFile, name: string): Flow => {
  const flow = openFlow(functionOf(elf, name), elf.code, elf.isFunctionStart, elf.data);
  if (typeof flow === 'string') throw new Error(flow);
  return flow;
};

/** Name of function and parameter to the offset in `DW_OP_fbreg`, as llvm-dwarfdump reads it; in order. */
const parametersOf = (path: string): Map<string, { readonly name: string; readonly offset: number }[]> => {
  const { stdout } = run('llvm-dwarfdump', ['--debug-info', path], { timeout: 60_000 });
  const found = new Map<string, { name: string; offset: number }[]>();
  let current: { name: string; offset: number }[] = [];
  for (const die of stdout.split(/\n\n/)) {
    const name = /DW_AT_name\s+\("([^"]*)"\)/.exec(die)?.[1] ?? '';
    if (die.includes('DW_TAG_subprogram')) {
      current = [];
      found.set(name, current);
    }
    const offset = /DW_AT_location\s+\(DW_OP_fbreg ([+-]\d+)\)/.exec(die)?.[1];
    if (die.includes('DW_TAG_formal_parameter') && offset !== undefined) current.push({ name, offset: Number(offset) });
  }
  return found;
};

const integers = { u8: 1, i16: 2, u32: 4, i64: 8, usize: 8, bool: 1, char: 4, '&u64': 8 } as const;
const floats = { f32: 4, f64: 8 } as const;
type Scalar = keyof typeof integers | keyof typeof floats;
const scalars = [...Object.keys(integers), ...Object.keys(floats)] as Scalar[];
const cTypes: Record<Scalar, string> = {
  u8: 'unsigned char',
  i16: 'short',
  u32: 'unsigned',
  i64: 'long',
  usize: 'unsigned long',
  bool: '_Bool',
  char: 'int',
  '&u64': 'long *',
  f32: 'float',
  f64: 'double',
};

/** Where scalars are passed: one register each, then 8 bytes of the stack each. */
const passedIn = (types: readonly Scalar[]): string[] => {
  const general = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];
  const vector = Array.from({ length: 8 }, (_, i) => `xmm${i}`);
  let slot = 0;
  return types.map((type) => (type in floats ? vector : general).shift() ?? `stack+${8 * ++slot}`);
};

const sizeOf = (type: Scalar): number => ({ ...integers, ...floats })[type];

const signatures = fc.sample(fc.array(fc.constantFrom(...scalars), { minLength: 1, maxLength: 14 }), {
  numRuns: 40,
  seed: 7,
});

const sourceName = ({ source }: Spill): string => (source.kind === 'register' ? source.reg : `stack+${source.offset}`);

/** Parameters of which no spill goes to their place; `fromEntry` gives that place. */
const unexplained = (
  elf: ElfFile,
  parameters: ReadonlyMap<string, readonly { readonly name: string; readonly offset: number }[]>,
  fromEntry: (state: EntryState, offset: number) => number | undefined,
): string[] => {
  const wrong: string[] = [];
  for (const [i, types] of signatures.entries()) {
    const { start } = functionOf(elf, `f${i}`);
    const state = followEntry(start, elf.code, 300);
    const found = parameters.get(`f${i}`) ?? [];
    if (found.length !== types.length) wrong.push(`f${i}: ${found.length} parameters with a place`);
    for (const [position, { offset }] of found.entries()) {
      const at = fromEntry(state, offset);
      const type = types[position] ?? 'u8';
      const from = passedIn(types)[position] ?? '';
      // Some compilers leave an argument that came on the stack where it is.
      const stays = from === `stack+${at}`;
      const spills = state.spills.filter(({ slot }) => slot.base === 'entry' && slot.offset === at);
      const last = spills.at(-1);
      const fits = last !== undefined && sourceName(last) === from && last.size === sizeOf(type) && !last.conditional;
      if (!fits && !stays) wrong.push(`f${i} ${position} ${type}: ${from}, ${spills.map(sourceName)}`);
    }
  }
  return wrong;
};

/** Float registers of which no copy is found near the begin, where debug info has the parameter's place or (`isAny`) anywhere. */
const floatsWithout = (
  elf: ElfFile,
  parameters: ReadonlyMap<string, readonly { readonly name: string; readonly offset: number }[]>,
  isAny: boolean,
): string[] =>
  signatures.flatMap((types, i) => {
    const passed = passedIn(types).map(
      (register, k) => [register, types[k] === 'bool' ? 1 : 8 * sizeOf(types[k] ?? 'u8')] as const,
    );
    const isFloat = ([register]: readonly [string, number]): boolean => register.startsWith('xmm');
    const wanted = new Map(passed.filter(isFloat) as [VectorRegister, number][]);
    const general = passed.filter((one) => !isFloat(one) && !one[0].startsWith('stack'));
    const found = floatEntry(flowIn(elf, `f${i}`), wanted, new Map(general as [Register, number][]));
    return passed.filter(isFloat).flatMap(([register]) => {
      const copy = found?.copies.find((one) => one.register === register);
      const offset = copy?.location.kind === 'frame' ? copy.location.offset : undefined;
      const place = parameters.get(`f${i}`)?.[passed.findIndex(([name]) => name === register)]?.offset ?? Number.NaN;
      return copy !== undefined && (isAny || offset === place + 8)
        ? []
        : [`f${i} ${register}: ${offset}, not ${place}`];
    });
  });

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rsym-compiled-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeNeeding(['rustc', 'llvm-dwarfdump', 'linux'], 'spills of a debug build', () => {
  test('go where debug info says that the parameters are', () => {
    const functions = signatures.map((types, i) => {
      const list = types.map((type, k) => `a${k}: ${type}`).join(', ');
      return `#[no_mangle] pub fn f${i}(${list}) { let _all = (${types.map((_, k) => `&a${k}`).join(', ')},); }`;
    });
    const flags = ['rustc', '-g', '-Copt-level=0', '--edition=2021', '--crate-type=cdylib'];
    const path = built(folder, 'spills.rs', functions.join('\n'), flags);
    const elf = readElfFile(path);
    // Its frame base is the stack pointer behind the prologue.
    const place = ({ frames, spills }: EntryState, offset: number): number | undefined => {
      const last = spills.at(-1);
      const frame = last === undefined ? undefined : frames.get(last.at);
      return frame?.rsp?.base === 'entry' ? frame.rsp.offset + offset : undefined;
    };
    expect(unexplained(elf, parametersOf(path), place)).toEqual([]);
    expect(floatsWithout(elf, parametersOf(path), true)).toEqual([]);
  });
});

describeNeeding(['cc', 'llvm-dwarfdump', 'linux'], 'spills of a C compiler', () => {
  test('go where debug info says that the parameters are', () => {
    const functions = signatures.map((types, i) => {
      const list = types.map((type, k) => `${cTypes[type]} a${k}`).join(', ');
      return `void f${i}(${list}) { use(${types.map((_, k) => `&a${k}`).join(', ')}); }`;
    });
    const source = `void use(void *first, ...);\n${functions.join('\n')}\n`;
    const flags = ['cc', '-g', '-gdwarf-4', '-O0', '-fno-stack-protector', '-shared', '-fPIC'];
    const path = built(folder, 'spills.c', source, flags);
    // Its frame base is the stack pointer before the call, 8 above that at entry.
    const elf = readElfFile(path);
    expect(unexplained(elf, parametersOf(path), (_, offset) => offset + 8)).toEqual([]);
    expect(floatsWithout(elf, parametersOf(path), false)).toEqual([]);
  });
});

const uses = `
#[repr(C)] pub struct Big { a: u64, b: u64, c: u64 }
extern "C" { fn other(x: u64) -> u64; fn fill(x: *mut u64); }
#[no_mangle] pub extern "C" fn adds(a: u64, _b: u64, c: u32) -> u64 { a.wrapping_add(c as u64) }
#[no_mangle] pub unsafe extern "C" fn loads(p: *const u32, _n: u64, q: *mut u16) -> u32 { *q.add(3) = 1; *p.add(2) }
#[no_mangle] pub unsafe extern "C" fn keeps(a: u64, p: *mut u64) -> u64 { let r = other(1); *p = a; r }
#[no_mangle] pub unsafe extern "C" fn sends(a: u64) -> u64 { let mut x = a; fill(&mut x); x }
#[no_mangle] pub extern "C" fn mixes(a: f64, b: u32, _c: f64, d: f32) -> f64 { a * d as f64 + b as f64 }
#[no_mangle] pub extern "C" fn gives(a: u64) -> Big { Big { a, b: 2, c: 3 } }
#[no_mangle] pub extern "C" fn constant() -> u64 { 5 }
#[no_mangle] pub extern "C" fn nothing(_a: u64) {}
#[no_mangle] pub fn pair(a: u64, b: &u64) -> Option<u64> { if a > 3 { Some(*b) } else { None } }
#[no_mangle] pub fn many(_: u64, _: u64, _: u64, _: u64, _: u64, _: u64, g: u64, _h: u64, i: u32) -> u64 { g.wrapping_mul(i as u64) }
`;

/** What is proved of a register: that it is used (how doesn't matter), or that it isn't read by the function itself. */
const isUsed = (use: Use): boolean => ['dereferenced', 'read', 'copied', 'stored'].includes(use);

describeNeeding(['rustc', 'linux'], 'what compiled functions do with registers', () => {
  const level = (opt: number): ElfFile =>
    readElfFile(
      built(folder, `uses${opt}.rs`, uses, [
        'rustc',
        `-Copt-level=${opt}`,
        '-Cpanic=abort',
        '--edition=2021',
        '--crate-type=cdylib',
      ]),
    );
  const expected: Record<string, readonly ArgumentRegister[]> = {
    adds: ['rdi', 'rdx'],
    loads: ['rdi', 'rdx'],
    keeps: ['rdi', 'rsi'],
    sends: ['rdi'],
    mixes: ['rdi', 'xmm0', 'xmm2'],
    gives: ['rdi', 'rsi'],
    constant: [],
    nothing: [],
    pair: ['rdi', 'rsi'],
    many: [],
  };
  test.each([1, 2, 3])('optimised, level %s', (opt) => {
    const elf = level(opt);
    for (const [name, registers] of Object.entries(expected)) {
      const found = argumentUse(flowIn(elf, name));
      const used = Object.entries(found.registers).flatMap(([register, { use }]) => (isUsed(use) ? [register] : []));
      expect([name, ...used.sort()]).toEqual([name, ...[...registers].sort()]);
    }
    const { registers } = argumentUse(flowIn(elf, 'loads'));
    expect(registers.rdi.accesses).toMatchObject([{ displacement: 8, size: 4, kind: 'read' }]);
    expect(registers.rdx.accesses).toMatchObject([{ displacement: 6, size: 2, kind: 'write' }]);
    expect(registers.rsi.use).toBe('unused');
    expect(argumentUse(flowIn(elf, 'keeps')).registers.rsi.accesses).toMatchObject([{ displacement: 0, size: 8 }]);
    const { stack, stackKnown } = argumentUse(flowIn(elf, 'many'));
    expect([...stack].sort()).toEqual([
      [24, { use: 'read', width: 32 }],
      [8, { use: 'read', width: 64 }],
    ]);
    expect(stackKnown).toBe(true);
  });

  test('not optimised: nothing is used that is no argument', () => {
    const elf = level(0);
    const given: Record<string, readonly string[]> = {
      ...expected,
      adds: ['rdi', 'rsi', 'rdx'],
      loads: ['rdi', 'rsi', 'rdx'],
      mixes: ['xmm0', 'rdi', 'xmm1', 'xmm2'],
      nothing: ['rdi'],
      many: ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'],
    };
    for (const [name, registers] of Object.entries(given)) {
      const found = argumentUse(flowIn(elf, name)).registers;
      const used = Object.entries(found).flatMap(([register, { use }]) => (isUsed(use) ? [register] : []));
      expect([name, ...used.filter((register) => !registers.includes(register))]).toEqual([name]);
    }
  });

  test.each([0, 2])('results, level %s', (opt) => {
    const elf = level(opt);
    const states = (name: string): string[] => {
      const { all } = resultWrites(flowIn(elf, name));
      return all === null ? [] : [all.rax.state, all.rdx.state, all.xmm0.state];
    };
    expect(states('gives')[0]).toBe('entry-rdi');
    expect(states('constant')).toEqual(['written', 'untouched', 'untouched']);
    expect(states('nothing').slice(1)).toEqual(['untouched', 'untouched']);
    expect(states('pair').slice(0, 2)).toEqual(['written', 'written']);
    expect(states('adds').slice(0, 1)).toEqual(['written']);
    expect(states('mixes')[2]).toBe('written');
  });
});
