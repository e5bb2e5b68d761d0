import {
  add,
  type Code,
  call,
  flatten,
  jump,
  jumpIf,
  label,
  load,
  loadMap,
  mov,
  type ProgramSpec,
  store,
} from './asm.ts';
import { capture } from './capture.ts';
import { choose, chosenLabels, type EntryChoice, leaveUndecided, type Thinning } from './choose.ts';
import { memoryOf } from './memory/chosen-memory.ts';
import type { Memory, Recording } from './memory/memory.ts';
import { noteStackMapping, onMapping, ownThread } from './own-thread.ts';
import {
  ENTER,
  entryReason,
  HEADER,
  mostSaved,
  PENDING,
  PENDING_LOST,
  RECORD,
  type RecordLayout,
  THREAD,
} from './records.ts';
import {
  begin,
  countFunction,
  end,
  FRAME,
  frameAddress,
  lookup,
  noteFunction,
  noteStackPointer,
  type WatchedProcesses,
  writeHeader,
} from './steps.ts';

export type EntryShape = {
  readonly layout: RecordLayout;
  /** Exits are probed, so the call is kept until one is hit. */
  readonly tracked: boolean;
  /** The function branches to its own entry: a hit with the same call under way is not a new one. */
  readonly loops: boolean;
  /** What is added to the stack pointer to get the one that the call is known by. */
  readonly stackAdjust: number;
  /** Registers that an exit needs, as offsets in pt_regs. */
  readonly saved: readonly number[];
  /** Not all calls are told. */
  readonly choice?: EntryChoice;
};

export type Surroundings = {
  readonly scope: WatchedProcesses;
  readonly ringBytes: number;
  /** Offsets of vm_area_struct.vm_start and vm_end in this kernel; null: stack mappings stay unknown. */
  readonly vma: { readonly start: number; readonly end: number } | null;
  /** Pages that are not in memory are waited for. */
  readonly coldPages?: true;
  /** No call is followed to its end, so that nobody needs to know of threads and their stacks. */
  readonly entriesOnly?: true;
  /** Of the calls that are wanted not all are told. */
  readonly thinning?: Thinning;
};

/** r7 = the thread's value once more: it may be gone if the thread has waited. */
const sameThread = (tag = ''): Code => [
  lookup('threads', FRAME.thread),
  jumpIf('ne', 'r0', 0, `same_thread${tag}`),
  countFunction('threadsFull', `same_thread${tag}`),
  jump('out'),
  label(`same_thread${tag}`),
  mov('r7', 'r0'),
];

/**
 * Keeps the call under way, linked to the thread's one before it; without room the call is counted as lost. `tag`: in
 * the labels of a place where the call isn't told.
 */
const keepPending = (saved: readonly number[], giveUp: Code, tag = ''): Code => [
  Array.from({ length: mostSaved }, (_, i): Code => {
    const at = FRAME.pendingValue + PENDING.saved + 8 * i;
    const ptRegs = saved[i];
    return ptRegs === undefined ? [store(8, 'r10', at, 0)] : [load(8, 'r1', 'r6', ptRegs), store(8, 'r10', at, 'r1')];
  }),
  store(8, 'r10', FRAME.pendingValue + PENDING.callId, 'r8'),
  store(8, 'r10', FRAME.pendingValue + PENDING.flags, 0),
  jumpIf('ne', 'r9', 0, `reserved${tag}`),
  store(8, 'r10', FRAME.pendingValue + PENDING.flags, PENDING_LOST),
  label(`reserved${tag}`),
  load(8, 'r1', 'r7', THREAD.topSp),
  load(8, 'r2', 'r7', THREAD.topFn),
  // A key that is there already keeps its own link: linking it to itself would cut the chain.
  load(8, 'r3', 'r10', FRAME.sp),
  jumpIf('ne', 'r1', 'r3', `linked${tag}`),
  load(8, 'r3', 'r10', FRAME.fn),
  jumpIf('ne', 'r2', 'r3', `linked${tag}`),
  lookup('pending', FRAME.thread),
  mov('r1', 0),
  mov('r2', 0),
  jumpIf('eq', 'r0', 0, `linked${tag}`),
  load(8, 'r1', 'r0', PENDING.prevSp),
  load(8, 'r2', 'r0', PENDING.prevFn),
  label(`linked${tag}`),
  store(8, 'r10', FRAME.pendingValue + PENDING.prevSp, 'r1'),
  store(8, 'r10', FRAME.pendingValue + PENDING.prevFn, 'r2'),
  load(8, 'r1', 'r7', THREAD.stackEnd),
  store(8, 'r10', FRAME.pendingValue + PENDING.stackEnd, 'r1'),
  loadMap('r1', 'pending'),
  frameAddress('r2', FRAME.thread),
  frameAddress('r3', FRAME.pendingValue),
  mov('r4', 0),
  call('map_update_elem'),
  jumpIf('eq', 'r0', 0, `kept${tag}`),
  // Without room in the ring the call is counted as lost already.
  tag === '' ? [jumpIf('eq', 'r9', 0, 'out'), giveUp] : [],
  countFunction('pendingFull', `pending${tag}`),
  jump('out'),
  label(`kept${tag}`),
  load(8, 'r1', 'r10', FRAME.sp),
  store(8, 'r7', THREAD.topSp, 'r1'),
  load(8, 'r1', 'r10', FRAME.fn),
  store(8, 'r7', THREAD.topFn, 'r1'),
];

