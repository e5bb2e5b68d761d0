import { spread } from '../sample.ts';
import { alu, type Code, fetchAdd, jumpIf, load, load64, mov, store } from './asm.ts';
import { FUNCTION_STATS } from './records.ts';
import { FRAME, lookup } from './steps.ts';

/** As `isSample`: goes to `taken` with one in `one` calls of the function in the frame, else on, with its counters at r0. */
export const takeSample = (one: number, taken: string): Code => [
  load(8, 'r1', 'r10', FRAME.fn),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('functions', FRAME.small),
  jumpIf('eq', 'r0', 0, taken),
  mov('r1', 1),
  fetchAdd('r0', FUNCTION_STATS.wanted, 'r1'),
  mov('r2', 'r1'),
  alu('div', 'r2', one),
  load64('r3', spread),
  alu('mul', 'r2', 'r3'),
  alu('rsh', 'r2', 32),
  alu('mod', 'r2', one),
  alu('mod', 'r1', one),
  jumpIf('eq', 'r1', 'r2', taken),
];
