import type { DebugInfo } from '../elf/debug-model.ts';
import { debugPath } from './debug-match.ts';
import type { Caller } from './select-model.ts';

/** A chain of inlining is as deep as the compiler's patience; a damaged file's could go on. */
const mostCallers = 256;

/** What a copy is inlined into, the nearest first. */
export const callersOf = (debug: DebugInfo, copy: number): Caller[] => {
  const callers: Caller[] = [];
  let at = debug.copy(copy).caller;
  while (at !== null && callers.length < mostCallers) {
    const caller = debug.copy(at);
    callers.push({
      name: debugPath(debug, caller.function),
      address: caller.address,
      callSite: caller.callSite,
    });
    at = caller.caller;
  }
  return callers;
};
