import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { x86_64 } from '../../src/abi/argument-registers.ts';
import { type CalledFunction, hypothesesOf } from '../../src/abi/hypothesis.ts';
import type { Piece } from '../../src/abi/place.ts';
import type { TypeId } from '../../src/elf/type-model.ts';
import type { DebugVariable } from '../../src/elf/variable-model.ts';
import { FakeTypes, type Field } from '../support/fake-types.ts';

// Types composed at random, laid out as a compiler would or not at all; each choice is a number that is taken as asked for.

type Choices = { readonly next: (below: number) => number };
const choicesOf = (numbers: readonly number[]): Choices => {
  let at = 0;
  return { next: (below) => (numbers[at++ % Math.max(1, numbers.length)] ?? 0) % below };
};

type Made = { readonly id: TypeId; readonly size: number; readonly align: number };
const alignUp = (value: number, align: number): number => Math.ceil(value / align) * align;

const names = ['app::S', '(A, B)', 'core::cell::Cell<T>', 'app::f::{closure_env#0}', 'app::f::{async_fn_env#0}'];

const structOf = (types: FakeTypes, name: string, fields: readonly Made[]): Made => {
  let end = 0;
  const placed = fields.map(({ id, size, align }): Field => {
    const at = alignUp(end, align);
    end = at + size;
    return [id, at];
  });
  const align = Math.max(1, ...fields.map((field) => field.align));
  const size = alignUp(end, align);
  return { id: types.struct(name, size, align, placed), size, align };
};

const typeOf = (types: FakeTypes, choices: Choices, depth: number): Made => {
  const kind = choices.next(depth > 3 ? 6 : 12);
  const bytes = [1, 2, 4, 8, 16][choices.next(5)] ?? 1;
  const inner = (): Made => typeOf(types, choices, depth + 1);
  switch (kind) {
    case 0:
    case 1:
      return { id: types.u(8 * bytes), size: bytes, align: bytes };
    case 2:
      return { id: types.i(8 * bytes), size: bytes, align: bytes };
    case 3: {
      const size = bytes < 8 ? 4 : 8;
      return { id: types.f(8 * size), size, align: size };
    }
    case 4:
      return { id: types.pointer(null), size: 8, align: 8 };
    case 5:
      return { id: types.struct('()', 0, 1, []), size: 0, align: 1 };
    case 6: {
      const element = inner();
      const count = choices.next(4);
      const size = element.size * count;
      return { id: types.array(element.id, count, size, element.align), size, align: element.align };
    }
    case 7: {
      const [a, b] = [inner(), inner()];
      const align = Math.max(a.align, b.align);
      const size = alignUp(Math.max(a.size, b.size), align);
      return { id: types.union('app::U', size, align, a.id, b.id), size, align };
    }
    case 8: {
      const payload = inner();
      const tag = { id: types.u(32), size: 4 };
      const at = alignUp(4, payload.align);
      const align = Math.max(4, payload.align);
      const size = alignUp(at + payload.size, align);
      return { id: types.enum('app::E', size, align, [tag.id, 0], [[0], [1, [payload.id, at]]]), size, align };
    }
    default: {
      const fields = Array.from({ length: choices.next(4) }, inner);
      return structOf(types, names[choices.next(names.length)] ?? 'app::S', fields);
    }
  }
};

const variable = (type: TypeId | null): DebugVariable => ({
  die: 0,
  name: 'x',
  type,
  isParameter: true,
  isArtificial: false,
  line: null,
  constant: null,
  locations: [],
  block: null,
});

const calledOf = (
  types: FakeTypes,
  args: readonly (TypeId | null)[],
  returns: TypeId | null,
  more: Partial<CalledFunction>,
) =>
  hypothesesOf(
    {
      types,
      compiler: { rustc: 95 },
      language: 'rust',
      path: 'app::f',
      dwarfPath: 'app::f',
      generics: [],
      parameters: args.map(variable),
      returns,
      isNoReturn: false,
      isVariadic: false,
      isMangled: true,
      ...more,
    },
    x86_64,
    true,
  );

/** What a piece takes of the registers and of the caller's frame: names, or words from the stack pointer. */
const takenBy = ({ location, size }: Piece): (string | number)[] => {
  const words = (offset: bigint, bytes: number): number[] =>
    Array.from({ length: Math.ceil(bytes / 8) }, (_, i) => Number(offset) + 8 * i);
  if (location.kind === 'register' || location.kind === 'vector') return [location.reg];
  if (location.kind === 'stack') return words(location.offset, size);
  if (location.kind !== 'memory' || location.base === null) return [];
  return location.base === 'rsp' ? words(location.offset, 8) : [location.base];
};

const version = fc.constantFrom(null, 47, 48, 51, 60, 61, 63, 72, 77, 79, 82, 84, 87, 95, 97);
const language = fc.constantFrom('rust' as const, 'c' as const, 'c++' as const);
const numbers = fc.array(fc.nat(1000), { minLength: 1, maxLength: 60 });

