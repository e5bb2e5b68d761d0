import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probeCost } from '../../src/code/cost.ts';
import { bytesOf } from './assembled.ts';

const costOf = (hex: string): string => probeCost(bytesOf(hex)).cost;

// What a 6.18 kernel did with each was measured: by the time of a hit, by hits that never came, and by results.
describe('what a probe on an instruction costs', () => {
  test.each([
    ['push rbx', '53'],
    ['push r12', '41 54'],
    ['nop', '90'],
    ['a two-byte nop', '66 90'],
    ['pause', 'f3 90'],
    ['nop5', '0f 1f 44 00 00'],
    ['nop8', '0f 1f 84 00 00 00 00 00'],
    ['jmp rel8', 'eb 00'],
    ['jmp rel32', 'e9 00 00 00 00'],
    ['bnd jmp', 'f2 e9 00 00 00 00'],
    ['je', '74 00'],
    ['je rel32', '0f 84 00 00 00 00'],
    ['call', 'e8 00 00 00 00'],
  ])('emulated: %s', (_, hex) => expect(costOf(hex)).toBe('emulated'));

  test.each([
    ['ret', 'c3'],
    ['rep ret', 'f3 c3'],
    ['ret imm16', 'c2 08 00'],
    ['sub rsp', '48 83 ec 08'],
    ['mov', '48 89 f8'],
    ['lea rip', '48 8d 05 00 00 00 00'],
    ['push rbx with a REX prefix', '48 53'],
    ['push bx', '66 53'],
    ['push imm', '6a 05'],
    ['push memory', 'ff 74 24 08'],
    ['endbr64', 'f3 0f 1e fa'],
    ['nop9', '66 0f 1f 84 00 00 00 00 00'],
    ['jmp r11', '41 ff e3'],
    ['bnd jmp r11', 'f2 41 ff e3'],
    ['jrcxz', 'e3 00'],
    ['xchg r11, rax', '49 93'],
    ['fs load', '64 48 8b 04 25 00 00 00 00'],
    ['vmovaps', 'c5 f8 28 c1'],
    ['vmulsd', 'c5 fb 59 c0'],
    ['vucomisd', 'c5 f9 2e c8'],
    ['vmovups, EVEX', '62 f1 7c 08 10 c1'],
  ])('stepped: %s', (_, hex) => expect(costOf(hex)).toBe('stepped'));

  test.each([
    ['notrack jmp', '3e ff e0', /segment prefix/],
    ['cs nop', '66 2e 0f 1f 84 00 00 00 00 00', /segment prefix/],
    ['lock inc', 'f0 ff 44 24 f8', /lock/],
    ['jmp with 66', '66 eb 00', /operand-size/],
    ['int3', 'cc', /refuses this opcode/],
    ['int 0x80', 'cd 80', /refuses this opcode/],
    ['hlt', 'f4', /refuses this opcode/],
    ['mov ss', '8e d0', /stack segment/],
    ['vmovdqa', 'c5 f9 6f c1', /refuses this opcode/],
    ['vpxor', 'c5 f9 ef c0', /refuses this opcode/],
    ['vpor', 'c5 f1 eb c1', /another instruction/],
    ['vmovd to a register', 'c5 f9 7e c0', /another instruction/],
    ['vzeroupper', 'c5 f8 77', /another instruction/],
    ['vfnmadd132ss', 'c4 e2 79 9d c0', /another instruction/],
    ['vpord, EVEX', '62 f1 75 08 eb c1', /another instruction/],
    ['xchg r8, rax', '49 90', /nop/],
    ['pushf', '9c', /trap flag/],
    ['syscall', '0f 05', /system call/],
    ['ud2', '0f 0b', /traps/],
    ['no instruction', '06', /no instruction/],
    ['a cut instruction', '48 b8 00', /no instruction/],
    ['no bytes', '', /no bytes/],
  ])('unprobeable: %s', (_, hex, reason) => {
    const cost = probeCost(bytesOf(hex));
    expect(cost).toMatchObject({ cost: 'unprobeable', reason: expect.stringMatching(reason) });
  });

  test('only the first instruction counts', () => {
    expect(costOf('53 f4')).toBe('emulated');
    expect(probeCost(bytesOf('55 48 89 e5'))).toMatchObject({ instruction: 'push rbp' });
  });

  test('any bytes have an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => {
        const cost = probeCost(bytes);
        return cost.cost !== 'unprobeable' || cost.reason.length > 0;
      }),
      { numRuns: 3000 },
    );
  });
});
