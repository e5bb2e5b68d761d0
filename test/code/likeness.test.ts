import { describe, expect, test } from 'vitest';
import { type Likeness, likenessOf } from '../../src/code/likeness.ts';
import { at, bytesOf, readerOf } from './assembled.ts';

/** Pieces of code, each at an address of its own. */
const of = (...pieces: string[]): Likeness | null => {
  const memory = Object.fromEntries(pieces.map((hex, i) => [0x1000 * (i + 1), hex]));
  const ranges = pieces.map((hex, i) => {
    const start = 0x1000 * (i + 1);
    return { start: at(start), end: at(start + bytesOf(hex).length) };
  });
  return likenessOf(ranges, readerOf(memory));
};

const imul = '48 0f af c0'; // imul rax, rax
const add = '48 83 c0 07'; // add rax, 7
const addOther = '48 83 c1 09'; // add rcx, 9
const imulOther = '48 0f af c9'; // imul rcx, rcx
const mov = '48 89 c8'; // mov rax, rcx
const nop = '90';

describe('unrolled: the same work again', () => {
  test('with other registers and constants', () => {
    expect(of(`${imul} ${add}`, `${imulOther} ${addOther}`)).toBe('unrolled');
    expect(of(`${imul} ${add}`, `${imulOther} ${nop} ${addOther}`)).toBe('unrolled');
  });

  test('one instruction may be like another by chance, thrice is no chance', () => {
    expect(of(imul, imulOther)).toBe(null);
    expect(of(imul, imulOther, imul)).toBe('unrolled');
    expect(of(mov, mov, mov, `${mov} ${mov}`, `${mov} ${mov}`)).toBe(null);
  });

  test('pieces of one calculation are unlike', () => {
    expect(of(`${imul} ${add}`)).toBe(null);
    expect(of(`${imul} ${add}`, `${add} ${imul}`)).toBe(null);
  });
});

describe('vectorised: several values at once', () => {
  test.each([
    ['paddq xmm0, xmm1', '66 0f d4 c1'],
    ['pmuludq xmm0, xmm1', '66 0f f4 c1'],
    ['psrlq xmm0, 32', '66 0f 73 d0 20'],
    ['mulps xmm0, xmm1', '0f 59 c1'],
    ['vpaddd ymm0, ymm0, ymm1', 'c5 fd fe c1'],
    ['vfmadd213pd ymm0, ymm1, ymm2', 'c4 e2 f5 a8 c2'],
  ])('%s', (_, hex) => {
    expect(of(`${mov} ${hex}`)).toBe('vectorised');
  });

  test.each([
    ['movaps xmm0, xmm1: a copy', '0f 28 c1'],
    ['xorps xmm0, xmm0: a zero', '0f 57 c0'],
    ['addsd xmm0, xmm1: one value', 'f2 0f 58 c1'],
    ['pcmpeqb xmm0, xmm1: a search in a hash table', '66 0f 74 c1'],
    ['psrldq xmm0, 8: a register moved by bytes', '66 0f 73 d8 08'],
    ['u64 as f64: punpckldq, subpd, addsd', '66 0f 62 c1 66 0f 5c c1 f2 0f 58 c1'],
  ])('not %s', (_, hex) => {
    expect(of(hex)).toBe(null);
  });
});

test('code that is not there, or no code', () => {
  expect(likenessOf([{ start: at(0x1000), end: at(0x2000) }], () => undefined)).toBe(null);
  expect(likenessOf([{ start: at(0x1000), end: at(0x1000) }], readerOf({ 4096: imul }))).toBe(null);
  expect(of('06 06', '06 06')).toBe(null);
});