/** Leaves the program where this very call is under way: its function has branched back to its begin. */
export const sameCallAgain: Code = [
  lookup('pending', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'new_call'),
  countFunction('loopHits', 'loop'),
  jump('out'),
  label('new_call'),
];

/** The record of a call that is kept already was lost: its exit is not told either. */
const markLost: Code = [
  lookup('pending', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'out'),
  store(8, 'r0', PENDING.flags, PENDING_LOST),
];

/**
 * What becomes of a call that isn't told. Where the function branches to its own entry the call must be known there; else
 * its exit must not be taken for that of an older call whose end wasn't seen.
 */
const drop = ({ tracked, loops, saved }: EntryShape, { isSleepable }: Memory): Code => {
  if (!tracked) return [];
  if (!loops) return markLost;
  // The condition may have waited.
  const regain = isSleepable ? sameThread('_dropped') : [];
  return [regain, mov('r8', 0), mov('r9', 0), keepPending(saved, [], '_dropped')];
};

/** The program at a function's first instruction, one per shape; the cookie says which function it was. */
export const entryProgram = (shape: EntryShape, around: Surroundings): ProgramSpec => {
  const memory = memoryOf(around.coldPages === true);
  const recording: Recording = {
    size: shape.layout.size,
    fill: [
      writeHeader(RECORD.enter),
      // The limit is one of the times that are told.
      shape.choice?.thinning?.rateLimit == null
        ? []
        : [load(8, 'r1', 'r10', FRAME.time), store(8, 'r9', HEADER.time, 'r1')],
      shape.choice?.keepsUndecided
        ? [load(8, 'r1', 'r10', FRAME.doubt), store(1, 'r9', HEADER.kind + entryReason, 'r1')]
        : [],
      around.entriesOnly
        ? store(8, 'r9', ENTER.stackEnd, 0)
        : [load(8, 'r1', 'r7', THREAD.stackEnd), store(8, 'r9', ENTER.stackEnd, 'r1')],
      mov('r1', 'r9'),
      add('r1', ENTER.comm),
      mov('r2', 16),
      call('get_current_comm'),
      capture(shape.layout, memory),
    ],
    keep: shape.tracked ? keepPending(shape.saved, memory.giveUp) : null,
    regain: sameThread(),
    lost: countFunction('lostEntries', 'lost'),
    undo: shape.tracked ? markLost : [],
  };
  const loops = shape.tracked && shape.loops;
  const { choice } = shape;
  const chosen = choice ? choose(choice) : [];
  return {
    name: 'rsym_entry',
    type: 'kprobe',
    uprobeMulti: true,
    isSleepable: memory.isSleepable,
    functions: around.vma && !around.entriesOnly ? ['on_mapping'] : [],
    code: flatten([
      begin(around.scope, true),
      noteStackPointer(shape.stackAdjust),
      noteFunction,
      loops ? [] : chosen,
      around.entriesOnly ? [] : [ownThread, around.vma ? noteStackMapping : []],
      loops ? [sameCallAgain, chosen] : [],
      memory.record(recording, around.ringBytes),
      choice ? [jump('out'), leaveUndecided(choice), label(chosenLabels.isFalse), drop(shape, memory)] : [],
      end,
      around.vma && !around.entriesOnly ? onMapping(around.vma) : [],
    ]),
  };
};
