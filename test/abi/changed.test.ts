import { describe, expect, test } from 'vitest';
import { fixture } from '../support/fixtures.ts';
import { isClaimed, type PrintedCopy, type PrintedValue, placesText, shownCopies } from '../support/shown.ts';

/**
 * Where a value really is, by the disassembly and by what a run's probes read there; null: nowhere, or not all of it.
 * `!`: rsym has to find it; elsewhere it may mark it. What it says to be somewhere has to be there.
 */
type Truth = Readonly<Record<string, string | null>>;

const faultsOf = (copy: PrintedCopy, truth: Truth): string[] => {
  const values: readonly PrintedValue[] = [...copy.args, { ...copy.ret, name: '->' }];
  const unknown = Object.keys(truth).filter((name) => !values.some((value) => value.name === name));
  return [
    ...unknown.map((name) => `${copy.name} has no ${name}`),
    ...values.flatMap((value) => {
      const told = truth[value.name ?? ''];
      if (told === undefined) return [`${copy.name}: nothing is known of ${value.name}`];
      const place = told?.replace('!', '') ?? null;
      const shown = placesText(value);
      if (!isClaimed(value))
        return told?.endsWith('!') ? [`${copy.name}: ${value.name} is at ${place}, but marked: ${value.note}`] : [];
      return shown === place ? [] : [`${copy.name}: ${value.name} is said to be at ${shown}, is at ${place}`];
    }),
  ];
};

const compare = (path: string, crate: string, truths: Readonly<Record<string, Truth>>): void => {
  const copies = shownCopies(path, `${crate}::*`);
  const faults = Object.entries(truths).flatMap(([name, truth]) => {
    const copy = copies.find((one) => one.kind !== 'inlined' && one.name === `${crate}::${name}`);
    return copy === undefined ? [`${name} is not there`] : faultsOf(copy, truth);
  });
  expect(faults).toEqual([]);
};

describe('functions that the optimiser changed', () => {
  test('not optimised: all values are where the convention says, and found', () => {
    compare(fixture('abi-changed/level-0'), 'changed', {
      dead: { a: 'rdi!', unused: 'rsi!', b: 'rdx!', '->': 'rax!' },
      constant: { mode: 'rdi!', a: 'rsi!', '->': 'rax!' },
      length: { text: 'rdi rsi!', k: 'rdx!', '->': 'rax!' },
      promoted: { value: 'rdi!', k: 'rsi!', '->': 'rax!' },
      fields: { point: 'rdi!', k: 'rsi!', '->': 'rax!' },
      dropped: { a: 'rdi!', '->': 'rax!' },
      half: { a: 'rdi!', '->': 'rax rdx!' },
      payload: { a: 'rdi!', '->': 'rax rdx!' },
      left: { a: 'rdi!', '->': 'rax!' },
      right: { b: 'rdi!', '->': 'rax!' },
      guarded: { values: 'rdi rsi!', at: 'rdx!', '->': 'rax!' },
      escaping: { a: 'rdi!', unused: 'rsi!', b: 'rdx!', '->': 'rax!' },
      tail: { a: 'rdi!', b: 'rsi!', '->': 'rax!' },
      through: { a: 'rsi!', '->': '[rax]!' },
      plain: { a: 'rdi!', b: 'rsi!', text: 'rdx rcx!', '->': 'rax!' },
    });
  });

  test('level 3: what was dropped, folded or promoted is marked, and what moved is followed', () => {
    compare(fixture('abi-changed/level-3'), 'changed', {
      dead: { a: 'rdi!', unused: null, b: 'rsi!', '->': 'rax' },
      constant: { mode: '=03000000', a: 'rdi!', '->': 'rax' },
      length: { text: null, k: 'rsi!', '->': 'rax' },
      promoted: { value: null, k: 'rsi!', '->': 'rax' },
      fields: { point: null, k: 'rdx!', '->': 'rax' },
      dropped: { a: 'rdi!', '->': null },
      half: { a: 'rdi!', '->': null },
      payload: { a: 'rdi!', '->': null },
      left: { a: 'rdi!', '->': 'rax!' },
      guarded: { values: 'rdi rsi!', at: 'rdx!', '->': 'rax!' },
      escaping: { a: 'rdi!', unused: null, b: 'rdx!', '->': 'rax!' },
      tail: { a: 'rdi!', b: 'rsi!', '->': 'rax' },
      through: { a: 'rsi!', '->': '[rdi]' },
      plain: { a: 'rdi!', b: 'rsi!', text: 'rdx rcx!', '->': 'rax!' },
    });
  });

  test('level 3: a body without a function of its own is nowhere', () => {
    expect(shownCopies(fixture('abi-changed/level-3'), 'changed::right')).toEqual([]);
  });

  test('a function that ends in a jump says so', () => {
    const [copy] = shownCopies(fixture('abi-changed/level-3'), 'changed::tail');
    expect(copy?.notes.join(' ')).toMatch(/jump to changed::target/);
  });
});

