import { describe, expect } from 'vitest';
import type { Piece } from '../../src/abi/place.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import { exit, mov, type ProgramSpec } from '../../src/trace/bpf/asm.ts';
import type { Surroundings } from '../../src/trace/bpf/entry.ts';
import { mapSpecs } from '../../src/trace/bpf/maps.ts';
import type { CaptureLayout, CaptureLimits } from '../../src/trace/capture-layout.ts';
import { captureLimits } from '../../src/trace/capture-limits.ts';
import { kernelTypes } from '../../src/trace/kernel-types.ts';
import { type ProgramPlan, planPrograms } from '../../src/trace/programs.ts';
import { KernelRefusal } from '../../src/trace/uprobe/bpf.ts';
import { createMap } from '../../src/trace/uprobe/map.ts';
import { loadProgram } from '../../src/trace/uprobe/program.ts';
import { testWith } from '../support/need.ts';
import { openDescriptors } from '../support/process.ts';
import { richShapes } from '../trace/rich-shapes.ts';
import { reference, str, u64 } from '../trace/shown-values.ts';
import { argument, exitSite, inMemory, probeSite, register, result, tailCall } from '../trace/traced-machine.ts';

const { vma } = kernelTypes();
const spec = (code: ProgramSpec['code']): ProgramSpec => ({
  name: 'rsym_test',
  type: 'kprobe',
  uprobeMulti: false,
  code,
  functions: [],
});
const noMap = (name: string): never => {
  throw new Error(name);
};

testWith('kernel')('a refused program: the last line of the log is the reason, all of it the cause', () => {
  const before = openDescriptors();
  let refusal: unknown;
  try {
    loadProgram(spec([mov('r0', 'r5'), exit()]), noMap);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(KernelRefusal);
  const { cause, reason } = refusal as KernelRefusal;
  expect(cause).toBeInstanceOf(Error);
  // The kernel's words for a register that was never written; the program is named in front of its log.
  const log = (cause as Error).message.split('\n');
  expect(log[0]).toBe('program rsym_test');
  expect(log.join('\n')).toMatch(/R5 !read_ok/);
  expect(reason).toMatch(/^the kernel refused bpf \(E[A-Z]+\): R5 !read_ok$/);
  expect(openDescriptors()).toEqual(before);
});

testWith('kernel')('a program in order is loaded', () => {
  using program = loadProgram(spec([mov('r0', 0), exit()]), noMap);
  expect(program.value).toBeGreaterThan(2);
});

const largestRecord = (layouts: readonly CaptureLayout[]): number => Math.max(...layouts.map(({ size }) => size));

/** Loads a plan's programs, and lets go of them; their lengths. */
const loadAll = ({ entryPrograms, exitPrograms, entryLayouts, exitLayouts }: ProgramPlan): number[] => {
  const scratch = { threads: 16, recordBytes: largestRecord([...entryLayouts, ...exitLayouts]) };
  const sizes = { functions: 1, sites: 4, pending: 16, threads: 16, scope: 16, ringBytes: 1 << 16, scratch };
  const maps = new Map(mapSpecs(sizes).map((one) => [one.name, createMap(one)]));
  try {
    return [...entryPrograms, ...exitPrograms].map(({ spec: made }) => {
      using program = loadProgram(made, (name) => maps.get(name) ?? noMap(name));
      return program.value > 2 ? made.code.length : 0;
    });
  } finally {
    for (const map of maps.values()) map[Symbol.dispose]();
  }
};

const memories = [
  { name: 'in memory', waits: {} },
  { name: 'that are waited for', waits: { coldPages: true } },
] as const;

describe.each(memories)('programs that read values on pages $name are loaded', ({ waits }) => {
  const pieces = (shape: ValueShape): Piece[] => [inMemory('rdi', 0n, Math.max(1, shape.size))];
  /** Loads the programs of a function with these arguments, and a result like the last one; their lengths. */
  const load = (shapes: readonly ValueShape[], few: Partial<CaptureLimits> = {}): number[] => {
    const args = shapes.map((shape, i) => argument(`a${i}`, shape, pieces(shape)));
    const [last = u64] = shapes.slice(-1);
    const ret = { ...result, mode: 'sret' as const, shape: last, pieces: pieces(last) };
    const site = probeSite({
      plan: { args, ret },
      saved: ['rdi', 'rsi'],
      after: [{ name: 'a', type: '&mut T', shape: reference(last), evidence: 'abi', words: [0] }],
      returns: { mode: 'sites', exits: [exitSite(), tailCall({ passes: ['rdi'] })] },
    });
    const around: Surroundings = { scope: { kind: 'all', except: [process.pid] }, ringBytes: 1 << 16, vma, ...waits };
    const plan = planPrograms([site], around, { ...captureLimits(200), ...few });
    return loadAll(plan);
  };

  for (const [name, shape] of Object.entries(richShapes))
    testWith('kernel')(name, () => {
      const [entry = 0] = load([shape]);
      expect(entry).toBeGreaterThan(100);
    });

  testWith('kernel')('all in one call, which share its steps', () => {
    expect(load(Object.values(richShapes)).length).toBe(3);
  });

  const some = (...names: string[]): ValueShape[] => names.map((name) => richShapes[name] ?? u64);

  testWith('kernel')('with short texts and with the longest', () => {
    for (const string of [1, 4_096]) load(some('texts', 'counted', 'map', 'tree', 'dyn'), captureLimits(string));
  });

  testWith('kernel')('with no room, with hardly any, and with as much as there may be', () => {
    for (const blocks of [0, 8, 24, 100, 24_000, 30_000]) load(some('nested', 'tree'), { blocks });
  });

  testWith('kernel')('where something is redacted', () => {
    load(some('dyn', 'error', 'redacted'), { isRedacting: true });
  });

  testWith('kernel')('of a value whose parts are gone or the same at every hit', () => {
    const constant: Piece = { location: { kind: 'constant', bytes: Buffer.alloc(8, 3) }, valueOffset: 8, size: 8 };
    const args = [argument('a', str, [register('rdi'), constant]), argument('b', str, [register('rsi', 8)])];
    const around: Surroundings = { scope: { kind: 'named' }, ringBytes: 1 << 16, vma: null, ...waits };
    const plan = planPrograms([probeSite({ plan: { args, ret: result } })], around, captureLimits(200));
    expect(loadAll(plan)).toHaveLength(2);
  });
});
