import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ArgumentRegister, argumentRegisters, argumentUse } from '../../src/code/argument-use.ts';
import { openFlow } from '../../src/code/flow.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

/** Of one register, in short: `read 32`. */
const useOf = (hex: string, register: ArgumentRegister): string => {
  const { use, width } = argumentUse(flowOf(hex, [0x2000])).registers[register];
  return `${use} ${width}`;
};

describe('what a function does with rdi', () => {
  test.each([
    ['mov eax, 5; ret', 'b8 05 00 00 00 c3', 'unused 0'],
    ['lea rax, [rdi+8]; ret', '48 8d 47 08 c3', 'read 64'],
    ['mov eax, edi; ret', '89 f8 c3', 'copied 32'],
    ['movzx eax, dil; ret', '40 0f b6 c7 c3', 'copied 8'],
    ['mov edi, edi; xor eax, eax; ret', '89 ff 31 c0 c3', 'read 32'],
    ['add rdi, 1; xor eax, eax; ret', '48 83 c7 01 31 c0 c3', 'read 64'],
    ['test dil, 1; xor eax, eax; ret', '40 f6 c7 01 31 c0 c3', 'read 8'],
    ['cmovne rax, rdi; ret', '48 0f 45 c7 c3', 'read 64'],
    ['cmovne rdi, rax; ret', '48 0f 45 f8 c3', 'read 64'],
    ['cvtsi2sd xmm0, edi; ret', 'f2 0f 2a c7 c3', 'read 32'],
    ['xor edi, edi; mov eax, edi; ret', '31 ff 89 f8 c3', 'unused 0'],
    ['sub edi, edi; mov eax, edi; ret', '29 ff 89 f8 c3', 'unused 0'],
    ['sbb edi, edi; mov eax, edi; ret', '19 ff 89 f8 c3', 'unused 0'],
    ['and edi, 0; mov eax, edi; ret', '83 e7 00 89 f8 c3', 'unused 0'],
    ['or rdi, -1; mov rax, rdi; ret', '48 83 cf ff 48 89 f8 c3', 'unused 0'],
    ['mov edi, 1; mov eax, edi; ret', 'bf 01 00 00 00 89 f8 c3', 'unused 0'],
    ['mov edi, [rip+0x100]; mov eax, edi; ret', '8b 3d 00 01 00 00 89 f8 c3', 'unused 0'],
    ['nop dword ptr [rdi+rdi]; xor eax, eax; ret', '0f 1f 04 3f 31 c0 c3', 'unused 0'],
    ['sete dil; test dil, dil; ret', '40 0f 94 c7 40 84 ff c3', 'unknown 0'],
    ['push rdi; pop rcx; ret', '57 59 c3', 'unknown 0'],
    ['mov [rsp-8], rdi; ret', '48 89 7c 24 f8 c3', 'stored 64'],
    ['push rbp; mov rbp, rsp; mov [rbp-4], edi; pop rbp; ret', '55 48 89 e5 89 7d fc 5d c3', 'stored 32'],
    [
      'push rbp; mov rbp, rsp; and rsp, -32; sub rsp, 64; mov [rsp+8], rdi; leave; ret',
      '55 48 89 e5 48 83 e4 e0 48 83 ec 40 48 89 7c 24 08 c9 c3',
      'stored 64',
    ],
    ['mov rbp, rsi; mov [rbp-4], edi; ret', '48 89 f5 89 7d fc c3', 'read 32'],
    ['mov [rsi], rdi; ret', '48 89 3e c3', 'read 64'],
    ['mov rax, [rdi]; ret', '48 8b 07 c3', 'dereferenced 64'],
    ['mov [rdi+8], rsi; ret', '48 89 77 08 c3', 'dereferenced 64'],
    ['mov eax, [rdi+rsi*4]; ret', '8b 04 b7 c3', 'dereferenced 64'],
    ['mov eax, [rsi+rdi*4]; ret', '8b 04 be c3', 'read 64'],
    ['mov eax, [rsi+rdi]; ret', '8b 04 3e c3', 'read 64'],
    ['mov rax, fs:[rdi]; ret', '64 48 8b 07 c3', 'read 64'],
    ['push rbx; mov rbx, rdi; mov eax, [rbx+4]; pop rbx; ret', '53 48 89 fb 8b 43 04 5b c3', 'dereferenced 64'],
    ['call .+0x1000; ret', 'e8 fb 0f 00 00 c3', 'passed 0'],
    ['jmp .+0x1000', 'e9 fb 0f 00 00', 'passed 0'],
    ['jmp [rsi+0x18]', 'ff 66 18', 'passed 0'],
    ['syscall; ret', '0f 05 c3', 'passed 0'],
    ['mov edi, 1; call .+0xffb; ret', 'bf 01 00 00 00 e8 f6 0f 00 00 c3', 'unused 0'],
    ['rep movsb; ret', 'f3 a4 c3', 'read 64'],
    ['test esi, esi; je 1f; mov edi, 7; 1: mov eax, edi; ret', '85 f6 74 05 bf 07 00 00 00 89 f8 c3', 'copied 32'],
    [
      'test esi, esi; je 1f; mov eax, 1; ret; 1: mov eax, [rdi]; ret',
      '85 f6 74 06 b8 01 00 00 00 c3 8b 07 c3',
      'dereferenced 64',
    ],
    [
      'mov eax, 0x2000; call .+0xffb; sub rsp, rax; mov eax, edi; add rsp, 0x2000; ret',
      'b8 00 20 00 00 e8 f6 0f 00 00 48 29 c4 89 f8 48 81 c4 00 20 00 00 c3',
      'copied 32',
    ],
  ])('%s', (_, hex, expected) => expect(useOf(hex, 'rdi')).toBe(expected));

  test.each([
    [
      'push rbx; mov rbx, rdi; mov rdi, rsi; call .+0xff9; mov eax, [rbx+4]; pop rbx; ret',
      '53 48 89 fb 48 89 f7 e8 f4 0f 00 00 8b 43 04 5b c3',
    ],
  ])('%s: what a callee preserves is followed', (_, hex) => {
    expect(useOf(hex, 'rdi')).toBe('dereferenced 64');
    expect(useOf(hex, 'rsi')).toBe('copied 64');
  });

  test.each([
    // Behind the call, that doesn't return, lies the landing pad of the first one: rbx is rsi there.
    [
      'push rbx; mov rbx, rsi; call .+0xffc; mov rbx, rdi; xor eax, eax; test edx, edx; je 1f; pop rbx; ret; 1: mov rbx, rdi; call .+0xfe9; mov rdi, rax; mov eax, [rbx+4]; ud2',
      '53 48 89 f3 e8 f7 0f 00 00 48 89 fb 31 c0 85 d2 74 02 5b c3 48 89 fb e8 e4 0f 00 00 48 89 c7 8b 43 04 0f 0b',
    ],
  ])('%s: a landing pad behind a call proves nothing', (_, hex) => {
    expect(argumentUse(flowOf(hex, [0x2000])).registers.rdi.accesses).toEqual([]);
  });
});

