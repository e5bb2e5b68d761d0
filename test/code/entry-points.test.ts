import { describe, expect, test } from 'vitest';
import { cheaperEntry } from '../../src/code/entry-points.ts';
import type { Register } from '../../src/code/operand.ts';
import { flowOf } from './flow-of.ts';

const entryOf = (
  hex: string,
  needed: readonly Register[] = ['rdi', 'rsi'],
  functions: readonly number[] = [],
): string => {
  const found = cheaperEntry(flowOf(hex, [0x2000, ...functions]), new Set(needed));
  return found === null ? 'none' : `${found.address.toString(16)} ${found.rspDelta}`;
};

describe('a cheaper instruction to probe', () => {
  test.each([
    ['push rbp; pop rbp; ret', '55 5d c3', 'none'],
    [
      'sub rsp, 24; mov [rsp+8], rdi; call .+0xff7; add rsp, 24; ret',
      '48 83 ec 18 48 89 7c 24 08 e8 f2 0f 00 00 48 83 c4 18 c3',
      '1009 -24',
    ],
    [
      'sub rsp, 24; lea rdi, [rsp+8]; call .+0xff7; add rsp, 24; ret',
      '48 83 ec 18 48 8d 7c 24 08 e8 f2 0f 00 00 48 83 c4 18 c3',
      'none',
    ],
    ['endbr64; push rbp; mov rbp, rsp; pop rbp; ret', 'f3 0f 1e fa 55 48 89 e5 5d c3', '1004 0'],
    ['mov rax, rdi; push rbx; pop rbx; ret', '48 89 f8 53 5b c3', '1003 0'],
    ['test edi, edi; je 1f; nop; 1: ret', '85 ff 74 01 90 c3', '1002 0'],
    ['sub rsp, 8; nop dword ptr [rax]; add rsp, 8; ret', '48 83 ec 08 0f 1f 00 48 83 c4 08 c3', '1004 -8'],
    // Memory that the caller knows may have changed.
    ['mov [rdi], rsi; push rbx; pop rbx; ret', '48 89 37 53 5b c3', 'none'],
    ['mov [rsp+8], rax; push rbx; pop rbx; ret', '48 89 44 24 08 53 5b c3', 'none'],
    ['rep stosb; push rbx; pop rbx; ret', 'f3 aa 53 5b c3', 'none'],
    ['mov [rsp-8], rsi; push rbx; pop rbx; ret', '48 89 74 24 f8 53 5b c3', '1005 0'],
    // Hit more than once a call, or not at all.
    ['mov rax, rdi; 1: push rbx; pop rbx; dec rdi; jne 1b; ret', '48 89 f8 53 5b 48 ff cf 75 f9 c3', 'none'],
    ['1: mov rax, rdi; push rbx; pop rbx; dec rdi; jne 1b; ret', '48 89 f8 53 5b 48 ff cf 75 f6 c3', 'none'],
    ['mov rax, rdi; push rbx; pop rbx; jmp rax', '48 89 f8 53 5b ff e0', 'none'],
    ['mov rax, rdi; jmp .+0xffd', '48 89 f8 e9 f8 0f 00 00', 'none'],
    ['mov rax, rdi; jmp 1f; ud2; 1: ret', '48 89 f8 eb 02 0f 0b c3', '1003 0'],
    ['mov rax, rdi; ret', '48 89 f8 c3', 'none'],
    ['mov rsp, rax; push rbx; pop rbx; ret', '48 89 c4 53 5b c3', 'none'],
    ['push rbp; mov rbp, rsp; and rsp, -32; pop rbp; ret', '55 48 89 e5 48 83 e4 e0 5d c3', 'none'],
    ['mov rbp, rsp; and rsp, -32; push rbx; mov rsp, rbp; ret', '48 89 e5 48 83 e4 e0 53 48 89 ec c3', 'none'],
  ])('%s', (_, hex, expected) => expect(entryOf(hex)).toBe(expected));

  test('registers that are not needed may change', () => {
    const hex = '48 89 f7 53 5b c3';
    expect(entryOf(hex)).toBe('none');
    expect(entryOf(hex, ['rsi'])).toBe('1003 0');
  });

  test('another function that begins there ends the search', () => {
    expect(entryOf('48 89 f8 53 5b c3', ['rdi'], [0x1003])).toBe('none');
  });
});
