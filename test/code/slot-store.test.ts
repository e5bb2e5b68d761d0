import { describe, expect, test } from 'vitest';
import { hex } from '../../src/base/units.ts';
import { storeBefore } from '../../src/code/slot-store.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

/** The store of `size` bytes at rsp + 8 seen from the last instruction but one (a nop before `ret`). */
const storeOf = (code: string, size = 8, base: 'rsp' | 'rbp' = 'rsp', displacement = 8): string => {
  const flow = flowOf(code, [0x2000]);
  const nop = flow.instructions.findLast((each) => each.step?.kind === 'nop');
  const found = storeBefore(flow, nop?.at ?? at(0), base, displacement, size);
  if (!found.found) return 'no';
  const { stored } = found;
  const what = stored === null ? '?' : 'register' in stored ? stored.register : hex(stored.immediate);
  return `${found.at.toString(16)} ${what} ${found.callsBetween} ${found.unknownStoresBetween}`;
};

describe('whether [rsp+8] was written', () => {
  test.each([
    ['sub rsp, 24; mov [rsp+8], rdi; nop; ret', '48 83 ec 18 48 89 7c 24 08 90 c3', '1004 rdi 0 0'],
    ['sub rsp, 24; mov [rsp+8], edi; nop; ret', '48 83 ec 18 89 7c 24 08 90 c3', 'no'],
    ['sub rsp, 24; mov [rsp], rdi; nop; ret', '48 83 ec 18 48 89 3c 24 90 c3', 'no'],
    [
      'sub rsp, 24; mov qword ptr [rsp+8], -1; nop; ret',
      '48 83 ec 18 48 c7 44 24 08 ff ff ff ff 90 c3',
      '1004 0xffffffffffffffff 0 0',
    ],
    ['sub rsp, 24; movsd [rsp+8], xmm3; nop; ret', '48 83 ec 18 f2 0f 11 5c 24 08 90 c3', '1004 xmm3 0 0'],
    ['sub rsp, 24; movups [rsp], xmm3; nop; ret', '48 83 ec 18 0f 11 1c 24 90 c3', '1004 ? 0 0'],
    [
      'sub rsp, 24; mov [rsp+8], edi; mov [rsp+12], esi; nop; ret',
      '48 83 ec 18 89 7c 24 08 89 74 24 0c 90 c3',
      '1004 ? 0 0',
    ],
    [
      'sub rsp, 24; mov [rsp+8], rdi; mov byte ptr [rsp+8], 1; nop; ret',
      '48 83 ec 18 48 89 7c 24 08 c6 44 24 08 01 90 c3',
      '1004 ? 0 0',
    ],
    [
      'sub rsp, 24; mov [rsp+8], rdi; call .+0xff7; nop; ret',
      '48 83 ec 18 48 89 7c 24 08 e8 f2 0f 00 00 90 c3',
      '1004 rdi 1 0',
    ],
    [
      'sub rsp, 24; mov [rsp+8], rdi; mov [rax], rcx; rep movsb; nop; ret',
      '48 83 ec 18 48 89 7c 24 08 48 89 08 f3 a4 90 c3',
      '1004 rdi 0 2',
    ],
    [
      'sub rsp, 24; mov [rsp+8], rdi; mov [rsp+16], rcx; nop; ret',
      '48 83 ec 18 48 89 7c 24 08 48 89 4c 24 10 90 c3',
      '1004 rdi 0 0',
    ],
    ['mov [rsp-16], rdi; sub rsp, 24; nop; ret', '48 89 7c 24 f0 48 83 ec 18 90 c3', '1000 rdi 0 0'],
    ['push rdi; push rsi; nop; ret', '57 56 90 c3', '1000 rdi 0 0'],
    ['push rdi; push rsi; push rax; nop; ret', '57 56 50 90 c3', '1001 rsi 0 0'],
    [
      'push rbp; mov rbp, rsp; sub rsp, 16; mov [rbp-8], rdi; nop; ret',
      '55 48 89 e5 48 83 ec 10 48 89 7d f8 90 c3',
      '1008 rdi 0 0',
    ],
    [
      'sub rsp, 24; mov [rsp+8], rdi; jmp 1f; ud2; 1: nop; ret',
      '48 83 ec 18 48 89 7c 24 08 eb 02 0f 0b 90 c3',
      '1004 rdi 0 0',
    ],
    [
      'sub rsp, 24; mov [rsp+8], rdi; test eax, eax; je 1f; ret; 1: nop; ret',
      '48 83 ec 18 48 89 7c 24 08 85 c0 74 01 c3 90 c3',
      '1004 rdi 0 0',
    ],
    [
      'sub rsp, 24; test eax, eax; je 1f; mov [rsp+8], rdi; 1: nop; ret',
      '48 83 ec 18 85 c0 74 05 48 89 7c 24 08 90 c3',
      'no',
    ],
    [
      'sub rsp, 0x1000; mov qword ptr [rsp], 0; sub rsp, 8; nop; ret',
      '48 81 ec 00 10 00 00 48 c7 04 24 00 00 00 00 48 83 ec 08 90 c3',
      'no',
    ],
    [
      'push rbp; mov rbp, rsp; and rsp, -32; sub rsp, 32; mov [rsp+8], rdi; nop; leave; ret',
      '55 48 89 e5 48 83 e4 e0 48 83 ec 20 48 89 7c 24 08 90 c9 c3',
      '100c rdi 0 0',
    ],
    ['mov rsp, rax; mov [rsp+8], rdi; nop; ret', '48 89 c4 48 89 7c 24 08 90 c3', '1003 rdi 0 0'],
    ['mov rsp, rax; mov [rsp+8], rdi; push rax; nop; ret', '48 89 c4 48 89 7c 24 08 50 90 c3', 'no'],
    ['nop; ret', '90 c3', 'no'],
  ])('%s', (_, code, expected) => expect(storeOf(code)).toBe(expected));

  test('less of it, and seen from rbp', () => {
    expect(storeOf('48 83 ec 18 48 89 7c 24 08 90 c3', 4)).toBe('1004 rdi 0 0');
    expect(storeOf('55 48 89 e5 89 7c 24 f8 90 c3', 4, 'rbp', -8)).toBe('1004 rdi 0 0');
  });

  test('an address that is no instruction, and sizes that are none', () => {
    const flow = flowOf('48 83 ec 18 48 89 7c 24 08 90 c3');
    expect(storeBefore(flow, at(0x1001), 'rsp', 8, 8)).toEqual({ found: false });
    expect(storeBefore(flow, at(0x1009), 'rsp', 8, 0)).toEqual({ found: false });
  });
});