describe('vector registers', () => {
  test.each([
    ['addsd xmm1, xmm0; ret', 'f2 0f 58 c8 c3', 'read 64'],
    ['addss xmm1, xmm0; ret', 'f3 0f 58 c8 c3', 'read 32'],
    ['movsd [rsp-8], xmm0; ret', 'f2 0f 11 44 24 f8 c3', 'stored 64'],
    ['movss [rsp-8], xmm0; ret', 'f3 0f 11 44 24 f8 c3', 'stored 32'],
    ['movsd [rdi], xmm0; ret', 'f2 0f 11 07 c3', 'read 64'],
    ['movaps xmm2, xmm0; xorps xmm0, xmm0; ret', '0f 28 d0 0f 57 c0 c3', 'copied 128'],
    ['movq rax, xmm0; xorps xmm0, xmm0; ret', '66 48 0f 7e c0 0f 57 c0 c3', 'copied 64'],
    ['xorps xmm0, xmm0; ret', '0f 57 c0 c3', 'unused 0'],
    ['vxorps xmm0, xmm0, xmm0; ret', 'c5 f8 57 c0 c3', 'unused 0'],
    ['pcmpeqd xmm0, xmm0; ret', '66 0f 76 c0 c3', 'unused 0'],
    ['movsd xmm0, [rdi]; ret', 'f2 0f 10 07 c3', 'unused 0'],
    ['ret', 'c3', 'passed 0'],
    ['cvtsi2sd xmm0, edi; ret', 'f2 0f 2a c7 c3', 'unknown 0'],
    ['sqrtsd xmm0, xmm0; ret', 'f2 0f 51 c0 c3', 'read 64'],
    ['sqrtsd xmm0, xmm1; ret', 'f2 0f 51 c1 c3', 'unknown 0'],
  ])('%s', (_, hex, expected) => expect(useOf(hex, 'xmm0')).toBe(expected));
});

