import type { Address } from '../base/units.ts';
import { type CodeReader, longestInstruction, readUpTo } from './bytes.ts';
import { type Effects, effectsOf } from './effects.ts';
import { decodeRun, type Step, stepOf } from './step.ts';

export type DecodedInstruction = {
  readonly at: Address;
  readonly length: number;
  readonly step: Step | undefined;
  readonly effects: Effects;
};

/** The one instruction at an address; undefined where there is none. */
export const decodeAt = (at: Address, code: CodeReader): DecodedInstruction | undefined => {
  const bytes = readUpTo(code, at, longestInstruction);
  let found: DecodedInstruction | undefined;
  if (bytes === undefined) return undefined;
  decodeRun(bytes, at, 0, (_, instruction) => {
    if (!instruction.isInvalid) {
      found = { at, length: instruction.length, step: stepOf(instruction), effects: effectsOf(instruction) };
    }
    return false;
  });
  return found;
};
