import type { Condition } from '../site.ts';
import { alu, type Code, flatten, jump, jumpIf, label, load, type ProgramSpec, store } from './asm.ts';
import { capture } from './capture.ts';
import type { Surroundings } from './entry.ts';
import { type JumpOperand, onlyIfOutside } from './jump-target.ts';
import { memoryOf } from './memory/chosen-memory.ts';
import type { Recording } from './memory/memory.ts';
import { EXIT, PENDING, PENDING_LOST, RECORD, type RecordLayout, THREAD } from './records.ts';
import {
  begin,
  countFunction,
  end,
  FRAME,
  lookup,
  noteExit,
  noteStackPointer,
  regainSaved,
  remove,
  writeHeader,
} from './steps.ts';
import { onlyIfTaken } from './taken.ts';

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
      noteExit,
      shape.operand ? onlyIfOutside(shape.operand, memory) : [],
      lookup('pending', FRAME.thread),
      jumpIf('ne', 'r0', 0, 'under_way'),
      shape.shared || shape.operand || shape.condition ? [] : countUnmatched,
      jump('out'),
      label('under_way'),
      load(8, 'r7', 'r0', PENDING.callId),
      load(8, 'r9', 'r0', PENDING.flags),
      shape.needsSaved ? regainSaved('r0') : [],
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