describe('what may be given back or on', () => {
  test.each([
    ['mov rax, rdi; ret', '48 89 f8 c3', 'rdx', 'passed 0'],
    ['mov rax, rdi; ret', '48 89 f8 c3', 'rsi', 'unused 0'],
    ['xor edx, edx; ret', '31 d2 c3', 'rdx', 'unused 0'],
    ['test al, al; ret', '84 c0 c3', 'rax', 'read 8'],
    ['jmp rdi', 'ff e7', 'r9', 'passed 0'],
  ] as const)('%s', (_, hex, register, expected) => expect(useOf(hex, register)).toBe(expected));
});

test('accesses say where and how much', () => {
  const { accesses, passed } = argumentUse(
    flowOf('8b 47 04 c6 47 08 01 48 ff 47 f0 8b 54 f7 20 e9 ef 0f 00 00', [0x2000]),
  ).registers.rdi;
  expect(accesses.map(({ at: _, ...access }) => access)).toEqual([
    { displacement: 4, size: 4, kind: 'read', indexed: false },
    { displacement: 8, size: 1, kind: 'write', indexed: false },
    { displacement: -16, size: 8, kind: 'both', indexed: false },
    { displacement: 32, size: 4, kind: 'read', indexed: true },
  ]);
  expect(passed).toBe(true);
});

describe('arguments on the stack', () => {
  test.each([
    ['mov rax, [rsp+8]; ret', '48 8b 44 24 08 c3', '8 read 64, known'],
    [
      'sub rsp, 40; mov eax, [rsp+0x38]; mov ecx, [rsp]; add rsp, 40; ret',
      '48 83 ec 28 8b 44 24 38 8b 0c 24 48 83 c4 28 c3',
      '16 read 32, known',
    ],
    [
      'push rbp; mov rbp, rsp; movzx eax, byte ptr [rbp+16]; pop rbp; ret',
      '55 48 89 e5 0f b6 45 10 5d c3',
      '8 read 8, known',
    ],
    [
      'mov qword ptr [rsp+8], 1; mov rax, [rsp+8]; ret',
      '48 c7 44 24 08 01 00 00 00 48 8b 44 24 08 c3',
      '8 written 0, known',
    ],
    ['lea rax, [rsp+24]; ret', '48 8d 44 24 18 c3', '24 addressed 0, not known'],
    ['push rax; xor eax, eax; pop rcx; ret', '50 31 c0 59 c3', 'known'],
    [
      'push rbp; mov rbp, rsp; and rsp, -32; mov eax, [rsp+64]; leave; ret',
      '55 48 89 e5 48 83 e4 e0 8b 44 24 40 c9 c3',
      'known',
    ],
    ['mov rsp, rdi; mov eax, [rsp+8]; ret', '48 89 fc 8b 44 24 08 c3', 'not known'],
    ['jmp .+0x1000', 'e9 fb 0f 00 00', 'known, passed'],
    [
      'sub rsp, 0x1000; mov r11, rsp; sub r11, 0x2000; 1: sub rsp, 0x1000; mov qword ptr [rsp], 0; cmp rsp, r11; jne 1b; mov rax, [rsp+0x3008]; add rsp, 0x3000; ret',
      '48 81 ec 00 10 00 00 49 89 e3 49 81 eb 00 20 00 00 48 81 ec 00 10 00 00 48 c7 04 24 00 00 00 00 4c 39 dc 75 ec 48 8b 84 24 08 30 00 00 48 81 c4 00 30 00 00 c3',
      '8 read 64, known',
    ],
  ])('%s', (_, hex, expected) => {
    const { stack, stackKnown, stackPassed } = argumentUse(flowOf(hex, [0x2000]));
    const slots = [...stack].map(([offset, { use, width }]) => `${offset} ${use} ${width}`);
    expect([...slots, stackKnown ? 'known' : 'not known', ...(stackPassed ? ['passed'] : [])].join(', ')).toBe(
      expected,
    );
  });
});

test('any bytes have an answer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (bytes) => {
      const whole = Uint8Array.of(...bytes, 0xc3);
      const flow = openFlow(
        { start: at(0x1000), size: BigInt(whole.length) },
        (place, length) => {
          const from = Number(place) - 0x1000;
          return from >= 0 && from + length <= whole.length ? whole.subarray(from, from + length) : undefined;
        },
        (place) => place === 0x1000n,
      );
      if (typeof flow === 'string') return flow.length > 0;
      return Object.keys(argumentUse(flow).registers).length === argumentRegisters.length;
    }),
    { numRuns: 1000 },
  );
});
