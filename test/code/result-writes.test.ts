import { describe, expect, test } from 'vitest';
import { type ResultRegister, resultWrites } from '../../src/code/result-writes.ts';
import { flowOf } from './flow-of.ts';

const stateOf = (hex: string, register: ResultRegister = 'rax'): string => {
  const { all } = resultWrites(flowOf(hex, [0x2000]));
  if (all === null) return 'no return';
  const { state, width, ways } = all[register];
  return `${state} ${width}${ways.length === 1 ? '' : ` ${ways.join('+')}`}`;
};

describe('what rax holds at the returns', () => {
  test.each([
    ['mov eax, 5; ret', 'b8 05 00 00 00 c3', 'written 32'],
    ['mov rax, [rdi]; ret', '48 8b 07 c3', 'written 64'],
    ['mov al, 1; ret', 'b0 01 c3', 'written 8'],
    ['xor eax, eax; test edi, edi; sete al; ret', '31 c0 85 ff 0f 94 c0 c3', 'written 32'],
    ['movzx eax, dil; ret', '40 0f b6 c7 c3', 'written 32'],
    ['mov eax, edi; ret', '89 f8 c3', 'written 32'],
    ['mov eax, edi; div esi; ret', '89 f8 f7 f6 c3', 'written 32'],
    ['mov rax, rdi; ret', '48 89 f8 c3', 'entry-rdi 0'],
    ['mov rcx, rdi; mov rax, rcx; ret', '48 89 f9 48 89 c8 c3', 'entry-rdi 0'],
    ['mov rdi, rsi; mov rax, rdi; ret', '48 89 f7 48 89 f8 c3', 'written 64'],
    [
      'push rbx; mov rbx, rdi; call .+0xffc; mov rax, rbx; pop rbx; ret',
      '53 48 89 fb e8 f7 0f 00 00 48 89 d8 5b c3',
      'entry-rdi 0',
    ],
    [
      'push rbx; mov rbx, rsi; call .+0xffc; mov rax, rbx; pop rbx; ret',
      '53 48 89 f3 e8 f7 0f 00 00 48 89 d8 5b c3',
      'written 64',
    ],
    [
      'sub rsp, 24; mov [rsp], rdi; lea rdi, [rsp+8]; call .+0xff3; mov rax, [rsp]; add rsp, 24; ret',
      '48 83 ec 18 48 89 3c 24 48 8d 7c 24 08 e8 ee 0f 00 00 48 8b 04 24 48 83 c4 18 c3',
      'entry-rdi 0',
    ],
    // The object whose address the callee gets may reach as far as the place where rdi is.
    [
      'sub rsp, 24; mov [rsp+8], rdi; mov rdi, rsp; call .+0xff3; mov rax, [rsp+8]; add rsp, 24; ret',
      '48 83 ec 18 48 89 7c 24 08 48 89 e7 e8 ee 0f 00 00 48 8b 44 24 08 48 83 c4 18 c3',
      'written 64',
    ],
    [
      'sub rsp, 24; mov [rsp], rdi; mov byte ptr [rsp+7], 0; mov rax, [rsp]; add rsp, 24; ret',
      '48 83 ec 18 48 89 3c 24 c6 44 24 07 00 48 8b 04 24 48 83 c4 18 c3',
      'written 64',
    ],
    [
      'sub rsp, 24; mov [rsp], rdi; mov [rsp+rsi], al; mov rax, [rsp]; add rsp, 24; ret',
      '48 83 ec 18 48 89 3c 24 88 04 34 48 8b 04 24 48 83 c4 18 c3',
      'written 64',
    ],
    [
      'push rbp; mov rbp, rsp; and rsp, -32; sub rsp, 64; mov [rsp+8], rdi; mov rax, [rsp+8]; leave; ret',
      '55 48 89 e5 48 83 e4 e0 48 83 ec 40 48 89 7c 24 08 48 8b 44 24 08 c9 c3',
      'entry-rdi 0',
    ],
    ['sub rsp, 8; call .+0xffc; add rsp, 8; ret', '48 83 ec 08 e8 f7 0f 00 00 48 83 c4 08 c3', 'call 0'],
    [
      'sub rsp, 8; call .+0xffc; add rsp, 8; mov al, 1; ret',
      '48 83 ec 08 e8 f7 0f 00 00 48 83 c4 08 b0 01 c3',
      'written 8',
    ],
    ['ret', 'c3', 'untouched 0'],
    ['mov [rdi], rax; ret', '48 89 07 c3', 'untouched 0'],
    ['test edi, edi; je 1f; mov eax, 1; 1: ret', '85 ff 74 05 b8 01 00 00 00 c3', 'mixed 32 written+untouched'],
    ['test edi, edi; je 1f; mov al, 1; ret; 1: mov rax, [rsi]; ret', '85 ff 74 03 b0 01 c3 48 8b 06 c3', 'written 8'],
    [
      'test esi, esi; je 1f; mov rdi, rsi; 1: mov rax, rdi; ret',
      '85 f6 74 03 48 89 f7 48 89 f8 c3',
      'mixed 64 written+entry-rdi',
    ],
    [
      'test edi, edi; je 1f; mov rax, rdi; ret; 1: call .+0xff3; ret',
      '85 ff 74 04 48 89 f8 c3 e8 ee 0f 00 00 c3',
      'mixed 0 call+entry-rdi',
    ],
    ['syscall; ret', '0f 05 c3', 'written 64'],
    ['cmovne rax, rdi; ret', '48 0f 45 c7 c3', 'written 64'],
    ['ud2', '0f 0b', 'no return'],
    ['jmp .+0x1000', 'e9 fb 0f 00 00', 'no return'],
    // The flags are used behind the call, so it never returns.
    [
      'test edi, edi; jne 1f; call .+0xffc; 1: jg 2f; mov rax, rdi; ret; 2: mov rax, rdi; ret',
      '85 ff 75 05 e8 f7 0f 00 00 7f 04 48 89 f8 c3 48 89 f8 c3',
      'entry-rdi 0',
    ],
  ])('%s', (_, hex, expected) => expect(stateOf(hex)).toBe(expected));
});

