import { UPDATE } from '../../sys/uapi.ts';
import { type Code, call, jump, jumpIf, label, load, loadMap, mov, store } from '../asm.ts';
import { mostSaved, PENDING, PENDING_LOST, THREAD } from '../records.ts';
import { countFunction, FRAME, frameAddress, lookup, remove } from '../steps.ts';

const EEXIST = -17;

/** Keeps registers, as offsets in pt_regs, in the call's value at r8. */
export const saveRegisters = (saved: readonly number[]): Code =>
  Array.from({ length: mostSaved }, (_, i): Code => {
    const ptRegs = saved[i];
    const at = PENDING.saved + 8 * i;
    return ptRegs === undefined ? [store(8, 'r8', at, 0)] : [load(8, 'r1', 'r6', ptRegs), store(8, 'r8', at, 'r1')];
  });

const update = (flags: number): Code => [
  loadMap('r1', 'pending'),
  frameAddress('r2', FRAME.thread),
  mov('r3', 'r8'),
  mov('r4', flags),
  call('map_update_elem'),
];

/**
 * Keeps the call with its value at r8, linked to the thread's newest one, and leaves the program where there is no room. A
 * call that is there under the same key has left its frame without an exit: the new one takes its link.
 */
export const keepCall: Code = [
  store(8, 'r8', PENDING.callId, 0),
  load(8, 'r1', 'r7', THREAD.topSp),
  store(8, 'r8', PENDING.prevSp, 'r1'),
  load(8, 'r1', 'r7', THREAD.topFn),
  store(8, 'r8', PENDING.prevFn, 'r1'),
  load(8, 'r1', 'r7', THREAD.stackEnd),
  store(8, 'r8', PENDING.stackEnd, 'r1'),
  update(UPDATE.noExist),
  jumpIf('eq', 'r0', 0, 'kept'),
  jumpIf('ne', 'r0', EEXIST, 'no_room'),
  lookup('pending', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'no_room'),
  load(8, 'r1', 'r0', PENDING.prevSp),
  store(8, 'r8', PENDING.prevSp, 'r1'),
  load(8, 'r1', 'r0', PENDING.prevFn),
  store(8, 'r8', PENDING.prevFn, 'r1'),
  load(8, 'r9', 'r0', PENDING.flags),
  update(UPDATE.any),
  jumpIf('eq', 'r9', PENDING_LOST, 'kept'),
  countFunction('unwound', 'anew'),
  jump('kept'),
  label('no_room'),
  countFunction('pendingFull', 'pending'),
  jump('out'),
  label('kept'),
  load(8, 'r1', 'r10', FRAME.sp),
  store(8, 'r7', THREAD.topSp, 'r1'),
  load(8, 'r1', 'r10', FRAME.fn),
  store(8, 'r7', THREAD.topFn, 'r1'),
];

/** Notes the time in the call that was just kept, last of all: what is done before isn't part of the call. */
export const noteBegin: Code = [
  lookup('pending', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'out'),
  mov('r7', 'r0'),
  call('ktime_get_ns'),
  store(8, 'r7', PENDING.callId, 'r0'),
];

/** Forgets the call whose value is at r9, which has ended: the thread's newest one is the one before it. */
export const forgetCall: Code = [
  lookup('threads', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'unlinked'),
  load(8, 'r1', 'r9', PENDING.prevSp),
  store(8, 'r0', THREAD.topSp, 'r1'),
  load(8, 'r1', 'r9', PENDING.prevFn),
  store(8, 'r0', THREAD.topFn, 'r1'),
  label('unlinked'),
  remove('pending', FRAME.thread),
];
