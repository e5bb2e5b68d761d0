import {
  add,
  alu,
  type Code,
  call,
  compareExchange,
  fetchAdd,
  jump,
  jumpIf,
  label,
  load,
  loadValue,
  mov,
  store,
} from './asm.ts';
import { FUNCTION_STATS, GLOBALS } from './records.ts';
import { countFunction, FRAME, lookup } from './steps.ts';

/** What a program does about calls that are wanted, of which not all are to be told. */
export type Thinning = {
  /** Takes one in so many; 1: all. */
  readonly sample: number;
  /** Takes so many in a second, of all functions together; null: any number. */
  readonly rateLimit: number | null;
};

/** Goes on at `dropped` unless the call is the first of so many of its function. */
const takeSample = (sample: number, dropped: string): Code => [
  load(8, 'r1', 'r10', FRAME.fn),
  store(4, 'r10', FRAME.small, 'r1'),
  lookup('functions', FRAME.small),
  jumpIf('eq', 'r0', 0, 'sampled'),
  mov('r1', 1),
  fetchAdd('r0', FUNCTION_STATS.wanted, 'r1'),
  alu('mod', 'r1', sample),
  jumpIf('ne', 'r1', 0, dropped),
  label('sampled'),
];

const second = 1_000_000_000;
/** Other calls may be counted between reading the word and writing it; a call that they pass so often is over the rate. */
const mostTries = 16;

/** Goes on at `dropped` where there have been enough calls in this second; else the frame has the call's time. */
const keepToRate = (most: number, dropped: string): Code => [
  call('ktime_get_ns'),
  store(8, 'r10', FRAME.time, 'r0'),
  mov('r3', 'r0'),
  alu('div', 'r3', second),
  loadValue('r4', 'globals', GLOBALS.rate),
  Array.from(
    { length: mostTries },
    (_, i): Code => [
      load(8, 'r0', 'r4', 0),
      mov('r1', 'r0'),
      alu('rsh', 'r1', 32),
      jumpIf('eq', 'r1', 'r3', `same_second_${i}`),
      // Of a second that is over it isn't known any more how many there were.
      jumpIf('gt', 'r1', 'r3', 'over_rate'),
      mov('r2', 'r3'),
      alu('lsh', 'r2', 32),
      add('r2', 1),
      jump(`try_${i}`),
      label(`same_second_${i}`),
      mov('r2', 'r0'),
      alu('lsh', 'r2', 32),
      alu('rsh', 'r2', 32),
      jumpIf('ge', 'r2', most, 'over_rate'),
      mov('r2', 'r0'),
      add('r2', 1),
      label(`try_${i}`),
      mov('r5', 'r0'),
      compareExchange('r4', 0, 'r2'),
      jumpIf('eq', 'r0', 'r5', 'in_rate'),
    ],
  ),
  label('over_rate'),
  countFunction('overRate', 'over_rate'),
  jump(dropped),
  label('in_rate'),
];

/** Goes on at `dropped` for a call that is not to be told; counts it. */
export const thin = ({ sample, rateLimit }: Thinning, dropped: string): Code => [
  sample === 1 ? [] : takeSample(sample, dropped),
  rateLimit === null ? [] : keepToRate(rateLimit, dropped),
];
