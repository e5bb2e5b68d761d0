import type { Register } from '../../abi/model.ts';
import { type Condition, maxInsideRanges } from '../site.ts';
import { PT_REGS } from '../sys/uapi.ts';
import { add, alu, type Code, call, flatten, jump, jumpIf, label, load, mov, type ProgramSpec, store } from './asm.ts';
import { capture } from './capture.ts';
import type { Surroundings } from './entry.ts';
import { memoryOf } from './memory/chosen-memory.ts';
import type { Memory, Recording } from './memory/memory.ts';
import { EXIT, mostSaved, PENDING, PENDING_LOST, RECORD, type RecordLayout, SITE, THREAD } from './records.ts';
import { begin, countFunction, end, FRAME, lookup, noteStackPointer, remove, writeHeader } from './steps.ts';
import { onlyIfTaken } from './taken.ts';

/** A jump's operand without its numbers, which are data: one program serves every jump of a form. */
export type JumpOperand =
  | { readonly kind: 'register'; readonly reg: Register }
  | { readonly kind: 'memory'; readonly base: Register | null; readonly index: Register | null }
  | { readonly kind: 'pointer' };

export type ExitShape = {
  readonly layout: RecordLayout;
  readonly condition: Condition | null;
  /** What of the operand the program depends on; the rest is in the site's value. */
  readonly operand: JumpOperand | null;
  /** A hit without a call under way is not counted: other functions share the instruction. */
  readonly shared: boolean;
  /** What is added to the stack pointer to get the one that the call is known by: -8 behind a return. */
  readonly stackAdjust: number;
  /** Words that were saved at entry are wanted. */
  readonly needsSaved: boolean;
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
const onlyIfOutside = (operand: JumpOperand, memory: Memory): Code => [
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

/** A forked child returns from calls that its parent entered: those are not calls of its own. */
const countUnmatched: Code = [
  load(8, 'r1', 'r10', FRAME.thread),
  alu('rsh', 'r1', 32),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('forked', FRAME.small),
  jumpIf('ne', 'r0', 0, 'out'),
  countFunction('unmatchedExits', 'unmatched'),
];

/**
 * The program at an exit, one per shape. The cookie holds the function (low half) and the exit's number among all
 * exits (high half). At a `ret` the stack pointer is what it was at the entry, which makes the key of the call.
 */
export const exitProgram = (shape: ExitShape, around: Surroundings): ProgramSpec => {
  const memory = memoryOf(around.coldPages === true);
  const recording: Recording = {
    size: shape.layout.size,
    fill: [
      writeHeader(RECORD.exit),
      store(8, 'r9', EXIT.callId, 'r7'),
      load(8, 'r1', 'r10', FRAME.site),
      store(8, 'r9', EXIT.site, 'r1'),
      capture(shape.layout, memory),
    ],
    keep: null,
    regain: [],
    lost: countFunction('lostExits', 'lost'),
    undo: [],
  };
  return {
    name: 'rsym_exit',
    type: 'kprobe',
    uprobeMulti: true,
    isSleepable: memory.isSleepable,
    functions: [],
    code: flatten([
      begin(around.scope),
      shape.condition ? onlyIfTaken(shape.condition) : [],
      noteStackPointer(shape.stackAdjust),
      mov('r1', 'r6'),
      call('get_attach_cookie'),
      mov('r1', 'r0'),
      alu('lsh', 'r1', 32),
      alu('rsh', 'r1', 32),
      store(8, 'r10', FRAME.fn, 'r1'),
      alu('rsh', 'r0', 32),
      store(8, 'r10', FRAME.site, 'r0'),
      shape.operand ? onlyIfOutside(shape.operand, memory) : [],
      lookup('pending', FRAME.thread),
      jumpIf('ne', 'r0', 0, 'under_way'),
      shape.shared || shape.operand || shape.condition ? [] : countUnmatched,
      jump('out'),
      label('under_way'),
      load(8, 'r7', 'r0', PENDING.callId),
      load(8, 'r9', 'r0', PENDING.flags),
      shape.needsSaved
        ? Array.from(
            { length: mostSaved },
            (_, i): Code => [
              load(8, 'r1', 'r0', PENDING.saved + 8 * i),
              store(8, 'r10', FRAME.pendingValue + PENDING.saved + 8 * i, 'r1'),
            ],
          )
        : [],
      load(8, 'r1', 'r0', PENDING.prevSp),
      store(8, 'r10', FRAME.mapping, 'r1'),
      load(8, 'r1', 'r0', PENDING.prevFn),
      store(8, 'r10', FRAME.mapping + 8, 'r1'),
      lookup('threads', FRAME.thread),
      jumpIf('eq', 'r0', 0, 'unlinked'),
      load(8, 'r1', 'r10', FRAME.mapping),
      store(8, 'r0', THREAD.topSp, 'r1'),
      load(8, 'r1', 'r10', FRAME.mapping + 8),
      store(8, 'r0', THREAD.topFn, 'r1'),
      label('unlinked'),
      remove('pending', FRAME.thread),
      jumpIf('eq', 'r9', PENDING_LOST, 'out'),
      memory.record(recording, around.ringBytes),
      end,
    ]),
  };
};
