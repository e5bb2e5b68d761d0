import { type Code, fetchAdd, flatten, jump, jumpIf, label, mov, type ProgramSpec, store } from '../asm.ts';
import { type Surroundings, sameCallAgain } from '../entry.ts';
import { noteStackMapping, onMapping, ownThread } from '../own-thread.ts';
import { FUNCTION_STATS, PENDING, PENDING_LOST, PENDING_UNDECIDED } from '../records.ts';
import { takeSample } from '../sample.ts';
import { begin, countFunction, end, FRAME, lookup, noteFunction, noteStackPointer } from '../steps.ts';
import { addToGroup, type KeyPlace } from './group.ts';
import { ownRoom } from './room.ts';
import { forgetCall, keepCall, noteBegin, saveRegisters } from './under-way.ts';

/** A condition as code that falls through where it holds. */
export type ConditionCode = (to: { readonly isFalse: string; readonly isUndecided: string }) => Code;

/** What a program at a function's begin does. */
export type SumEntry = {
  readonly stackAdjust: number;
  /** The call is kept until its exit. */
  readonly tracked: boolean;
  /** The function branches to its own entry: a hit with the same call under way is not a new one. */
  readonly loops: boolean;
  /** Registers that an exit needs, as offsets in pt_regs. */
  readonly saved: readonly number[];
  /** The exit wants to know when the call began. */
  readonly timed: boolean;
  /** What is known here of which calls are wanted. */
  readonly condition: ConditionCode | null;
  /** The exit knows more: what is undecided here may be false there. */
  readonly hasRest: boolean;
  /** Take one of so many calls; null: all. */
  readonly sample: number | null;
  /** Bytes of memory at r8 in which the program makes a call under way, or a key. */
  readonly room: number;
  /** Writes keys and what else the exit needs, at r8. */
  readonly notes: Code;
  /** How many bytes of the room are written otherwise; zeros fill the rest. */
  readonly noted: number;
  /** The call is counted here, in the group of this key. */
  readonly counted: { readonly key: KeyPlace } | null;
};

/** Goes to `unwanted` with all calls but one of so many. */
const onlySamples = (one: number): Code => [
  takeSample(one, 'taken_as_sample'),
  mov('r1', 1),
  fetchAdd('r0', FUNCTION_STATS.skipped, 'r1'),
  jump('unwanted'),
  label('taken_as_sample'),
];

const onlyWanted = (condition: ConditionCode, hasRest: boolean): Code => [
  condition({ isFalse: 'unwanted', isUndecided: 'undecided' }),
  jump('wanted'),
  label('undecided'),
  hasRest
    ? store(8, 'r8', PENDING.flags, PENDING_UNDECIDED)
    : [countFunction('undecided', 'undecided'), jump('unwanted')],
  label('wanted'),
];

const keepUnwanted: Code = [store(8, 'r8', PENDING.flags, PENDING_LOST), jump('keep')];

/**
 * A call that is there under this key has left its frame without an exit: that of the unwanted one must not be taken for it.
 * The thread's newest call is then the one before it.
 */
const forgetLeft: Code = [
  lookup('pending', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'out'),
  mov('r9', 'r0'),
  forgetCall,
  countFunction('unwound', 'left'),
];

/** The program at a function's begin. */
export const sumEntryProgram = (entry: SumEntry, around: Surroundings): ProgramSpec => {
  const { tracked, loops, condition, sample, counted } = entry;
  const loopsBack = tracked && loops;
  const drops = condition !== null || sample !== null;
  const { vma } = around;
  return {
    name: 'rsym_sum_entry',
    type: 'kprobe',
    uprobeMulti: true,
    functions: tracked && vma ? ['on_mapping'] : [],
    code: flatten([
      begin(around.scope),
      noteStackPointer(entry.stackAdjust),
      noteFunction,
      tracked ? [ownThread, vma ? noteStackMapping : []] : [],
      loopsBack ? sameCallAgain : [],
      ownRoom('entry', entry.room, 'out'),
      tracked ? [store(8, 'r8', PENDING.flags, 0), saveRegisters(entry.saved)] : [],
      // A call that isn't wanted is kept too, where a loop would look like a new one.
      tracked ? zeros(loopsBack && drops ? PENDING.size : entry.noted, entry.room) : [],
      condition ? onlyWanted(condition, entry.hasRest) : [],
      sample === null ? [] : onlySamples(sample),
      entry.notes,
      counted ? addToGroup(counted.key, null) : [],
      label('keep'),
      tracked ? keepCall : [],
      tracked && entry.timed ? noteBegin : [],
      jump('out'),
      label('unwanted'),
      tracked && drops ? (loops ? keepUnwanted : forgetLeft) : [],
      end,
      tracked && vma ? onMapping(vma) : [],
    ]),
  };
};

const zeros = (from: number, to: number): Code =>
  Array.from({ length: Math.max(0, (to - from) / 8) }, (_, i) => store(8, 'r8', from + 8 * i, 0));