describe('any function', () => {
  test('has few ways of being called; in each no place is taken twice and no byte of a value is in two', () => {
    let compared = 0;
    fc.assert(
      fc.property(numbers, fc.nat(9), version, language, (from, count, rustc, spoken) => {
        const types = new FakeTypes();
        const choices = choicesOf(from);
        const args = Array.from({ length: count }, () => typeOf(types, choices, 0));
        const result = typeOf(types, choices, 0);
        const ways = calledOf(
          types,
          args.map(({ id }) => id),
          result.id,
          { compiler: { rustc }, language: spoken },
        );
        expect(ways.length).toBeGreaterThan(0);
        expect(ways.length).toBeLessThanOrEqual(64);
        for (const way of ways) {
          compared++;
          expect(way.args).toHaveLength(count);
          const pieces = [...way.hidden, ...way.args].flatMap((arg) => arg.pieces);
          const taken = [...pieces.flatMap(takenBy), ...(way.hasResultAddress ? ['rdi'] : [])];
          expect(new Set(taken).size).toBe(taken.length);
          expect(taken.every((one) => typeof one === 'string' || one >= 8)).toBe(true);
          for (const [i, { mode, pieces: own }] of [...way.args, way.result].entries()) {
            const { size } = args[i] ?? result;
            if (mode === 'unknown') continue;
            expect(mode === 'none' ? own.length : 0).toBe(0);
            const bytes = own.flatMap((piece) => Array.from({ length: piece.size }, (_, b) => piece.valueOffset + b));
            expect(new Set(bytes).size).toBe(bytes.length);
            expect(bytes.every((byte) => byte < size)).toBe(true);
            // A pair may have padding, and so may a struct's end in the convention of C; else each byte has its place.
            if (mode === 'direct' || mode === 'indirect' || mode === 'stack' || mode === 'sret')
              expect(bytes).toHaveLength(size);
          }
        }
      }),
      { numRuns: 1500 },
    );
    expect(compared).toBeGreaterThan(1500);
  });
});

describe('odd types', () => {
  test.each<[string, (types: FakeTypes) => TypeId]>([
    ['declared only', (t) => t.struct('app::S', null, 1, [])],
    ['of no known kind', (t) => t.unspecified()],
    ['a function', (t) => t.function()],
    ['an array without length', (t) => t.array(t.u(8), null, 8)],
    ['fields outside of it', (t) => t.struct('app::S', 4, 4, [[t.u(64), 100]])],
    [
      'fields over each other',
      (t) =>
        t.struct('app::S', 8, 8, [
          [t.u(64), 0],
          [t.u(64), 0],
        ]),
    ],
    ['no alignment', (t) => t.struct('app::S', 8, 0, [[t.u(64), 0]])],
    ['a base of three bytes', (t) => t.base('u24', 3, 'unsigned')],
    ['a float of ten bytes', (t) => t.base('f80', 10, 'float')],
    ['an integer of a kilobyte', (t) => t.base('u8192', 1024, 'unsigned')],
    ['an exabyte', (t) => t.struct('app::S', 2 ** 60, 1, [[t.u(8), 0]])],
    [
      'a tag that is a struct',
      (t) => t.enum('app::E', 16, 8, [t.struct('app::T', 4, 4, []), 0], [[0], [1, [t.u(64), 8]]]),
    ],
    ['an enum without variants', (t) => t.enum('app::E', 8, 8, [t.u(64), 0], [])],
  ])('%s: an answer for each convention', (_, make) => {
    for (const spoken of ['rust', 'c', 'c++'] as const) {
      const types = new FakeTypes();
      const id = make(types);
      const ways = calledOf(types, [id, types.u(64)], id, { language: spoken });
      expect(ways.length).toBeGreaterThan(0);
      expect(ways.length).toBeLessThanOrEqual(64);
    }
  });

  test('many types whose repr is open: the ways stay few', () => {
    const types = new FakeTypes();
    const open = Array.from({ length: 40 }, (_, i) => types.struct(`app::S${i}`, 8, 8, [[types.f(64), 0]]));
    expect(calledOf(types, open, null, {}).length).toBeLessThanOrEqual(64);
  });

  test('everything open at once: the ways stay few', () => {
    const types = new FakeTypes();
    const open = Array.from({ length: 3 }, (_, i) => types.struct(`app::S${i}`, 8, 8, [[types.f(64), 0]]));
    const functions = [types.pointer(types.function()), types.pointer(types.function())];
    const closure = { path: 'app::f::{closure#0}', dwarfPath: 'app::f::{closure#0}' };
    const generics = functions.map((type) => ({ type }));
    const ways = calledOf(types, [...functions, types.u(64), ...open], null, { ...closure, generics });
    expect(ways.length).toBeLessThanOrEqual(64);
  });

  test('a type that holds two of itself, and so on: an answer in time', () => {
    const types = new FakeTypes();
    let id = types.u(8);
    for (let i = 0, size = 1; i < 60; i++) {
      size *= 2;
      const half = size / 2;
      id = types.struct(`app::S${i}`, size, 1, [
        [id, 0],
        [id, half],
      ]);
    }
    expect(calledOf(types, [id], id, {}).length).toBeGreaterThan(0);
  });
});
