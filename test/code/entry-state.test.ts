import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EntryState, followEntry, type StackAddress } from '../../src/code/entry-state.ts';
import { at, bytesOf, readerOf } from './assembled.ts';

const follow = (hex: string, limit = 100): EntryState => {
  const end = at(0x1000 + bytesOf(hex).length);
  return followEntry(at(0x1000), readerOf({ 4096: hex }), limit, [{ start: at(0x1000), end }]);
};

const place = ({ base, offset }: StackAddress): string => `${base}${offset < 0 ? '' : '+'}${offset}`;

/** `rdi 8 entry-8`; then `(1 bit)` where narrowed, `pushed`, and `if` behind a branch. */
const spillsOf = (hex: string): string[] =>
  follow(hex).spills.map(({ source, size, slot, narrowed, pushed, conditional }) => {
    const name = source.kind === 'register' ? source.reg : `stack+${source.offset}`;
    const marks = [narrowed === null ? '' : ` (${narrowed})`, pushed ? ' pushed' : '', conditional ? ' if' : ''];
    return `${name} ${size} ${place(slot)}${marks.join('')}`;
  });

describe('what is stored in the frame', () => {
  test.each([
    ['mov [rsp-8], rdi; ret', '48 89 7c 24 f8 c3', ['rdi 8 entry-8']],
    [
      'sub rsp, 24; mov [rsp+4], esi; mov [rsp], dl; ret',
      '48 83 ec 18 89 74 24 04 88 14 24 c3',
      ['rsi 4 entry-20', 'rdx 1 entry-24'],
    ],
    [
      'push rbp; mov rbp, rsp; mov [rbp-8], rdi; ret',
      '55 48 89 e5 48 89 7d f8 c3',
      ['rbp 8 entry-8 pushed', 'rdi 8 entry-16'],
    ],
    ['mov rax, rdi; mov [rsp-8], rax; ret', '48 89 f8 48 89 44 24 f8 c3', ['rdi 8 entry-8']],
    ['mov rdi, rsi; mov [rsp-8], rdi; ret', '48 89 f7 48 89 7c 24 f8 c3', ['rsi 8 entry-8']],
    ['mov eax, edi; mov [rsp-8], rax; ret', '89 f8 48 89 44 24 f8 c3', ['rdi 8 entry-8 (32)']],
    ['movzx eax, dil; mov [rsp-4], eax; ret', '40 0f b6 c7 89 44 24 fc c3', ['rdi 4 entry-4 (8)']],
    ['mov al, dil; and al, 1; mov [rsp-1], al; ret', '40 88 f8 24 01 88 44 24 ff c3', ['rdi 1 entry-1 (1)']],
    ['and edi, 0xff; mov [rsp-8], rdi; ret', '81 e7 ff 00 00 00 48 89 7c 24 f8 c3', ['rdi 8 entry-8 (8)']],
    ['and edi, 6; mov [rsp-8], rdi; ret', '83 e7 06 48 89 7c 24 f8 c3', []],
    ['mov al, dil; mov [rsp-8], rax; ret', '40 88 f8 48 89 44 24 f8 c3', []],
    [
      'movsd [rsp-8], xmm0; movss [rsp-12], xmm1; movups [rsp-32], xmm2; ret',
      'f2 0f 11 44 24 f8 f3 0f 11 4c 24 f4 0f 11 54 24 e0 c3',
      ['xmm0 8 entry-8', 'xmm1 4 entry-12', 'xmm2 16 entry-32'],
    ],
    [
      'movaps xmm3, xmm0; movsd [rsp-8], xmm3; movq rax, xmm1; mov [rsp-16], rax; movd eax, xmm2; mov [rsp-20], eax; ret',
      '0f 28 d8 f2 0f 11 5c 24 f8 66 48 0f 7e c8 48 89 44 24 f0 66 0f 7e d0 89 44 24 ec c3',
      ['xmm0 8 entry-8', 'xmm1 8 entry-16', 'xmm2 4 entry-20'],
    ],
    ['movq xmm0, rdi; movsd [rsp-8], xmm0; ret', '66 48 0f 6e c7 f2 0f 11 44 24 f8 c3', ['rdi 8 entry-8']],
    [
      'mov [rsp-8], rdi; mov rax, [rsp-8]; mov [rsp-16], rax; ret',
      '48 89 7c 24 f8 48 8b 44 24 f8 48 89 44 24 f0 c3',
      ['rdi 8 entry-8', 'rdi 8 entry-16'],
    ],
    [
      'mov [rsp-8], rdi; mov byte ptr [rsp-5], 0; mov rax, [rsp-8]; mov [rsp-16], rax; ret',
      '48 89 7c 24 f8 c6 44 24 fb 00 48 8b 44 24 f8 48 89 44 24 f0 c3',
      ['rdi 8 entry-8'],
    ],
    [
      'mov rax, [rsp+8]; mov [rsp-8], rax; mov ecx, [rsp+16]; mov [rsp-12], ecx; ret',
      '48 8b 44 24 08 48 89 44 24 f8 8b 4c 24 10 89 4c 24 f4 c3',
      ['stack+8 8 entry-8', 'stack+16 4 entry-12'],
    ],
    [
      'mov qword ptr [rsp+8], 0; mov rax, [rsp+8]; mov [rsp-8], rax; ret',
      '48 c7 44 24 08 00 00 00 00 48 8b 44 24 08 48 89 44 24 f8 c3',
      [],
    ],
    ['mov [rsp+rcx], al; mov rax, [rsp+8]; mov [rsp-8], rax; ret', '88 04 0c 48 8b 44 24 08 48 89 44 24 f8 c3', []],
    [
      'push rbp; mov rbp, rsp; and rsp, -64; sub rsp, 64; mov [rsp+8], rdi; mov [rbp-8], rsi; ret',
      '55 48 89 e5 48 83 e4 c0 48 83 ec 40 48 89 7c 24 08 48 89 75 f8 c3',
      ['rbp 8 entry-8 pushed', 'rdi 8 aligned-56', 'rsi 8 entry-16'],
    ],
    ['lea rax, [rsp-16]; mov [rax+8], rdi; ret', '48 8d 44 24 f0 48 89 78 08 c3', ['rdi 8 entry-8']],
    ['mov [rdi], rsi; ret', '48 89 37 c3', []],
    ['add rdi, 1; mov [rsp-8], rdi; ret', '48 83 c7 01 48 89 7c 24 f8 c3', []],
    ['xor edi, edi; mov [rsp-8], rdi; ret', '31 ff 48 89 7c 24 f8 c3', []],
    ['cmovne rdi, rsi; mov [rsp-8], rdi; ret', '48 0f 45 fe 48 89 7c 24 f8 c3', []],
    [
      'mov eax, 0x2000; call .+0xffb; sub rsp, rax; mov [rsp+8], rdi; ret',
      'b8 00 20 00 00 e8 f6 0f 00 00 48 29 c4 48 89 7c 24 08 c3',
      ['rdi 8 entry-8184'],
    ],
    [
      'sub rsp, 0x1000; mov qword ptr [rsp], 0; sub rsp, 0x1000; mov [rsp+8], rdi; ret',
      '48 81 ec 00 10 00 00 48 c7 04 24 00 00 00 00 48 81 ec 00 10 00 00 48 89 7c 24 08 c3',
      ['rdi 8 entry-8184'],
    ],
    [
      'lea r11, [rsp-0x3000]; 1: sub rsp, 0x1000; mov qword ptr [rsp], 0; cmp rsp, r11; jne 1b; mov [rsp+8], rdi; ret',
      '4c 8d 9c 24 00 d0 ff ff 48 81 ec 00 10 00 00 48 c7 04 24 00 00 00 00 4c 39 dc 75 ec 48 89 7c 24 08 c3',
      ['rdi 8 entry-12280'],
    ],
    [
      'lea r11, [rsp-0x3000]; 1: sub rsp, 0x1000; or qword ptr [rsp], 0; cmp rsp, r11; jne 1b; sub rsp, 8; mov [rsp], rdi; ret',
      '4c 8d 9c 24 00 d0 ff ff 48 81 ec 00 10 00 00 48 83 0c 24 00 4c 39 dc 75 ef 48 83 ec 08 48 89 3c 24 c3',
      ['rdi 8 entry-12296'],
    ],
    ['test esi, esi; je 1f; mov [rsp-8], rdi; ret; 1: ret', '85 f6 74 06 48 89 7c 24 f8 c3 c3', ['rdi 8 entry-8 if']],
    ['jmp 1f; ud2; 1: mov [rsp-8], rdi; ret', 'eb 02 0f 0b 48 89 7c 24 f8 c3', ['rdi 8 entry-8']],
  ])('%s', (_, hex, expected) => expect(spillsOf(hex)).toEqual(expected));
});

