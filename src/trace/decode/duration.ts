import type { StandardShape } from '../../abi/shape.ts';
import { ownWord } from './decoding.ts';
import { invalid, missing, type Shown } from './shown.ts';
import { lack, type Source, slice, u32 } from './source.ts';

type DurationShape = Extract<StandardShape, { kind: 'duration' }>;

const nanosecondsPerSecond = 1_000_000_000;

/** `whole` and a fraction of `digits` digits, without the zeros at its end. */
const decimal = (whole: bigint | number, fraction: number, digits: number): string =>
  fraction === 0 ? String(whole) : `${whole}.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`;

/** In the largest unit of which there is at least one. */
export const durationText = (seconds: bigint, nanoseconds: number): string => {
  if (seconds > 0n) return `${decimal(seconds, nanoseconds, 9)}s`;
  if (nanoseconds >= 1_000_000) return `${decimal(Math.floor(nanoseconds / 1e6), nanoseconds % 1e6, 6)}ms`;
  if (nanoseconds >= 1000) return `${decimal(Math.floor(nanoseconds / 1000), nanoseconds % 1000, 3)}µs`;
  return `${nanoseconds}ns`;
};

export const decodeDuration = (shape: DurationShape, source: Source, at: number): Shown => {
  const seconds = ownWord(source, at + shape.seconds);
  if (typeof seconds !== 'bigint') return missing(seconds);
  const start = at + shape.nanoseconds;
  const why = lack(source, start, start + 4);
  if (why !== null) return missing(why);
  const nanoseconds = u32(source, start);
  if (nanoseconds >= nanosecondsPerSecond) return invalid(`nanoseconds ${nanoseconds}`, slice(source, start, 4));
  return {
    value: { secs: seconds.toString(), nanos: nanoseconds },
    text: durationText(seconds, nanoseconds),
  };
};
