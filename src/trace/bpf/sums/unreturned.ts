import {
  add,
  type Code,
  call,
  exit,
  fetchAdd,
  jumpIf,
  label,
  load,
  loadFunction,
  loadMap,
  mov,
  store,
} from '../asm.ts';
import { FUNCTION_STATS, PENDING, PENDING_LOST, THREAD } from '../records.ts';
import { FRAME } from '../steps.ts';

/** The kernel's most rounds of a loop. */
const mostRounds = 1 << 23;

/** The function of a program that forgets one call; the program must name it among its functions. */
export const forgetOne = 'forget_one';

/** Forgets the newest calls of the thread, those that {@link forgetsOne} is for, and counts them as not returned. */
export const forgetUnreturned: Code = [
  mov('r1', mostRounds),
  loadFunction('r2', forgetOne),
  mov('r3', 'r10'),
  mov('r4', 0),
  call('loop'),
];

/** As `lookup`, with the key in the frame of the program, which is at r6. */
const lookup = (map: string, key: number): Code => [
  loadMap('r1', map),
  mov('r2', 'r6'),
  add('r2', key),
  call('map_lookup_elem'),
];

/**
 * Called back by loop(number, frame): forgets the newest call of the thread, if all are to be forgotten or the stack
 * pointer proves it gone, which is above it on the same stack mapping. Ends the loop where it is not.
 */
export const forgetsOne = (which: 'all' | 'below'): Code => [
  label(forgetOne),
  mov('r6', 'r2'),
  lookup('threads', FRAME.thread),
  jumpIf('eq', 'r0', 0, 'forgotten'),
  mov('r7', 'r0'),
  load(8, 'r1', 'r7', THREAD.topSp),
  jumpIf('eq', 'r1', 0, 'forgotten'),
  which === 'below' ? [load(8, 'r2', 'r6', FRAME.sp), jumpIf('ge', 'r1', 'r2', 'forgotten')] : [],
  load(8, 'r2', 'r6', FRAME.thread),
  store(8, 'r6', FRAME.oldKey, 'r2'),
  store(8, 'r6', FRAME.oldKey + 8, 'r1'),
  load(8, 'r1', 'r7', THREAD.topFn),
  store(8, 'r6', FRAME.oldKey + 16, 'r1'),
  lookup('pending', FRAME.oldKey),
  jumpIf('ne', 'r0', 0, 'to_forget'),
  store(8, 'r7', THREAD.topSp, 0),
  mov('r0', 1),
  exit(),
  label('to_forget'),
  which === 'below'
    ? [load(8, 'r1', 'r0', PENDING.stackEnd), load(8, 'r2', 'r6', FRAME.sp), jumpIf('ge', 'r2', 'r1', 'forgotten')]
    : [],
  load(8, 'r1', 'r0', PENDING.prevSp),
  store(8, 'r7', THREAD.topSp, 'r1'),
  load(8, 'r1', 'r0', PENDING.prevFn),
  store(8, 'r7', THREAD.topFn, 'r1'),
  load(8, 'r8', 'r0', PENDING.flags),
  loadMap('r1', 'pending'),
  mov('r2', 'r6'),
  add('r2', FRAME.oldKey),
  call('map_delete_elem'),
  jumpIf('eq', 'r8', PENDING_LOST, 'go_on'),
  load(8, 'r1', 'r6', FRAME.oldKey + 16),
  store(4, 'r6', FRAME.small, 'r1'),
  lookup('functions', FRAME.small),
  jumpIf('eq', 'r0', 0, 'go_on'),
  mov('r1', 1),
  fetchAdd('r0', FUNCTION_STATS.unwound, 'r1'),
  label('go_on'),
  mov('r0', 0),
  exit(),
  label('forgotten'),
  mov('r0', 1),
  exit(),
];