describe('the other registers', () => {
  test.each([
    ['mov eax, 1; mov edx, esi; ret', 'b8 01 00 00 00 89 f2 c3', 'rdx', 'written 32'],
    ['mov eax, 1; ret', 'b8 01 00 00 00 c3', 'rdx', 'untouched 0'],
    ['addsd xmm0, xmm1; ret', 'f2 0f 58 c1 c3', 'xmm0', 'written 64'],
    ['cvtsd2ss xmm0, xmm1; ret', 'f2 0f 5a c1 c3', 'xmm0', 'written 32'],
    ['cvtss2sd xmm0, xmm1; ret', 'f3 0f 5a c1 c3', 'xmm0', 'written 64'],
    ['cvtsi2sd xmm0, edi; ret', 'f2 0f 2a c7 c3', 'xmm0', 'written 64'],
    ['movss xmm0, [rdi]; ret', 'f3 0f 10 07 c3', 'xmm0', 'written 32'],
    ['xorps xmm0, xmm0; ret', '0f 57 c0 c3', 'xmm0', 'written 128'],
    ['addsd xmm0, xmm1; ret', 'f2 0f 58 c1 c3', 'xmm1', 'untouched 0'],
    ['sub rsp, 8; call .+0xffc; add rsp, 8; ret', '48 83 ec 08 e8 f7 0f 00 00 48 83 c4 08 c3', 'xmm1', 'call 0'],
  ] as const)('%s', (_, hex, register, expected) => expect(stateOf(hex, register)).toBe(expected));
});

test('each return, and that there are other exits', () => {
  const { returns, otherExits } = resultWrites(flowOf('85 ff 74 06 b8 01 00 00 00 c3 e9 f1 0f 00 00', [0x2000]));
  expect([...returns].map(([at, { rax }]) => `${at.toString(16)} ${rax.state}`)).toEqual(['1009 written']);
  expect(otherExits).toBe(true);
});

test('a jump table that is not known makes all unknown', () => {
  expect(stateOf('50 89 f8 ff 24 c6 b8 01 00 00 00 59 c3')).toBe('unknown 32 written+unknown');
});
