import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Condition, JumpTarget } from '../../src/trace/site.ts';
import type { Registers } from '../support/bpf-vm.ts';
import { mainThread, probeSite, TracedMachine, tailCall } from './traced-machine.ts';

const sp = 0x7000n;

/** The Intel manual's table of conditions (volume 1, appendix B), in words of flags. */
const holds: Record<Condition, (f: { c: boolean; p: boolean; z: boolean; s: boolean; o: boolean }) => boolean> = {
  o: ({ o }) => o,
  no: ({ o }) => !o,
  b: ({ c }) => c,
  ae: ({ c }) => !c,
  e: ({ z }) => z,
  ne: ({ z }) => !z,
  be: ({ c, z }) => c || z,
  a: ({ c, z }) => !c && !z,
  s: ({ s }) => s,
  ns: ({ s }) => !s,
  p: ({ p }) => p,
  np: ({ p }) => !p,
  l: ({ s, o }) => s !== o,
  ge: ({ s, o }) => s === o,
  le: ({ z, s, o }) => z || s !== o,
  g: ({ z, s, o }) => !z && s === o,
};

describe('a conditional jump is an exit only where it is taken', () => {
  test.each(Object.keys(holds) as Condition[])('j%s', (condition) => {
    const traced = new TracedMachine([probeSite({ returns: { mode: 'sites', exits: [tailCall({ condition })] } })]);
    const check = (c: boolean, p: boolean, z: boolean, s: boolean, o: boolean, others: bigint): void => {
      const bits = [c && 0x1n, p && 0x4n, z && 0x40n, s && 0x80n, o && 0x800n].filter((bit) => bit !== false);
      const flags = bits.reduce((all, bit) => all | bit, others & ~0x8c5n);
      traced.enter(mainThread, 0, sp);
      traced.exit(mainThread, 0, sp, { flags });
      const taken = traced.records().some(({ kind }) => kind === 'exit');
      expect(taken, `flags 0x${flags.toString(16)}`).toBe(holds[condition]({ c, p, z, s, o }));
    };
    for (let bits = 0; bits < 32; bits++) {
      const [c, p, z, s, o] = [1, 2, 4, 8, 16].map((bit) => (bits & bit) !== 0) as [
        boolean,
        boolean,
        boolean,
        boolean,
        boolean,
      ];
      check(c, p, z, s, o, 0x202n);
    }
    const flag = fc.boolean();
    fc.assert(fc.property(flag, flag, flag, flag, flag, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), check), {
      numRuns: 30,
    });
  });
});

describe('an indirect jump is an exit only where it leaves the function', () => {
  const rip = 0x5555_0000_1000n;
  const inside = [
    { start: -0x100n, end: 0x80n },
    { start: 0x4000n, end: 0x4010n },
    { start: -0x9000n, end: -0x8ff0n },
  ];
  const isInside = (distance: bigint): boolean => inside.some(({ start, end }) => distance >= start && distance < end);
  const edges = inside.flatMap(({ start, end }) => [start - 1n, start, end - 1n, end]);
  const distances = fc.oneof(
    fc.constantFrom(...edges, 0n, 1n, -1n, 0x7fff_ffff_0000n, -rip),
    fc.bigInt({ min: -0xa000n, max: 0xa000n }),
  );

  const traced = (target: JumpTarget): TracedMachine =>
    new TracedMachine([probeSite({ returns: { mode: 'sites', exits: [tailCall({ target, inside })] } })]);
  const hit = (machine: TracedMachine, regs: Registers): boolean => {
    machine.enter(mainThread, 0, sp);
    machine.exit(mainThread, 0, sp, { rip, ...regs });
    return machine.records().some(({ kind }) => kind === 'exit');
  };

  test('through a register', () => {
    const machine = traced({ kind: 'register', reg: 'r11' });
    fc.assert(
      fc.property(distances, (distance) => {
        expect(hit(machine, { r11: rip + distance })).toBe(!isInside(distance));
      }),
    );
  });

  test('through memory at base, index, scale and displacement', () => {
    const reg = fc.constantFrom(null, 'rax', 'rbx', 'r15', 'rsp');
    const number = fc.bigInt({ min: 0n, max: 0xffff_ffffn });
    const displacement = fc.bigInt({ min: -(1n << 31n), max: (1n << 31n) - 1n });
    fc.assert(
      fc.property(
        distances,
        reg,
        fc.constantFrom(null, 'rcx', 'r8'),
        fc.constantFrom(1, 2, 4, 8),
        displacement,
        number,
        number,
        (distance, base, index, scale, moved, b, i) => {
          const machine = traced({ kind: 'memory', base, index, scale, displacement: moved });
          const regs: Registers = {
            ...(base === null || base === 'rsp' ? {} : { [base]: b }),
            ...(index === null ? {} : { [index]: i }),
          };
          const start = base === null ? 0n : base === 'rsp' ? sp : b;
          const at = start + (index === null ? 0n : i * BigInt(scale)) + moved;
          fc.pre(at >= 0n); // below 0 the word would lie across the end of the address space
          machine.machine.user.writeWord(at, rip + distance);
          expect(hit(machine, regs)).toBe(!isInside(distance));
        },
      ),
    );
  });

  test('through a pointer at a distance', () => {
    fc.assert(
      fc.property(distances, fc.bigInt({ min: -(1n << 31n), max: 1n << 31n }), (distance, away) => {
        const machine = traced({ kind: 'pointer', distance: away });
        machine.machine.user.writeWord(rip + away, rip + distance);
        expect(hit(machine, {})).toBe(!isInside(distance));
      }),
    );
  });

  test('where the target is not readable, nothing is claimed', () => {
    const machine = traced({ kind: 'pointer', distance: 0x100n });
    expect(hit(machine, {})).toBe(false);
    expect(machine.pending()).toHaveLength(1);
  });

  test('each jump has its own ranges, though one program serves all of a form', () => {
    const exits = [
      tailCall({ target: { kind: 'register', reg: 'rax' }, inside: [{ start: 0n, end: 16n }] }),
      tailCall({ target: { kind: 'register', reg: 'rax' }, inside: [{ start: 32n, end: 48n }] }),
    ];
    const machine = new TracedMachine([probeSite({ returns: { mode: 'sites', exits } })]);
    expect(machine.plan.exitPrograms).toHaveLength(1);
    machine.enter(mainThread, 0, sp);
    machine.exit(mainThread, 0, sp, { rip, rax: rip + 8n }, 0);
    machine.exit(mainThread, 0, sp, { rip, rax: rip + 40n }, 1);
    expect(machine.pending()).toHaveLength(1);
    machine.exit(mainThread, 0, sp, { rip, rax: rip + 8n }, 1);
    expect(machine.records().at(-1)).toMatchObject({ kind: 'exit', site: 1 });
  });
});
