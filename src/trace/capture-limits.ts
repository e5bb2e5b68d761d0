import type { CaptureLimits } from './capture-layout.ts';

/** Elements of a sequence that are shown. */
const mostItems = 100;
/** Reads behind the values of one record. */
const mostSteps = 400;
/** Bytes of memory that one record brings along; texts may take more. */
const blockBytes = 4_096;
const textsAtLeast = 3;
const mostBlockBytes = 24_000;

/** How much a call's records bring where a text has at most `string` bytes. */
export const captureLimits = (string: number, isRedacting = false): CaptureLimits => ({
  string,
  items: mostItems,
  steps: mostSteps,
  ...(isRedacting ? { isRedacting } : {}),
  blocks: Math.max(blockBytes, Math.min(mostBlockBytes, textsAtLeast * (string + 32))),
});
