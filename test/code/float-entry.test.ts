import { describe, expect, test } from 'vitest';
import { type EntryCopy, floatEntry } from '../../src/code/float-entry.ts';
import type { Register } from '../../src/code/operand.ts';
import type { VectorRegister } from '../../src/code/register-id.ts';
import { flowOf } from './flow-of.ts';

const shortly = ({ register, location }: EntryCopy): string =>
  `${register}=${location.kind === 'frame' ? location.offset : location.reg}`;

const entryOf = (
  hex: string,
  wanted: readonly (readonly [VectorRegister, number])[] = [
    ['xmm0', 64],
    ['xmm1', 64],
  ],
  needed: readonly (readonly [Register, number])[] = [['rdi', 64]],
  functions: readonly number[] = [],
): string => {
  const found = floatEntry(flowOf(hex, [0x2000, ...functions]), new Map(wanted), new Map(needed));
  if (found === null) return 'none';
  const moved = found.moved.map((one) => `, ${shortly(one)}`);
  return `${found.address.toString(16)} ${found.rspDelta} ${found.copies.map(shortly).join(' ')}${moved.join('')}`;
};

describe('where arguments in xmm0 and xmm1 have copies', () => {
  test.each([
    ['movsd [rsp-8], xmm0; ret', 'f2 0f 11 44 24 f8 c3', 'none'],
    ['movsd [rsp-8], xmm0; nop; ret', 'f2 0f 11 44 24 f8 90 c3', '1006 0 xmm0=-8'],
    ['movss [rsp-4], xmm0; nop; ret', 'f3 0f 11 44 24 fc 90 c3', 'none'],
    [
      'sub rsp, 24; movsd [rsp+8], xmm0; movsd [rsp+16], xmm1; call f; add rsp, 24; ret',
      '48 83 ec 18 f2 0f 11 44 24 08 f2 0f 11 4c 24 10 e8 eb 0f 00 00 48 83 c4 18 c3',
      '1010 -24 xmm0=-16 xmm1=-8',
    ],
    [
      'sub rsp, 24; movsd [rsp+8], xmm0; call f; movsd [rsp+16], xmm1; add rsp, 24; ret',
      '48 83 ec 18 f2 0f 11 44 24 08 e8 f1 0f 00 00 f2 0f 11 4c 24 10 48 83 c4 18 c3',
      '100a -24 xmm0=-16',
    ],
    [
      'sub rsp, 24; movaps [rsp], xmm0; nop; add rsp, 24; ret',
      '48 83 ec 18 0f 29 04 24 90 48 83 c4 18 c3',
      '1008 -24 xmm0=-24',
    ],
    ['movapd xmm2, xmm0; movsd [rsp-8], xmm2; nop; ret', '66 0f 28 d0 f2 0f 11 54 24 f8 90 c3', '100a 0 xmm0=-8'],
    ['movq rax, xmm0; nop; ret', '66 48 0f 7e c0 90 c3', '1005 0 xmm0=rax'],
    ['movd eax, xmm0; nop; ret', '66 0f 7e c0 90 c3', 'none'],
    [
      'movsd [rsp-8], xmm0; mov [rsp-8], rdi; movsd [rsp-16], xmm1; nop; ret',
      'f2 0f 11 44 24 f8 48 89 7c 24 f8 f2 0f 11 4c 24 f0 90 c3',
      '1006 0 xmm0=-8',
    ],
    ['addsd xmm0, xmm1; movsd [rsp-8], xmm0; nop; ret', 'f2 0f 58 c1 f2 0f 11 44 24 f8 90 c3', 'none'],
    [
      'push rbp; mov rbp, rsp; movsd [rbp-8], xmm0; nop; pop rbp; ret',
      '55 48 89 e5 f2 0f 11 45 f8 90 5d c3',
      '1009 -8 xmm0=-16',
    ],
    ['movsd [rsp-8], xmm0; mov rdi, rsi; nop; ret', 'f2 0f 11 44 24 f8 48 89 f7 90 c3', '1006 0 xmm0=-8'],
    [
      'mov rax, rdi; xor edi, edi; movsd [rsp-8], xmm0; nop; ret',
      '48 89 f8 31 ff f2 0f 11 44 24 f8 90 c3',
      '100b 0 xmm0=-8, rdi=rax',
    ],
    [
      'mov [rsp-16], rdi; xor edi, edi; movsd [rsp-8], xmm0; nop; ret',
      '48 89 7c 24 f0 31 ff f2 0f 11 44 24 f8 90 c3',
      '100d 0 xmm0=-8, rdi=-16',
    ],
    ['xor edi, edi; movsd [rsp-8], xmm0; nop; ret', '31 ff f2 0f 11 44 24 f8 90 c3', 'none'],
    ['movsd [rdi], xmm0; movsd [rsp-8], xmm0; nop; ret', 'f2 0f 11 07 f2 0f 11 44 24 f8 90 c3', 'none'],
    [
      'movsd [rsp-8], xmm0; movsd [rdi], xmm0; movsd [rsp-16], xmm1; nop; ret',
      'f2 0f 11 44 24 f8 f2 0f 11 07 f2 0f 11 4c 24 f0 90 c3',
      '1006 0 xmm0=-8',
    ],
    ['movsd [rsp+8], xmm0; nop; ret', 'f2 0f 11 44 24 08 90 c3', 'none'],
    ['test edi, edi; je 1f; 1: movsd [rsp-8], xmm0; nop; ret', '85 ff 74 00 f2 0f 11 44 24 f8 90 c3', 'none'],
    ['1: movsd [rsp-8], xmm0; nop; dec rdi; jne 1b; ret', 'f2 0f 11 44 24 f8 90 48 ff cf 75 f4 c3', 'none'],
    ['movsd [rsp-8], xmm0; 1: nop; dec rdi; jne 1b; ret', 'f2 0f 11 44 24 f8 90 48 ff cf 75 fa c3', 'none'],
    ['movsd [rsp-136], xmm0; nop; ret', 'f2 0f 11 84 24 78 ff ff ff 90 c3', 'none'],
    ['movsd [rsp-128], xmm0; nop; ret', 'f2 0f 11 44 24 80 90 c3', '1006 0 xmm0=-128'],
    [
      'push rbp; mov rbp, rsp; and rsp, -32; movsd [rsp-8], xmm0; nop; leave; ret',
      '55 48 89 e5 48 83 e4 e0 f2 0f 11 44 24 f8 90 c9 c3',
      'none',
    ],
    ['movsd [rsp-8], xmm0; call f; jmp rax', 'f2 0f 11 44 24 f8 e8 f5 0f 00 00 ff e0', 'none'],
    ['movsd [rsp-8], xmm0; vpor xmm2, xmm2, xmm2; nop; ret', 'f2 0f 11 44 24 f8 c5 e9 eb d2 90 c3', '100a 0 xmm0=-8'],
  ])('%s', (_, hex, expected) => expect(entryOf(hex)).toBe(expected));
});

