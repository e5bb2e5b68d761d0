import { bucketCount, stepBits } from '../../aggregate/histogram.ts';
import { add, alu, type Code, compareExchange, fetchAdd, jumpIf, label, load, mov } from '../asm.ts';
import { CALLS, DURATIONS } from './records.ts';

/** Counts a call in the group at r0. */
export const addCall: Code = [mov('r1', 1), fetchAdd('r0', CALLS.calls, 'r1')];

/** Each time another thread was faster, with a longer call. */
const mostRounds = 16;

const raiseLongest: Code = [
  load(8, 'r0', 'r5', DURATIONS.longest),
  Array.from(
    { length: mostRounds },
    (): Code => [
      jumpIf('ge', 'r0', 'r1', 'longest_known'),
      mov('r2', 'r0'),
      compareExchange('r5', DURATIONS.longest, 'r1'),
      jumpIf('eq', 'r0', 'r2', 'longest_known'),
    ],
  ),
  label('longest_known'),
];

/** r1 = the number of the bucket of the duration in r1. Destroys r2–r4. */
const bucketNumber: Code = [
  mov('r2', 'r1'),
  mov('r3', 0),
  [32, 16, 8, 4, 2, 1].map(
    (bits): Code => [
      mov('r4', 'r2'),
      alu('rsh', 'r4', bits),
      jumpIf('eq', 'r4', 0, `below_${bits}`),
      mov('r2', 'r4'),
      add('r3', bits),
      label(`below_${bits}`),
    ],
  ),
  jumpIf('lt', 'r3', stepBits, 'own_bucket'),
  alu('sub', 'r3', stepBits),
  alu('rsh', 'r1', 'r3'),
  alu('lsh', 'r3', stepBits),
  alu('add', 'r1', 'r3'),
  label('own_bucket'),
];

/** Adds the duration in the frame's word to the group at r0. */
export const addDuration = (duration: number): Code => [
  mov('r5', 'r0'),
  load(8, 'r1', 'r10', duration),
  mov('r2', 'r1'),
  fetchAdd('r5', DURATIONS.sum, 'r2'),
  raiseLongest,
  bucketNumber,
  jumpIf('gt', 'r1', bucketCount - 1, 'added'),
  alu('lsh', 'r1', 3),
  add('r5', DURATIONS.buckets),
  alu('add', 'r5', 'r1'),
  mov('r2', 1),
  fetchAdd('r5', 0, 'r2'),
  label('added'),
];
