import type { Condition } from '../../site.ts';
import { alu, type Code, call, flatten, jump, jumpIf, label, load, mov, type ProgramSpec, store } from '../asm.ts';
import type { Surroundings } from '../entry.ts';
import { type JumpOperand, onlyIfOutside } from '../jump-target.ts';
import { loadedPages } from '../memory/loaded-pages.ts';
import { PENDING, PENDING_LOST, PENDING_UNDECIDED } from '../records.ts';
import { begin, countFunction, end, FRAME, lookup, noteExit, noteStackPointer, regainSaved } from '../steps.ts';
import { onlyIfTaken } from '../taken.ts';
import type { ConditionCode } from './entry.ts';
import { addToGroup, type KeyPlace } from './group.ts';
import { ownRoom } from './room.ts';
import { forgetCall } from './under-way.ts';

/** What a program at an exit does with a call that was kept at its entry. */
export type SumExit = {
  readonly condition: Condition | null;
  readonly operand: JumpOperand | null;
  readonly stackAdjust: number;
  /** The call's duration is wanted. */
  readonly timed: boolean;
  /** Words that were saved at entry are wanted. */
  readonly needsSaved: boolean;
  /** Which calls are wanted, as far as it wasn't known at entry. */
  readonly rest: ConditionCode | null;
  /** Bytes at r8 for the key, where it is made here. */
  readonly room: number;
  /** Writes the key. */
  readonly notes: Code;
  /** The call is added to the group of this key; null: it was counted at its entry. */
  readonly counted: { readonly key: KeyPlace; readonly adds: 'call' | 'duration' } | null;
};

/** Words of the frame, where nothing else is kept at an exit. */
const ENDED_AT = FRAME.pendingValue;
export const DURATION = FRAME.pendingValue + 8;

/** Reads the clock before anything else: what is done behind isn't part of the call. */
const noteEnd: Code = [mov('r6', 'r1'), call('ktime_get_ns'), store(8, 'r10', ENDED_AT, 'r0'), mov('r1', 'r6')];

const noteDuration: Code = [
  load(8, 'r1', 'r10', ENDED_AT),
  load(8, 'r2', 'r9', PENDING.callId),
  alu('sub', 'r1', 'r2'),
  store(8, 'r10', DURATION, 'r1'),
];

const onlyWanted = (rest: ConditionCode): Code => [
  rest({ isFalse: 'over', isUndecided: 'undecided' }),
  load(8, 'r1', 'r9', PENDING.flags),
  jumpIf('ne', 'r1', PENDING_UNDECIDED, 'wanted'),
  label('undecided'),
  countFunction('undecided', 'undecided'),
  jump('over'),
  label('wanted'),
];

/** The program at an exit; the cookie is that of a trace's exits. A hit without a call under way means nothing. */
export const sumExitProgram = (exit: SumExit, around: Surroundings): ProgramSpec => ({
  name: 'rsym_sum_exit',
  type: 'kprobe',
  uprobeMulti: true,
  functions: [],
  code: flatten([
    exit.timed ? noteEnd : [],
    begin(around.scope),
    exit.condition ? onlyIfTaken(exit.condition) : [],
    noteStackPointer(exit.stackAdjust),
    noteExit,
    exit.operand ? onlyIfOutside(exit.operand, loadedPages) : [],
    lookup('pending', FRAME.thread),
    jumpIf('eq', 'r0', 0, 'out'),
    mov('r9', 'r0'),
    exit.counted ? counted(exit) : [],
    label('over'),
    forgetCall,
    end,
  ]),
});

const counted = ({ timed, needsSaved, rest, room, notes, counted: to }: SumExit): Code => [
  load(8, 'r1', 'r9', PENDING.flags),
  jumpIf('eq', 'r1', PENDING_LOST, 'over'),
  timed ? noteDuration : [],
  needsSaved ? regainSaved('r9') : [],
  rest ? onlyWanted(rest) : [],
  ownRoom('exit', room, 'over'),
  notes,
  to ? addToGroup(to.key, to.adds === 'duration' ? DURATION : null) : [],
];
