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
import { reasons } from './expression/doubt.ts';
import { FUNCTION_STATS, GLOBALS } from './records.ts';
import { takeSample } from './sample.ts';
import { countFunction, FRAME, lookup } from './steps.ts';

/** What a program does about calls that are wanted, of which not all are to be told. */
export type Thinning = {
  /** Takes one in so many; 1: all. */
  readonly sample: number;
  /** Takes so many in a second, of all functions together; null: any number. */
  readonly rateLimit: number | null;
};

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

/** What an entry's program decides of which calls are told. */
export type EntryChoice = {
  /** Evaluates a condition, and leaves for one of `chosenLabels` where it doesn't hold. */
  readonly when: Code | null;
  /** A call for which that isn't known is told, since what is known later may say that it isn't wanted. */
  readonly keepsUndecided: boolean;
  readonly thinning: Thinning | null;
};

export const chosenLabels = { isFalse: 'dropped', isUndecided: 'undecided', isReasonAsked: true } as const;

/** Goes on with the calls that are told, else at `dropped`; counts all but those that aren't wanted. */
export const choose = ({ when, keepsUndecided, thinning }: EntryChoice): Code => [
  when === null ? [] : [keepsUndecided ? store(8, 'r10', FRAME.doubt, 0) : [], when],
  thinning === null || thinning.sample === 1
    ? []
    : [takeSample(thinning.sample, 'sampled'), jump(chosenLabels.isFalse), label('sampled')],
  thinning === null || thinning.rateLimit === null ? [] : keepToRate(thinning.rateLimit, chosenLabels.isFalse),
  label('chosen'),
];

/** What `choose` leaves for with the reason's number in r0; goes on at `dropped`. */
export const leaveUndecided = ({ when, keepsUndecided, thinning }: EntryChoice): Code => {
  if (when === null) return [];
  const note = [label(chosenLabels.isUndecided), store(8, 'r10', FRAME.doubt, 'r0')];
  if (keepsUndecided) {
    // It takes no sample's place, so its record has the time of its own.
    return [note, thinning?.rateLimit == null ? [] : [call('ktime_get_ns'), store(8, 'r10', FRAME.time, 'r0')], jump('chosen')]; // biome-ignore format: one line
  }
  return [
    note,
    load(8, 'r1', 'r10', FRAME.fn),
    store(4, 'r10', FRAME.small, 'r1'),
    lookup('functions', FRAME.small),
    jumpIf('eq', 'r0', 0, chosenLabels.isFalse),
    load(8, 'r1', 'r10', FRAME.doubt),
    jumpIf('gt', 'r1', reasons.length, chosenLabels.isFalse),
    alu('lsh', 'r1', 3),
    add('r0', 'r1'),
    mov('r1', 1),
    fetchAdd('r0', FUNCTION_STATS.undecided - 8, 'r1'),
  ];
};
