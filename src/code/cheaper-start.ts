import { quickCost } from './quick-cost.ts';
import { decodeRun, stepOf } from './step.ts';

/**
 * The first position behind 0 in the straight code that a function begins with where a probe is cheap; 0: there is none.
 * `isTarget`: a jump may come to a position, which then doesn't run once for each call.
 */
export const cheaperStart = (bytes: Uint8Array, isTarget: (position: number) => boolean): number => {
  let found = 0;
  let checked = 0;
  decodeRun(bytes, 0n, 0, (position, instruction) => {
    for (; checked < position; ) if (isTarget(++checked)) return false;
    // The last ones may be cut short.
    if (instruction.isInvalid || position + instruction.length > bytes.length) return false;
    if (position > 0 && quickCost(bytes, position) === 'emulated') {
      found = position;
      return false;
    }
    const step = stepOf(instruction);
    return step === undefined || step.kind === 'nop';
  });
  return found;
};
