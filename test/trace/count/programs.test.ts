import { describe, expect, test } from 'vitest';
import type { ProgramSpec } from '../../../src/trace/bpf/asm.ts';
import { type BackJump, countProgram, uncountProgram } from '../../../src/trace/bpf/count.ts';
import { countMapSpecs } from '../../../src/trace/bpf/maps.ts';
import { BpfMachine, type Registers } from '../../support/bpf-vm.ts';

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const machine = (): BpfMachine => new BpfMachine(countMapSpecs({ counters: 3, scope: 4 }));
const counter = (on: BpfMachine, slot: number): bigint | undefined =>
  on.entries('counters')[slot]?.value.readBigInt64LE(0);
const hit = (on: BpfMachine, program: ProgramSpec, slot: number, tgid = 100, regs: Registers = {}): void => {
  on.run(program, { tgid, tid: tgid, cookie: BigInt(slot), regs: { rsp: 0x7000n, ...regs } });
};
const everyone = { kind: 'all', except: [1] } as const;

test('a hit counts for the counter of its cookie, in the processes that are watched', () => {
  const on = machine();
  const program = countProgram({ kind: 'named' });
  on.update('scope', u32(100), u32(1));
  hit(on, program, 1);
  hit(on, program, 1);
  hit(on, program, 2);
  hit(on, program, 2, 101);
  hit(on, program, 7);
  expect([0, 1, 2].map((slot) => counter(on, slot))).toEqual([0n, 2n, 1n]);
  const all = countProgram(everyone);
  hit(on, all, 0, 101);
  hit(on, all, 0, 1);
  expect(counter(on, 0)).toBe(1n);
});

describe('a jump back to the first instruction takes off what the hit there will add', () => {
  const zero = 0x40n;
  const jump = (given: Partial<BackJump>): ProgramSpec =>
    uncountProgram({ condition: null, target: null, ...given }, everyone);

  test('always, or under its condition', () => {
    const on = machine();
    hit(on, jump({}), 0);
    expect(counter(on, 0)).toBe(-1n);
    hit(on, jump({ condition: 'ne' }), 1, 100, { flags: zero });
    expect(counter(on, 1)).toBe(0n);
    hit(on, jump({ condition: 'ne' }), 1, 100, { flags: 0n });
    expect(counter(on, 1)).toBe(-1n);
  });

  test('by a register: only where it goes there', () => {
    const on = machine();
    const program = jump({ target: { operand: { kind: 'register', reg: 'rax' }, distance: -0x20n } });
    hit(on, program, 0, 100, { rip: 0x5020n, rax: 0x5010n });
    expect(counter(on, 0)).toBe(0n);
    hit(on, program, 0, 100, { rip: 0x5020n, rax: 0x5000n });
    expect(counter(on, 0)).toBe(-1n);
  });

  test('by a table of addresses', () => {
    const on = machine();
    on.user.write(0x9010n, Buffer.from(new BigUint64Array([0x5000n]).buffer));
    const operand = { kind: 'memory', base: 'rcx', index: 'rax', scale: 8, displacement: -0x10n } as const;
    const program = jump({ target: { operand, distance: -0x20n } });
    hit(on, program, 0, 100, { rip: 0x5020n, rcx: 0x9010n, rax: 2n });
    expect(counter(on, 0)).toBe(-1n);
    hit(on, program, 0, 100, { rip: 0x5021n, rcx: 0x9010n, rax: 2n });
    expect(counter(on, 0)).toBe(-1n);
  });
});
