import { alu, type Code, fetchAdd, jumpIf, label, load, mov, store } from './asm.ts';
import { FUNCTION_STATS } from './records.ts';
import { FRAME, lookup } from './steps.ts';

/** Goes on with the first of so many calls of the function; `leave`, with its statistics at r0, is done about the others. */
export const takeSample = (one: number, leave: Code): Code => [
  load(8, 'r1', 'r10', FRAME.fn),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('functions', FRAME.small),
  jumpIf('eq', 'r0', 0, 'sampled'),
  mov('r1', 1),
  fetchAdd('r0', FUNCTION_STATS.wanted, 'r1'),
  alu('mod', 'r1', one),
  jumpIf('eq', 'r1', 0, 'sampled'),
  leave,
  label('sampled'),
];
