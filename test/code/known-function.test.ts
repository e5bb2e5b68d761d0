import { expect, test } from 'vitest';
import type { Address } from '../../src/base/units.ts';
import { framesOf } from '../../src/code/frames.ts';
import { functionSort } from '../../src/code/known-function.ts';
import type { CallSort } from '../../src/code/pending-stores.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

/** The sort of the function at 0x1000 among functions by where they begin; a call that has a name says `named` of itself. */
const sortOf = (codes: Readonly<Record<number, string>>, named: CallSort | null = null): CallSort =>
  functionSort(at(0x1000), {
    flowAt: (start: Address) => {
      const code = codes[Number(start)];
      return code === undefined ? null : flowOf(code);
    },
    framesOf,
    byName: () => named,
  });

// lea eax, [rdi+rsi]; ret
const sum = '8d 04 37 c3';
// mov [rdi], rsi; ret
const store = '48 89 37 c3';
// push rbx; mov [rsp-8], rdi; pop rbx; ret
const ownFrame = '53 48 89 7c 24 f8 5b c3';
// push rax; call 0x1100; pop rcx; ret, from 0x1000
const caller = '50 e8 fa 00 00 00 59 c3';

test('a function that only computes', () => {
  expect(sortOf({ 4096: sum })).toBe('other');
  expect(sortOf({ 4096: ownFrame })).toBe('other');
});

test('one that writes memory that it was given', () => {
  expect(sortOf({ 4096: store })).toBe('writer');
  expect(sortOf({ 4096: caller }, 'writer')).toBe('writer');
});

test('one that calls what nobody knows', () => {
  // push rax; call rdi; pop rcx; ret
  expect(sortOf({ 4096: '50 ff d7 59 c3' })).toBe('reader');
  expect(sortOf({ 4096: caller }, 'reader')).toBe('reader');
  expect(sortOf({ 4096: caller })).toBe('reader');
});

test('a call by a name that says what it does', () => {
  expect(sortOf({ 4096: caller }, 'other')).toBe('other');
});
