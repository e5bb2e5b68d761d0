import { describe, expect, test } from 'vitest';
import { type FloatRegister, floatResults } from '../../src/code/float-results.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

/** For each `ret`: where it is probed if not there, and what is found. */
const resultsOf = (
  hex: string,
  wanted: readonly (readonly [FloatRegister, number])[] = [['xmm0', 64]],
  entry = 0x1000,
): string =>
  floatResults(flowOf(hex, [0x2000]), { wanted: new Map(wanted), needed: new Set(['rax', 'rdx']), entry: at(entry) })
    .map(({ exit, address, rspDelta, copies, missing }) => {
      const where = exit === address ? '' : `@${address.toString(16)} ${rspDelta} `;
      const found = copies.map(({ location }) => Object.values(location).join(' '));
      return where + [...found, ...missing.map(({ reason }) => reason)].join(', ');
    })
    .join('; ');

describe('where the result in xmm0 has a copy', () => {
  test.each([
    ['sub rsp, 24; movsd xmm0, [rsp+8]; add rsp, 24; ret', '48 83 ec 18 f2 0f 10 44 24 08 48 83 c4 18 c3', 'frame -16'],
    [
      'addsd xmm0, xmm1; movsd [rsp-8], xmm0; movsd xmm0, [rsp-8]; ret',
      'f2 0f 58 c1 f2 0f 11 44 24 f8 f2 0f 10 44 24 f8 c3',
      'frame -8',
    ],
    ['addsd xmm0, xmm1; movsd [rsp-8], xmm0; ret', 'f2 0f 58 c1 f2 0f 11 44 24 f8 c3', 'frame -8'],
    ['addsd xmm0, xmm1; ret', 'f2 0f 58 c1 c3', 'computed in xmm0 and never stored'],
    ['movapd xmm0, xmm1; ret', '66 0f 28 c1 c3', 'it came as an argument and was never stored'],
    ['ret', 'c3', 'it came as an argument and was never stored'],
    [
      'sub rsp, 8; call f; add rsp, 8; ret',
      '48 83 ec 08 e8 f7 0f 00 00 48 83 c4 08 c3',
      'a callee left it, and it was never stored',
    ],
    [
      'sub rsp, 8; call f; movsd [rsp], xmm0; add rsp, 8; ret',
      '48 83 ec 08 e8 f7 0f 00 00 f2 0f 11 04 24 48 83 c4 08 c3',
      'frame -8',
    ],
    ['movsd xmm0, [rip+0x100]; ret', 'f2 0f 10 05 00 01 00 00 c3', 'memory  4360'],
    ['movsd xmm0, [rdi+8]; ret', 'f2 0f 10 47 08 c3', 'memory rdi 8'],
    ['movsd xmm0, [rdi+8]; mov rdi, rsi; ret', 'f2 0f 10 47 08 48 89 f7 c3', '@1005 0 memory rdi 8'],
    [
      'movsd xmm0, [rdi+8]; mov [rsi], rax; ret',
      'f2 0f 10 47 08 48 89 06 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    ['movsd xmm0, [rdi+8]; mov [rsp-8], rax; ret', 'f2 0f 10 47 08 48 89 44 24 f8 c3', 'memory rdi 8'],
    ['movsd xmm0, [rdi+rsi*8]; ret', 'f2 0f 10 04 f7 c3', 'it was loaded by an index or from thread-local memory'],
    ['movsd xmm0, [rsp+8]; ret', 'f2 0f 10 44 24 08 c3', 'frame 8'],
    [
      'movsd xmm0, [rdi]; movsd [rsp-8], xmm0; mov [rsp-4], eax; ret',
      'f2 0f 10 07 f2 0f 11 44 24 f8 89 44 24 fc c3',
      'memory rdi 0',
    ],
    ['movq xmm0, rax; ret', '66 48 0f 6e c0 c3', 'register rax'],
    [
      'movq xmm0, rax; xor eax, eax; ret',
      '66 48 0f 6e c0 31 c0 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    ['mov rax, [rsp-16]; movq xmm0, rax; xor eax, eax; ret', '48 8b 44 24 f0 66 48 0f 6e c0 31 c0 c3', 'frame -16'],
    ['movss xmm0, [rsp-8]; ret', 'f3 0f 10 44 24 f8 c3', 'only its low 4 bytes have a copy'],
    ['xorps xmm0, xmm0; ret', '0f 57 c0 c3', 'constant 0'],
    ['vxorps xmm0, xmm0, xmm0; ret', 'c5 f8 57 c0 c3', 'constant 0'],
    ['pcmpeqd xmm0, xmm0; ret', '66 0f 76 c0 c3', 'computed in xmm0 and never stored'],
    ['cvtss2sd xmm0, [rsp-8]; ret', 'f3 0f 5a 44 24 f8 c3', 'computed in xmm0 and never stored'],
    [
      'sub rsp, 0x100; movsd xmm0, [rsp+8]; add rsp, 0x100; ret',
      '48 81 ec 00 01 00 00 f2 0f 10 44 24 08 48 81 c4 00 01 00 00 c3',
      '@100d -256 frame -248',
    ],
    [
      'sub rsp, 0x100; movsd xmm0, [rsp+8]; add rsp, 0x100; mov rax, rdi; ret',
      '48 81 ec 00 01 00 00 f2 0f 10 44 24 08 48 81 c4 00 01 00 00 48 89 f8 c3',
      'its copy is 248 bytes below the stack pointer, where signal handlers may write',
    ],
    [
      'sub rsp, 0x100; movsd xmm0, [rsp+8]; add rsp, 0x100; mov [rdi], rsi; ret',
      '48 81 ec 00 01 00 00 f2 0f 10 44 24 08 48 81 c4 00 01 00 00 48 89 37 c3',
      'its copy is 248 bytes below the stack pointer, where signal handlers may write',
    ],
    [
      'sub rsp, 0x100; movsd xmm0, [rsp+8]; test edi, edi; je 1f; nop; 1: add rsp, 0x100; ret',
      '48 81 ec 00 01 00 00 f2 0f 10 44 24 08 85 ff 74 01 90 48 81 c4 00 01 00 00 c3',
      '@1012 -256 frame -248',
    ],
    [
      'push rbx; mov rbx, rdi; call f; movsd xmm0, [rbx+16]; pop rbx; ret',
      '53 48 89 fb e8 f7 0f 00 00 f2 0f 10 43 10 5b c3',
      '@100e -8 memory rbx 16',
    ],
    [
      'test edi, edi; je 1f; movsd xmm0, [rsp-8]; jmp 2f; 1: movsd xmm0, [rsp-16]; 2: ret',
      '85 ff 74 08 f2 0f 10 44 24 f8 eb 06 f2 0f 10 44 24 f0 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'test edi, edi; je 1f; movsd [rsp-8], xmm0; jmp 2f; 1: movsd [rsp-8], xmm1; 2: movsd xmm0, [rsp-8]; ret',
      '85 ff 74 08 f2 0f 11 44 24 f8 eb 06 f2 0f 11 4c 24 f8 f2 0f 10 44 24 f8 c3',
      'frame -8',
    ],
    [
      'test edi, edi; je 1f; movsd xmm0, [rsp-8]; ret; 1: addsd xmm0, xmm1; ret',
      '85 ff 74 07 f2 0f 10 44 24 f8 c3 f2 0f 58 c1 c3',
      'frame -8; computed in xmm0 and never stored',
    ],
    [
      'movsd xmm0, [rsp-8]; rep stosb; ret',
      'f2 0f 10 44 24 f8 f3 aa c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'movsd xmm0, [rsp-8]; mov [rsp+rcx-64], al; ret',
      'f2 0f 10 44 24 f8 88 44 0c c0 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'sub rsp, 24; lea rax, [rsp+16]; movsd xmm0, [rsp+8]; mov [rdi], rax; add rsp, 24; ret',
      '48 83 ec 18 48 8d 44 24 10 f2 0f 10 44 24 08 48 89 07 48 83 c4 18 c3',
      'frame -16',
    ],
    [
      'sub rsp, 24; lea rax, [rsp+8]; movsd xmm0, [rsp+8]; mov [rdi], rax; add rsp, 24; ret',
      '48 83 ec 18 48 8d 44 24 08 f2 0f 10 44 24 08 48 89 07 48 83 c4 18 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'movsd xmm0, fs:[0x10]; ret',
      '64 f2 0f 10 04 25 10 00 00 00 c3',
      'it was loaded by an index or from thread-local memory',
    ],
    [
      'push rbp; mov rbp, rsp; and rsp, -32; sub rsp, 32; movsd xmm0, [rsp+8]; leave; ret',
      '55 48 89 e5 48 83 e4 e0 48 83 ec 20 f2 0f 10 44 24 08 c9 c3',
      'its copy is in an aligned frame',
    ],
    ['movsd xmm0, [rsp-8]; push rdi; pop rdi; ret', 'f2 0f 10 44 24 f8 57 5f c3', '@1006 0 frame -8'],
    [
      'movsd xmm0, [rip+0x100]; mov [rip+0x100], rdi; ret',
      'f2 0f 10 05 00 01 00 00 48 89 3d 00 01 00 00 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'movsd xmm0, [rip+0x100]; mov [rip+0xf9], rdi; ret',
      'f2 0f 10 05 00 01 00 00 48 89 3d f9 00 00 00 c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'movsd xmm0, [rip+0x100]; mov [rdi], rdi; ret',
      'f2 0f 10 05 00 01 00 00 48 89 3f c3',
      'what it was copied from has changed, or is not always the same',
    ],
    [
      'movsd xmm0, [rip+0x100]; mov [rip+0x101], rdi; ret',
      'f2 0f 10 05 00 01 00 00 48 89 3d 01 01 00 00 c3',
      'memory  4360',
    ],
  ])('%s', (_, hex, expected) => expect(resultsOf(hex)).toBe(expected));
});

test('two registers are found at one place', () => {
  const both = [
    ['xmm0', 64],
    ['xmm1', 64],
  ] as const;
  // movsd xmm1, [rsp-16]; movsd xmm0, [rsp-8]; ret
  expect(resultsOf('f2 0f 10 4c 24 f0 f2 0f 10 44 24 f8 c3', both)).toBe('frame -8, frame -16');
  // sub rsp, 256; movsd xmm1, [rsp+8]; movsd xmm0, [rsp+248]; add rsp, 256; ret
  const far = '48 81 ec 00 01 00 00 f2 0f 10 4c 24 08 f2 0f 10 84 24 f8 00 00 00 48 81 c4 00 01 00 00 c3';
  expect(resultsOf(far, both)).toBe('@1016 -256 frame -8, frame -248');
  // addsd xmm1, xmm1; movsd xmm0, [rsp-8]; ret
  expect(resultsOf('f2 0f 58 c9 f2 0f 10 44 24 f8 c3', both)).toBe('frame -8, computed in xmm1 and never stored');
});

test('half of a register', () => {
  // movss xmm0, [rsp-8]; ret
  expect(resultsOf('f3 0f 10 44 24 f8 c3', [['xmm0', 32]])).toBe('frame -8');
});

test('an exit is never probed where the entry is, or before', () => {
  // sub rsp, 256; movsd xmm0, [rsp+8]; add rsp, 256; ret
  const hex = '48 81 ec 00 01 00 00 f2 0f 10 44 24 08 48 81 c4 00 01 00 00 c3';
  expect(resultsOf(hex)).toBe('@100d -256 frame -248');
  const deep = 'its copy is 248 bytes below the stack pointer, where signal handlers may write';
  expect(resultsOf(hex, [['xmm0', 64]], 0x100d)).toBe(deep);
});

test('jumps with unknown targets may lead to a return', () => {
  // push rax; mov eax, edi; jmp [rsi+rax*8]; movsd xmm0, [rsp]; pop rcx; ret
  expect(resultsOf('50 89 f8 ff 24 c6 f2 0f 10 04 24 59 c3')).toBe('a jump that is not known may lead there');
});
