import type { Flow } from './flow.ts';
import { idOf } from './register-id.ts';
import type { ResultRegister } from './result-writes.ts';

const registers: readonly ResultRegister[] = ['rax', 'rdx', 'xmm0', 'xmm1'];
const stackPointer = idOf('rsp');

/** Instructions of an epilogue that are looked back over. */
const mostSteps = 24;

/**
 * Result registers that are loaded from memory just before every return: between the load and the `ret` only other such
 * loads and the frame's end are found, so nothing but a caller can use what was loaded.
 */
export const resultLoads = (flow: Flow): ReadonlySet<ResultRegister> => {
  let all: Set<ResultRegister> | undefined;
  for (const [i, { step }] of flow.instructions.entries()) {
    if (step?.kind !== 'return') continue;
    const here = loadedBefore(flow, i);
    all = all === undefined ? here : new Set([...all].filter((one) => here.has(one)));
  }
  return all ?? new Set();
};

const loadedBefore = (flow: Flow, last: number): Set<ResultRegister> => {
  const loaded = new Set<ResultRegister>();
  for (let i = last - 1; i >= 0 && last - i <= mostSteps; i--) {
    const each = flow.instructions[i];
    const isBefore = each?.next.length === 1 && each.next[0] === i + 1;
    if (each === undefined || !isBefore || each.step !== undefined) break;
    const { action } = each.effects;
    if (action?.kind === 'load') {
      const name = registers.find((one) => idOf(one) === action.to);
      if (name === undefined) break;
      loaded.add(name);
    } else if (action?.kind !== 'pop' && action?.kind !== 'leave') {
      const changesStack =
        each.effects.writes.some(({ id }) => id === stackPointer) && each.effects.memory === undefined;
      if (!changesStack) break;
    }
  }
  return loaded;
};
