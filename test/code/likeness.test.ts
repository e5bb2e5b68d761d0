import { describe, expect, test } from 'vitest';
import { openFlow } from '../../src/code/flow.ts';
import { type Likeness, likenessOf } from '../../src/code/likeness.ts';
import { at, bytesOf, readerOf } from './assembled.ts';

/** A function at 0x1000 in pieces, of which those marked with `*` are the inlined call's. */
const of = (...pieces: string[]): Likeness | null => {
  const code = pieces.map((piece) => piece.replace('*', ''));
  const memory = readerOf({ 4096: code.join(' ') });
  const size = BigInt(bytesOf(code.join(' ')).length);
  const flow = openFlow({ start: at(0x1000), size }, memory, (place) => place === 0x1000n, memory);
  if (typeof flow === 'string') throw new Error(flow);
  let start = 0x1000;
  const ranges = pieces.flatMap((piece, i) => {
    const from = start;
    start += bytesOf(code[i] ?? '').length;
    return piece.startsWith('*') ? [{ start: at(from), end: at(start) }] : [];
  });
  return likenessOf(ranges, flow);
};

const imul = '48 0f af c0'; // imul rax, rax
const imulOther = '48 0f af c9'; // imul rcx, rcx
const add = '48 83 c0 07'; // add rax, 7
const addOther = '48 83 c1 09'; // add rcx, 9
const mov = '48 89 c8'; // mov rax, rcx
const xor = '48 31 d2'; // xor rdx, rdx
const nop = '90';
const ret = 'c3';
/** A jump back over as many bytes, its own apart. */
const back = (hex: string): string => `75 ${(256 - 2 - bytesOf(hex).length).toString(16)}`;

describe('unrolled: the same work again, behind the first', () => {
  test('with other registers and constants', () => {
    expect(of(`*${imul} ${add}`, xor, `*${imulOther} ${addOther}`, ret)).toBe('unrolled');
    expect(of(`*${imul} ${add}`, xor, `*${imulOther} ${nop} ${addOther}`, ret)).toBe('unrolled');
  });

  test('one instruction may be like another by chance, thrice is no chance', () => {
    expect(of(`*${imul}`, xor, `*${imulOther}`, ret)).toBe(null);
    expect(of(`*${imul}`, xor, `*${imulOther}`, xor, `*${imul}`, ret)).toBe('unrolled');
    expect(of(`*${mov}`, xor, `*${mov}`, xor, `*${mov}`, ret)).toBe(null);
  });

  test('pieces of one calculation are unlike', () => {
    expect(of(`*${imul} ${add}`, ret)).toBe(null);
    expect(of(`*${imul} ${add}`, xor, `*${add} ${imul}`, ret)).toBe(null);
  });

  test('of two ways that exclude each other, one pass takes one', () => {
    expect(of('74 08', `*${imul} ${add}`, ret, `*${imulOther} ${addOther}`, ret)).toBe(null);
  });
});

describe('vectorised: several values at once, in a loop around the call', () => {
  const looped = (hex: string): Likeness | null => of(`*${hex}`, xor, back(`${hex} ${xor}`), ret);

  test.each([
    ['paddq xmm0, xmm1', '66 0f d4 c1'],
    ['pmuludq xmm0, xmm1', '66 0f f4 c1'],
    ['psrlq xmm0, 32', '66 0f 73 d0 20'],
    ['mulps xmm0, xmm1', '0f 59 c1'],
    ['vpaddd ymm0, ymm0, ymm1', 'c5 fd fe c1'],
    ['vfmadd213pd ymm0, ymm1, ymm2', 'c4 e2 f5 a8 c2'],
  ])('%s', (_, hex) => {
    expect(looped(`${mov} ${hex}`)).toBe('vectorised');
    expect(of(`*${mov} ${hex}`, ret)).toBe(null);
  });

  test.each([
    ['movaps xmm0, xmm1: a copy', '0f 28 c1'],
    ['xorps xmm0, xmm0: a zero', '0f 57 c0'],
    ['addsd xmm0, xmm1: one value', 'f2 0f 58 c1'],
    ['pcmpeqb xmm0, xmm1: a search in a hash table', '66 0f 74 c1'],
    ['psrldq xmm0, 8: a register moved by bytes', '66 0f 73 d8 08'],
    ['u64 as f64: punpckldq, subpd, addsd', '66 0f 62 c1 66 0f 5c c1 f2 0f 58 c1'],
    ['one among many others', `66 0f d4 c1 ${`${xor} `.repeat(12)}`],
  ])('not %s', (_, hex) => {
    expect(looped(hex)).toBe(null);
  });

  test("not where the loop is the call's own", () => {
    const body = `66 0f d4 c1 ${xor}`;
    expect(of(`*${body} ${back(body)}`, ret)).toBe(null);
  });
});

test('ranges in which there is no code of the function', () => {
  const memory = readerOf({ 4096: `${imul} ${ret}` });
  const flow = openFlow({ start: at(0x1000), size: 5n }, memory, () => false, memory);
  if (typeof flow === 'string') throw new Error(flow);
  expect(likenessOf([{ start: at(0x2000), end: at(0x3000) }], flow)).toBe(null);
  expect(likenessOf([{ start: at(0x1001), end: at(0x1004) }], flow)).toBe(null);
  expect(likenessOf([{ start: at(0x1000), end: at(0x1000) }], flow)).toBe(null);
});
