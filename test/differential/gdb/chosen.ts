import type { DebugInfo } from '../../../src/elf/debug-model.ts';
import type { DebugCopy } from '../../../src/elf/function-model.ts';
import type { DebugScope } from '../../../src/elf/variable-model.ts';
import { sample } from '../seeded.ts';

/** A copy with parameters, and within how many inlined copies it is (0: out of line). */
export type ChosenCopy = { readonly copy: DebugCopy; readonly depth: number };

/** Three of ten are inlined, as far as there are so many; no function is chosen twice. */
export const chooseCopies = (info: DebugInfo, count: number, random: () => number): ChosenCopy[] => {
  const inlined = Math.round(count * 0.3);
  const used = new Set<number>();
  const pick = (isInlined: boolean, wanted: number): ChosenCopy[] => {
    const functions = Array.from({ length: info.functionCount }, (_, id) => id).filter((id) => {
      const counts = info.copyCounts(id);
      return (isInlined ? counts.inlined : counts.outOfLine) > 0;
    });
    const chosen: ChosenCopy[] = [];
    for (const id of sample(functions, functions.length, random)) {
      if (chosen.length === wanted) break;
      if (used.has(id)) continue;
      const copies = info.function(id).copies.map((one) => info.copy(one));
      const [copy] = sample(
        copies.filter(({ kind }) => (kind === 'inlined') === isInlined),
        1,
        random,
      );
      if (copy === undefined || !isOfInterest(info.scope(copy))) continue;
      used.add(id);
      chosen.push({ copy, depth: depthOf(info, copy) });
    }
    return chosen;
  };
  return [...pick(false, count - inlined), ...pick(true, inlined)];
};

/** All copies out of line with a parameter that is in one slot of the frame, by debug info, from the first instruction to the last. */
export const framedCopies = (info: DebugInfo): ChosenCopy[] =>
  Array.from({ length: info.functionCount }, (_, id) => id)
    .filter((id) => info.copyCounts(id).outOfLine > 0)
    .flatMap((id) => info.function(id).copies.map((one) => info.copy(one)))
    .filter((copy) => copy.kind === 'out-of-line' && isFramed(info.scope(copy)))
    .map((copy) => ({ copy, depth: 0 }));

const isFramed = ({ variables }: DebugScope): boolean =>
  variables.some(
    ({ isParameter, locations }) =>
      isParameter &&
      locations.some(({ range, operations }) => range === null && operations.some(({ op }) => op === 'frame-offset')),
  );

const isOfInterest = ({ language, variables }: DebugScope): boolean =>
  language !== 'other' && variables.some(({ isParameter }) => isParameter);

const depthOf = (info: DebugInfo, copy: DebugCopy): number =>
  copy.caller === null ? 0 : 1 + depthOf(info, info.copy(copy.caller));