describe('results of inlined copies', () => {
  for (const level of ['1', '2', '3', 's', 'z']) {
    test(`level ${level}: only what a call was bound to is its result`, () => {
      const copies = shownCopies(fixture(`abi-changed/level-${level}`), 'changed::plus');
      const results = new Map(copies.map(({ caller, ret }) => [caller, isClaimed(ret) ? ret.variable : null]));
      expect(results.get('changed::bound')).toBe('sum');
      // `adjusted` and `chosen` bind something else; nothing is bound in the others.
      for (const caller of ['unbound', 'accumulated', 'adjusted', 'chosen'])
        expect(results.get(`changed::${caller}`) ?? null, caller).toBe(null);
      // Of the two calls the outer one is left.
      expect(['outer', null]).toContain(results.get('changed::nested'));
    });
  }
});

test('a copy of which a part was moved before its loop is probed inside the loop', () => {
  const [copy, ...others] = shownCopies(fixture('abi-changed/level-3'), 'changed::scaled');
  expect(others).toEqual([]);
  expect(copy?.kind).toBe('inlined');
  expect(BigInt(copy?.at ?? 0)).toBeGreaterThan(BigInt(copy?.address ?? 0));
  expect(copy?.args.map(isClaimed)).toEqual([true, true]);
});

describe('seven signatures', () => {
  test('release', () => {
    compare(fixture('abi-seven/release'), 'seven', {
      parse: { text: null, '->': 'rax' },
      greet: { name: null, n: 'rsi!', '->': '[rdi]' },
      dynspeak: { who: null, x: 'rdx!', '->': 'rax' },
      scale: { value: 'xmm0', by: '=00000040', '->': 'xmm0' },
      maybe: { x: 'rdi!', '->': 'rax rdx!' },
      big: { x: 'rsi!', '->': '[rdi]' },
    });
  });

  test('not optimised', () => {
    compare(fixture('abi-seven/debug'), 'seven', {
      parse: { text: 'rdi rsi!', '->': 'rax!' },
      greet: { name: 'rsi rdx!', n: 'rcx!', '->': '[rax]!' },
      dynspeak: { who: 'rdi rsi!', x: 'rdx!', '->': 'rax!' },
      scale: { value: 'xmm0!', by: 'xmm1!', '->': 'xmm0!' },
      maybe: { x: 'rdi!', '->': 'rax rdx!' },
      big: { x: 'rsi!', '->': '[rax]!' },
      hello: { i: 'rdi!', len: 'rsi!', '->': 'rax!' },
    });
  });

  test('vector registers are named, and said to be out of reach', () => {
    for (const variant of ['release', 'debug']) {
      const [copy] = shownCopies(fixture(`abi-seven/${variant}`), 'seven::scale');
      expect(copy?.args[0]?.note).toMatch(/xmm0.*not visible to kernel probes/);
    }
  });

  test('hello is inlined: an address, both arguments, and the result by its variable', () => {
    const [copy, ...others] = shownCopies(fixture('abi-seven/release'), 'seven::hello');
    expect(others).toEqual([]);
    expect(copy).toMatchObject({ kind: 'inlined', caller: 'seven::main', ret: { variable: 'answer' } });
    expect(copy?.args.map((arg) => [arg.name, isClaimed(arg)])).toEqual([
      ['i', true],
      ['len', true],
    ]);
  });
});
