import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Address } from '../../src/base/units.ts';
import { floatEntry } from '../../src/code/float-entry.ts';
import { type FloatRegister, floatResults } from '../../src/code/float-results.ts';
import { openFlow } from '../../src/code/flow.ts';
import type { HeldPlace } from '../../src/code/held-places.ts';
import type { Register } from '../../src/code/operand.ts';
import type { VectorRegister } from '../../src/code/register-id.ts';
import { type ElfFile, readElfFile } from '../code/elf-file.ts';
import {
  type FloatFunction,
  floatFunctions,
  floatProgram,
  floatResultBits,
  passedIn,
} from '../support/float-program.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { type Point, type PrintedPlace, runProbed, unsigned } from '../support/uprobe.ts';

/** A place in the words of `show --json`; offsets in the frame count from the stack pointer at the probe. */
const printed = (elf: ElfFile, at: Address, place: HeldPlace, size: number, rspDelta: number): PrintedPlace => {
  const common = { reg: null, base: null, offset: null, deref: false, value_offset: 0, size, evidence: 'verified' };
  switch (place.kind) {
    case 'frame':
      return { ...common, kind: 'stack', offset: place.offset - rspDelta };
    case 'register':
      return { ...common, kind: 'register', reg: place.reg };
    case 'memory':
      // What tracefs is told as fixed addresses counts from where the probe's part of the file begins in memory.
      return {
        ...common,
        kind: 'memory',
        base: place.base,
        offset: place.base === null ? place.offset - Number(at - elf.fileOffset(at)) : place.offset,
      };
    case 'constant':
      return { ...common, kind: 'constant', value: place.value.toString(16).padStart(2 * size, '0') };
  }
};

type Probed = { readonly points: readonly Point[]; readonly asked: number; readonly found: number };

/** `areFilled`: callers fill the registers of arguments that the function doesn't use. */
const probed = (elf: ElfFile, fn: FloatFunction, areFilled: boolean): Probed => {
  const symbol = elf.functions.find(({ name }) => name === fn.name);
  if (symbol === undefined) return { points: [], asked: 0, found: 0 };
  const flow = openFlow(symbol, elf.code, elf.isFunctionStart, elf.data);
  if (typeof flow === 'string') throw new Error(flow);
  const { first, rest } = passedIn(fn);
  const registers = [...first, ...rest].flatMap((each) =>
    'register' in each ? [[each.register, each.bits] as const] : [],
  );
  const wanted = new Map(registers.filter(([name]) => name.startsWith('xmm')) as [VectorRegister, number][]);
  const needed = new Map(registers.filter(([name]) => !name.startsWith('xmm')) as [Register, number][]);
  const points: Point[] = [];
  const entry = floatEntry(flow, wanted, needed);
  let found = entry?.copies.length ?? 0;
  if (entry !== null) {
    const at = new Map(
      [...entry.copies, ...entry.moved].map(({ register, location }) => [register as string, location]),
    );
    const read: Record<string, PrintedPlace[]> = {};
    for (const [i, each] of first.entries()) {
      const kept: HeldPlace | undefined =
        'stack' in each
          ? { kind: 'frame', offset: each.stack }
          : needed.has(each.register as Register)
            ? { kind: 'register', reg: each.register as Register }
            : undefined;
      const place = ('register' in each ? at.get(each.register) : undefined) ?? kept;
      const isFloat = 'register' in each && each.register.startsWith('xmm');
      if (place !== undefined && (isFloat || areFilled))
        read[String(i)] = [printed(elf, entry.address, place, Math.ceil(each.bits / 8), entry.rspDelta)];
    }
    points.push({ name: `${fn.name} in`, address: entry.address, read });
  }
  const results = new Map(
    floatResultBits[fn.ret].map((bits, i): [FloatRegister, number] => [`xmm${i}` as FloatRegister, bits]),
  );
  const begin: Address = entry?.address ?? flow.start;
  const exits =
    results.size === 0 ? [] : floatResults(flow, { wanted: results, needed: new Set(['rax', 'rdx']), entry: begin });
  for (const { address, rspDelta, copies } of exits) {
    found += copies.length;
    const read = copies.map(
      ({ register, size, location }) => [register.slice(3), [printed(elf, address, location, size, rspDelta)]] as const,
    );
    points.push({ name: `${fn.name} out`, address, read: Object.fromEntries(read) });
  }
  return { points, asked: wanted.size + exits.length * results.size, found };
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rsym-floats-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeNeeding(['kernel', 'tracefs', 'root', 'rustc'], 'floats read where the code has copies of them', () => {
  // How many of the places asked for are found: compilers may get better or worse at keeping copies.
  test.each([
    ['0', 0.7],
    ['1', 0.1],
    ['3', 0.1],
  ])('opt-level %s: all values are what the program prints', (level, share) => {
    const source = join(folder, 'floats.rs');
    const program = join(folder, `floats-${level}`);
    writeFileSync(source, floatProgram(floatFunctions));
    const flags = ['-g', `-Copt-level=${level}`, '--edition=2021', '-o', program, source];
    const { status, stderr } = run('rustc', flags, { timeout: 100_000 });
    expect(status, stderr).toBe(0);
    const elf = readElfFile(program);
    const all = floatFunctions.map((fn) => probed(elf, fn, level === '0'));
    const { stdout, hits } = runProbed(
      program,
      [],
      all.flatMap(({ points }) => points),
    );
    const faults: string[] = [];
    let right = 0;
    for (const point of new Set(all.flatMap(({ points }) => points.map(({ name }) => name)))) {
      const told = [...stdout.matchAll(new RegExp(`^${point}((?: [0-9a-f]+)*)$`, 'gm'))].map(([, words = '']) =>
        words.trim().split(' '),
      );
      const found = hits.filter((hit) => hit.point === point);
      if (found.length !== told.length) faults.push(`${point}: ${found.length} hits, ${told.length} calls`);
      for (const [i, { values }] of found.entries())
        for (const [value, bytes] of Object.entries(values)) {
          const expected = told[i]?.[Number(value)];
          // Of a result that is none there is nothing to compare.
          if (expected === undefined || expected === '') continue;
          const read = unsigned(bytes)?.toString(16);
          if (read === expected) right++;
          else faults.push(`${point} ${value}: read ${read}, the program says ${expected}`);
        }
    }
    expect(faults).toEqual([]);
    const asked = all.reduce((sum, each) => sum + each.asked, 0);
    const found = all.reduce((sum, each) => sum + each.found, 0);
    expect(found / asked).toBeGreaterThan(share);
    expect(right).toBeGreaterThan(found);
  });
});