test('so many bits as are asked for', () => {
  // movss [rsp-4], xmm0; nop; ret
  expect(entryOf('f3 0f 11 44 24 fc 90 c3', [['xmm0', 32]])).toBe('1006 0 xmm0=-4');
  // movd eax, xmm0; nop; ret
  expect(entryOf('66 0f 7e c0 90 c3', [['xmm0', 32]])).toBe('1004 0 xmm0=rax');
  // mov [rsp-1], dil; xor edi, edi; movsd [rsp-16], xmm0; nop; ret
  const narrow = '40 88 7c 24 ff 31 ff f2 0f 11 44 24 f0 90 c3';
  expect(entryOf(narrow, [['xmm0', 64]], [['rdi', 8]])).toBe('100d 0 xmm0=-16, rdi=-1');
  expect(entryOf(narrow, [['xmm0', 64]], [['rdi', 32]])).toBe('none');
});

test('a bool is the same when its other bits are cleared', () => {
  // and dil, 1; mov [rsp-1], dil; movsd [rsp-16], xmm0; nop; ret
  const hex = '40 80 e7 01 40 88 7c 24 ff f2 0f 11 44 24 f0 90 c3';
  expect(entryOf(hex, [['xmm0', 64]], [['rdi', 1]])).toBe('100f 0 xmm0=-16');
  expect(entryOf(hex, [['xmm0', 64]], [['rdi', 8]])).toBe('none');
});

test('another function that begins there ends the search', () => {
  // addsd xmm1, xmm1; movsd [rsp-8], xmm0; nop; ret
  const hex = 'f2 0f 58 c9 f2 0f 11 44 24 f8 90 c3';
  expect(entryOf(hex)).toBe('100a 0 xmm0=-8');
  expect(entryOf(hex, [['xmm0', 64]], [], [0x1004])).toBe('none');
});

test('nothing is asked for', () => expect(entryOf('f2 0f 11 44 24 f8 90 c3', [])).toBe('none'));
