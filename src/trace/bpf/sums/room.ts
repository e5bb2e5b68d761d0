import { add, type Code, call, jump, jumpIf, label, loadMap, loadValue, mov } from '../asm.ts';
import { countFunction, FRAME, frameAddress, lookup } from '../steps.ts';

/** Parts of the frame that are free while a group's key is made, from `at` on. */
export const FRAME_ROOM = {
  /** At an entry, for a call under way. */
  entry: { at: FRAME.pendingValue, size: 208 },
  /** At an exit, behind the words that were saved at entry. */
  exit: { at: FRAME.number, size: 120 },
} as const;

/** Whether this much isn't in the frame, but in memory of the thread's own. */
export const needsScratch = (where: keyof typeof FRAME_ROOM, size: number): boolean => size > FRAME_ROOM[where].size;

/** r8 = memory of this hit's own; goes to `full` where there is none. */
export const ownRoom = (where: keyof typeof FRAME_ROOM, size: number, full: string): Code =>
  size === 0
    ? []
    : needsScratch(where, size)
      ? [
          lookup('scratch', FRAME.thread),
          jumpIf('ne', 'r0', 0, 'scratch_known'),
          loadMap('r1', 'scratch'),
          frameAddress('r2', FRAME.thread),
          loadValue('r3', 'blank', 0),
          mov('r4', 0),
          call('map_update_elem'),
          lookup('scratch', FRAME.thread),
          jumpIf('ne', 'r0', 0, 'scratch_known'),
          countFunction('threadsFull', 'scratch'),
          jump(full),
          label('scratch_known'),
          mov('r8', 'r0'),
        ]
      : [mov('r8', 'r10'), add('r8', FRAME_ROOM[where].at)];
