import { type Code, call, flatten, mov, type ProgramSpec, store } from './asm.ts';
import type { Surroundings } from './entry.ts';
import { headerRecord } from './memory/loaded-pages.ts';
import { RECORD } from './records.ts';
import { begin, countGlobal, end, FRAME, forgetDeadCalls, knownThread, noteStackPointer } from './steps.ts';

/**
 * The program at the unwinder's last jump (and longjmp's): there the stack pointer, with `stackAdjust` added, is already
 * that of the frame where execution goes on, so every call below it has ended. The cookie, kept as the record's function, says which kind of
 * jump it was: 0 an unwinder's, 1 longjmp's.
 */
export const landingProgram = (stackAdjust: number, around: Surroundings): ProgramSpec => ({
  name: 'rsym_landing',
  type: 'kprobe',
  uprobeMulti: true,
  functions: [],
  code: flatten([
    begin(around.scope),
    knownThread,
    noteStackPointer(stackAdjust),
    mov('r1', 'r6'),
    call('get_attach_cookie'),
    store(8, 'r10', FRAME.fn, 'r0'),
    forgetDeadCalls(16),
    headerRecord(RECORD.landing, countGlobal('lostLandings'), around.ringBytes),
    end,
  ] satisfies Code),
});
