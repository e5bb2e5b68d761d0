import { type Code, flatten, load, type ProgramSpec, store } from '../asm.ts';
import type { Surroundings } from '../entry.ts';
import { type LiveOffsets, leaveScope, noteThread } from '../lifecycle.ts';
import { begin, end, FRAME, knownThread, noteStackPointer, remove } from '../steps.ts';
import { forgetOne, forgetsOne, forgetUnreturned } from './unreturned.ts';

// Where calls end without an exit: nobody is told of it, they are only forgotten and counted.

/** The thread's number may come again. */
const forgetThread = (hasScratch: boolean): Code => [
  hasScratch ? remove('scratch', FRAME.thread) : [],
  knownThread,
  forgetUnreturned,
  remove('threads', FRAME.thread),
];

/** At the unwinder's last jump, and longjmp's: as the landing program of a trace. */
export const sumLandingProgram = (stackAdjust: number, around: Surroundings): ProgramSpec => ({
  name: 'rsym_sum_land',
  type: 'kprobe',
  uprobeMulti: true,
  functions: [forgetOne],
  code: flatten([
    begin(around.scope),
    knownThread,
    noteStackPointer(stackAdjust),
    forgetUnreturned,
    end,
    forgetsOne('below'),
  ]),
});

/** At sched_process_exit, which fires for each thread. */
export const sumThreadEndProgram = (
  around: Surroundings,
  threads: LiveOffsets | null,
  hasScratch: boolean,
): ProgramSpec => ({
  name: 'rsym_sum_end',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [forgetOne],
  code: flatten([
    noteThread,
    threads && around.scope.kind === 'named' ? leaveScope(threads) : [],
    forgetThread(hasScratch),
    end,
    forgetsOne('all'),
  ]),
});

/** At sched_process_exec(task, old_pid, …): the thread leaves whatever it was in. */
export const sumExecProgram = (hasScratch: boolean): ProgramSpec => ({
  name: 'rsym_sum_exec',
  type: 'rawTracepoint',
  uprobeMulti: false,
  functions: [forgetOne],
  code: flatten([
    noteThread,
    // A thread that replaces its process takes the main thread's number: the tracepoint tells the one it had.
    load(8, 'r1', 'r6', 8),
    store(4, 'r10', FRAME.thread, 'r1'),
    forgetThread(hasScratch),
    end,
    forgetsOne('all'),
  ]),
});
