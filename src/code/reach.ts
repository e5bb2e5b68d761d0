import { type Address, address } from '../base/units.ts';
import { contains } from './bytes.ts';
import { endsFlow } from './step.ts';
import type { Sweep } from './sweep.ts';

/** Positions of one sweep that control can come to. */
type Reached = Uint8Array;

/**
 * Marks what control can come to from `entries` by direct branches, by falling through, and after calls that return.
 * Landing pads and the targets of indirect jumps stay unmarked unless they are among `entries`.
 */
export const reach = (sweeps: readonly Sweep[], entries: readonly Address[]): ReadonlyMap<Sweep, Reached> => {
  const reached = new Map(sweeps.map((swept) => [swept, new Uint8Array(swept.bytes.length)]));
  const pending = [...entries];
  while (pending.length > 0) {
    const at = pending.pop()!;
    const swept = sweeps.find((each) => contains(each.range, at));
    const marks = swept && reached.get(swept);
    if (swept === undefined || marks === undefined) continue;
    let position = Number(at - swept.range.start);
    // A branch may skip the prefixes of an instruction: go on from the instruction itself.
    while (position > 0 && swept.lengths[position] === 0) position--;
    while (position < marks.length && marks[position] === 0 && swept.lengths[position] !== 0) {
      marks[position] = 1;
      const step = swept.steps.get(position);
      if (step !== undefined && 'target' in step) pending.push(step.target);
      if (step !== undefined && endsFlow(step)) break;
      position += swept.lengths[position] ?? 0;
      if (position === marks.length) pending.push(address(swept.range.end));
    }
  }
  return reached;
};
