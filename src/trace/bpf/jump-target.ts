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

/** r1 = the address that an indirect jump goes to, with the site's value in r9; leaves the program if it can't be read. */
const readTarget = (operand: JumpOperand, memory: Memory): Code => {
  if (operand.kind === 'register') return [load(8, 'r1', 'r6', PT_REGS[operand.reg])];
  const base = operand.kind === 'pointer' ? 'rip' : operand.base;
  const index = operand.kind === 'pointer' ? null : operand.index;
  return [
    base === null ? mov('r3', 0) : load(8, 'r3', 'r6', PT_REGS[base]),
    index === null
      ? []
      : [load(8, 'r2', 'r6', PT_REGS[index]), load(8, 'r1', 'r9', SITE.shift), alu('lsh', 'r2', 'r1'), add('r3', 'r2')],
    load(8, 'r1', 'r9', SITE.displacement),
    add('r3', 'r1'),
    mov('r1', 'r10'),
    add('r1', FRAME.mapping),
    mov('r2', 8),
    memory.read,
    jumpIf('ne', 'r0', 0, 'out'),
    load(8, 'r1', 'r10', FRAME.mapping),
  ];
};

/** Leaves the program where the target is inside the function: a jump table, not an exit. */
export const onlyIfOutside = (operand: JumpOperand, memory: Memory): Code => [
  load(8, 'r1', 'r10', FRAME.site),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('sites', FRAME.small),
  jumpIf('eq', 'r0', 0, 'out'),
  mov('r9', 'r0'),
  readTarget(operand, memory),
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
