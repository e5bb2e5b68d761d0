import type { Register } from '../../abi/model.ts';
import { type JumpTarget, maxInsideRanges } from '../site.ts';
import { PT_REGS } from '../sys/uapi.ts';
import { add, alu, type Code, jumpIf, label, load, mov, store } from './asm.ts';
import type { Memory } from './memory/memory.ts';
import { SITE } from './records.ts';
import { FRAME, lookup } from './steps.ts';

/** A jump's operand without its numbers, which are data: one program serves every jump of a form. */
export type JumpOperand =
  | { readonly kind: 'register'; readonly reg: Register }
  | { readonly kind: 'memory'; readonly base: Register | null; readonly index: Register | null }
  | { readonly kind: 'pointer' };

export const operandOf = (target: JumpTarget): JumpOperand => {
  switch (target.kind) {
    case 'register':
      return { kind: 'register', reg: target.reg };
    case 'memory':
      return { kind: 'memory', base: target.base, index: target.index };
    case 'pointer':
      return { kind: 'pointer' };
  }
};

/** The numbers of an operand: `scale` shifts the index in r2 to the left, `displacement` is left in r1. Both may use r1 alone. */
type Numbers = { readonly scale: Code; readonly displacement: Code };

/** r1 = the address that an indirect jump goes to; leaves the program if it can't be read. */
export const readTarget = (operand: JumpOperand, { scale, displacement }: Numbers, memory: Memory): Code => {
  if (operand.kind === 'register') return [load(8, 'r1', 'r6', PT_REGS[operand.reg])];
  const base = operand.kind === 'pointer' ? 'rip' : operand.base;
  const index = operand.kind === 'pointer' ? null : operand.index;
  return [
    base === null ? mov('r3', 0) : load(8, 'r3', 'r6', PT_REGS[base]),
    index === null ? [] : [load(8, 'r2', 'r6', PT_REGS[index]), scale, add('r3', 'r2')],
    displacement,
    add('r3', 'r1'),
    mov('r1', 'r10'),
    add('r1', FRAME.mapping),
    mov('r2', 8),
    memory.read,
    jumpIf('ne', 'r0', 0, 'out'),
    load(8, 'r1', 'r10', FRAME.mapping),
  ];
};

/** Those of a site, with its value in r9. */
const siteNumbers: Numbers = {
  scale: [load(8, 'r1', 'r9', SITE.shift), alu('lsh', 'r2', 'r1')],
  displacement: [load(8, 'r1', 'r9', SITE.displacement)],
};

/** Leaves the program where the target is inside the function: a jump table, not an exit. */
export const onlyIfOutside = (operand: JumpOperand, memory: Memory): Code => [
  load(8, 'r1', 'r10', FRAME.site),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('sites', FRAME.small),
  jumpIf('eq', 'r0', 0, 'out'),
  mov('r9', 'r0'),
  readTarget(operand, siteNumbers, memory),
  load(8, 'r2', 'r6', PT_REGS.rip),
  alu('sub', 'r1', 'r2'),
  Array.from({ length: maxInsideRanges }, (_, i): Code => {
    const range = SITE.ranges + i * SITE.rangeSize;
    return [
      load(8, 'r2', 'r9', range),
      jumpIf('slt', 'r1', 'r2', `outside_${i}`),
      load(8, 'r2', 'r9', range + 8),
      jumpIf('slt', 'r1', 'r2', 'out'),
      label(`outside_${i}`),
    ];
  }),
];