describe('where it ends', () => {
  test.each([
    ['nop; call .+0xfff; ret', '90 e8 fa 0f 00 00 c3', 'call 1001'],
    ['call [rdi]; ret', 'ff 17 c3', 'call 1000'],
    ['nop; ret', '90 c3', 'return 1001'],
    ['jmp rax', 'ff e0', 'jump 1000'],
    ['jmp .+0x1000', 'e9 fb 0f 00 00', 'jump 1000'],
    ['nop; 1: dec rdi; jne 1b; ret', '90 48 ff cf 75 fb c3', 'loop 1004'],
    ['nop; 1: add rsp, -16; cmp rsp, rax; jne 1b; ret', '90 48 83 c4 f0 48 39 c4 75 f7 c3', 'loop 1008'],
    [
      'lea r11, [rsp-0x3000]; 1: dec rdi; cmp rsp, r11; jne 1b; ret',
      '4c 8d 9c 24 00 d0 ff ff 48 ff cf 4c 39 dc 75 f8 c3',
      'loop 100e',
    ],
    ['nop; jmp .-1', '90 eb fd', 'jump 1001'],
    ['ud2', '0f 0b', 'end 1000'],
    ['syscall; ret', '0f 05 c3', 'end 1000'],
    ['bytes that end', '90', 'code 1000'],
    ['no instruction', '90 06', 'code 1000'],
  ])('%s', (_, hex, expected) => {
    const { why, at: place } = follow(hex).reached;
    expect(`${why} ${place.toString(16)}`).toBe(expected);
  });

  test('at the limit', () => {
    expect(follow('90 90 90 c3', 2)).toMatchObject({ reached: { why: 'limit', at: 0x1002n } });
    expect(follow('90 90 90 c3', 2).frames.size).toBe(2);
  });

  test('a call in the same place as a stack probe, of less than a page, is a call', () => {
    expect(follow('b8 08 00 00 00 e8 f6 0f 00 00 48 29 c4 c3').reached.why).toBe('call');
  });
});

test('the stack and frame pointer before each instruction', () => {
  const { frames } = follow('55 48 89 e5 53 48 83 e4 e0 48 83 ec 40 48 8d 65 f8 5b 5d c3');
  const shown = [...frames.values()].map(({ rsp, rbp }) => `${rsp && place(rsp)} ${rbp && place(rbp)}`);
  expect(shown).toEqual([
    'entry+0 null',
    'entry-8 null',
    'entry-8 entry-8',
    'entry-16 entry-8',
    'aligned+0 entry-8',
    'aligned-64 entry-8',
    'entry-16 entry-8',
    'entry-8 entry-8',
    'entry+0 null',
  ]);
});

test('any bytes have an answer, of at most so many instructions', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const code = (from: bigint, length: number) =>
        from >= 0x1000n && from + BigInt(length) <= 0x1000n + BigInt(bytes.length)
          ? bytes.subarray(Number(from) - 0x1000, Number(from) - 0x1000 + length)
          : undefined;
      const { frames, spills } = followEntry(at(0x1000), code, 20, [{ start: at(0x1000), end: at(0x2000) }]);
      return frames.size <= 20 && spills.length <= 20;
    }),
    { numRuns: 2000 },
  );
});
