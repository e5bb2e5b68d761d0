import { describe, expect, test } from 'vitest';
import { isBroughtFrom } from '../../src/code/brought.ts';
import { framesOf } from '../../src/code/frames.ts';
import { predecessorsOf } from '../../src/code/region-entries.ts';
import type { Held } from '../../src/code/value-origin.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

/** Whether what is held at the nop of the code at 0x1000 was made by the code from `start` up to `end`. */
const isMade = (code: string, held: Held, start: number, end: number, isNumber = false): boolean => {
  const flow = flowOf(code);
  const nop = flow.instructions.find((each) => each.step?.kind === 'nop');
  const question = {
    flow,
    frames: framesOf(flow),
    before: predecessorsOf(flow),
    isInside: (one: bigint) => one >= start && one < end,
    isHarmless: () => false,
    isNumber,
  };
  return isBroughtFrom(question, nop?.at ?? at(0), held);
};

describe('whether a value was made by a part of the code', () => {
  // mov eax, edi; imul eax, esi; mov ecx, eax; nop; ret
  const product = '89 f8 0f af c6 89 c1 90 c3';

  test('that computes it, and it is only moved behind', () => {
    expect(isMade(product, { register: 'rcx' }, 0x1000, 0x1005)).toBe(true);
    expect(isMade(product, { register: 'rcx' }, 0x1000, 0x1005, true)).toBe(true);
  });

  test('not where what is behind the part computes it', () => {
    expect(isMade(product, { register: 'rcx' }, 0x1000, 0x1002)).toBe(false);
  });

  test('not where it only passes through: the larger of another value and that of the part', () => {
    // mov r8, rdx; test edi, edi; je 0x100b; lea r8, [rsi+rsi*2]; mov rax, r8; nop; ret
    const either = '49 89 d0 85 ff 74 04 4c 8d 04 76 4c 89 c0 90 c3';
    expect(isMade(either, { register: 'rax' }, 0x1003, 0x100b)).toBe(false);
    expect(isMade(either, { register: 'rax' }, 0x1000, 0x100b)).toBe(true);
  });

  // sub rsp, 24; xor ecx, ecx; test edi, edi; je 0x1012; lea eax, [rsi+1]; mov ecx, 1; mov [rsp], ecx; mov [rsp+4], eax; nop
  const option = '48 83 ec 18 31 c9 85 ff 74 08 8d 46 01 b9 01 00 00 00 89 0c 24 89 44 24 04 90 48 83 c4 18 c3';
  const both: Held = { base: 'rsp', displacement: 0, size: 8 };

  test('where one way makes but a tag: `None` has no payload', () => {
    expect(isMade(option, both, 0x1004, 0x1012)).toBe(true);
    // The tag may be made before there is anything else to do.
    expect(isMade(option, both, 0x1006, 0x1012)).toBe(true);
  });

  test('not where nothing of it is made on one way', () => {
    expect(isMade(option, { base: 'rsp', displacement: 4, size: 4 }, 0x1006, 0x1012)).toBe(false);
  });
});

describe('a number that a condition decides', () => {
  // cmp edi, 100; mov ecx, 20; mov eax, 10; cmovae rax, rcx; mov rdx, rax; nop; ret
  const constants = '83 ff 64 b9 14 00 00 00 b8 0a 00 00 00 48 0f 43 c1 48 89 c2 90 c3';
  // lea rax, [rdi+rdi*2]; mov ecx, 7; cmp rdi, 5; cmovb rax, rcx; mov rdx, rax; nop; ret
  const computed = '48 8d 04 7f b9 07 00 00 00 48 83 ff 05 48 0f 42 c1 48 89 c2 90 c3';

  test('of two constants may be `f(x) * 10`: another value of the same line', () => {
    expect(isMade(constants, { register: 'rdx' }, 0x1000, 0x1011, true)).toBe(false);
    expect(isMade(constants, { register: 'rdx' }, 0x1000, 0x1011)).toBe(true);
  });

  test('with one that is computed there is none of these', () => {
    expect(isMade(computed, { register: 'rdx' }, 0x1000, 0x1011, true)).toBe(true);
    // What is computed before the part isn't its own.
    expect(isMade(computed, { register: 'rdx' }, 0x1004, 0x1011, true)).toBe(false);
  });
});
