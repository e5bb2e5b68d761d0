import type { DebugVariable } from '../elf/variable-model.ts';
import { type EntryFrame, type Observation, observe } from './observation.ts';

/**
 * Where a closure's environment is at entry, by the variables that it captured. Unoptimised code keeps its address in a
 * slot of the frame, behind which they are told to lie: the address is what is found. Else they are told to lie behind a
 * register: the memory is, as far as they reach (`sizes`: of each variable's type, bytes). Null where neither is told.
 */
export const observeEnvironment = (
  variables: readonly DebugVariable[],
  sizes: (variable: DebugVariable) => number,
  frame: EntryFrame,
): Observation | null => {
  const captured = variables.filter(({ isParameter, block }) => !isParameter && block === null);
  let memory: Observation | null = null;
  for (const variable of captured) {
    const [location] = [...variable.locations].sort((a, b) => Number((a.range?.start ?? 0n) - (b.range?.start ?? 0n)));
    const [first, second] = location?.operations ?? [];
    if (location?.range === null && first?.op === 'frame-offset' && second?.op === 'dereference') {
      const slot = { ...variable, constant: null, locations: [{ range: null, operations: [first] }] };
      const [observed, ...more] = observe(slot, 8, frame).at;
      if (observed !== undefined && more.length === 0) return observed;
    }
    if (location?.range == null || first?.op !== 'register-offset' || second !== undefined) continue;
    const [observed] = observe({ ...variable, constant: null, locations: [location] }, sizes(variable), frame).at;
    if (observed?.location.kind !== 'memory' || observed.location.base === 'rsp') continue;
    const end = Number(observed.location.offset) + sizes(variable);
    const size = Math.max(end, memory?.size ?? 0);
    memory = { ...observed, location: { ...observed.location, offset: 0n }, valueOffset: 0, size };
  }
  return memory;
};
