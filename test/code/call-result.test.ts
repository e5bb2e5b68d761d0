import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callResult } from '../../src/code/call-result.ts';
import type { ResultRegister } from '../../src/code/result-writes.ts';
import { at, readerOf } from './assembled.ts';

const useOf = (behind: string, register: ResultRegister = 'rax'): string => {
  const { use, width } = callResult(at(0x1000), readerOf({ 4096: `e8 fb 0f 00 00 ${behind}` }))[register];
  return width === 0 ? use : `${use} ${width}`;
};

describe('what a caller does with rax', () => {
  test.each([
    ['mov [rdi], rax; ret', '48 89 07 c3', 'read 64'],
    ['test eax, eax; ret', '85 c0 c3', 'read 32'],
    ['movzx ecx, al; ret', '0f b6 c8 c3', 'read 8'],
    ['mov rcx, [rax+8]; ret', '48 8b 48 08 c3', 'read 64'],
    ['nop; mov ecx, 1; add rcx, rax; ret', '90 b9 01 00 00 00 48 01 c1 c3', 'read 64'],
    ['jmp 1f; ud2; 1: mov ecx, eax; ret', 'eb 02 0f 0b 89 c1 c3', 'read 32'],
    ['test ecx, ecx; je 1f; xor eax, eax; ret; 1: mov ecx, eax; ret', '85 c9 74 03 31 c0 c3 89 c1 c3', 'read 32'],
    ['xor eax, eax; ret', '31 c0 c3', 'overwritten'],
    ['mov eax, 1; ret', 'b8 01 00 00 00 c3', 'overwritten'],
    ['mov rax, [rsp+8]; ret', '48 8b 44 24 08 c3', 'overwritten'],
    [
      'test ecx, ecx; je 1f; xor eax, eax; ret; 1: mov eax, 1; ret',
      '85 c9 74 03 31 c0 c3 b8 01 00 00 00 c3',
      'overwritten',
    ],
    ['call .+0x100; ret', 'e8 fb 00 00 00 c3', 'overwritten'],
    ['ud2', '0f 0b', 'overwritten'],
    ['ret', 'c3', 'unknown'],
    ['mov al, 1; ret', 'b0 01 c3', 'unknown'],
    ['push rax; mov eax, 1; ret', '50 b8 01 00 00 00 c3', 'unknown'],
    ['jmp rcx', 'ff e1', 'unknown'],
    ['syscall; mov eax, 1; ret', '0f 05 b8 01 00 00 00 c3', 'unknown'],
    ['1: inc ecx; jne 1b; mov eax, 1; ret', 'ff c1 75 fc b8 01 00 00 00 c3', 'overwritten'],
    ['code that ends', '90', 'unknown'],
  ])('%s', (_, hex, expected) => expect(useOf(hex)).toBe(expected));

  test.each([
    [
      'test eax, eax; je 1f; mov [rdi], rdx; ret; 1: xor edx, edx; ret',
      '85 c0 74 04 48 89 17 c3 31 d2 c3',
      'rdx',
      'read 64',
    ],
    ['mov edx, 1; ret', 'ba 01 00 00 00 c3', 'rdx', 'overwritten'],
    ['call .+0x100; ret', 'e8 fb 00 00 00 c3', 'rdx', 'unknown'],
    ['addsd xmm0, xmm0; ret', 'f2 0f 58 c0 c3', 'xmm0', 'read 64'],
    ['cvtss2sd xmm1, xmm0; ret', 'f3 0f 5a c8 c3', 'xmm0', 'read 32'],
    ['xorps xmm0, xmm0; ret', '0f 57 c0 c3', 'xmm0', 'overwritten'],
    ['cvtsi2sd xmm0, ecx; ret', 'f2 0f 2a c1 c3', 'xmm0', 'overwritten'],
  ] as const)('%s: %s', (_, hex, register, expected) => expect(useOf(hex, register)).toBe(expected));

  test('where there is no call, nothing is known', () => {
    expect(callResult(at(0x1000), readerOf({ 4096: '90 89 c1 c3' })).rax.use).toBe('unknown');
    expect(callResult(at(0x5000), readerOf({})).rax.use).toBe('unknown');
  });

  test('any bytes have an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const hex = [...bytes].map((byte) => byte.toString(16)).join(' ');
        return ['read', 'overwritten', 'unknown'].includes(useOf(hex).split(' ')[0] ?? '');
      }),
      { numRuns: 500 },
    );
  });
});
