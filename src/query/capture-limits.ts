import type { CaptureLimits } from '../trace/layout.ts';

/** Elements of a sequence that are shown. */
const mostItems = 100;
/** Reads behind the values of one record, and of all programs together: each takes the verifier some microseconds. */
const mostSteps = 400;
const allSteps = 20_000;
const fewestSteps = 8;
/** Bytes of memory that one record brings along; texts may take more. */
const blockBytes = 4_096;
const textsAtLeast = 3;
const mostBlockBytes = 24_000;

/** How much a call's records bring, so that programs for so many copies are still made in a moment. */
export const captureLimits = (string: number, copies: number): CaptureLimits => ({
  string,
  items: mostItems,
  steps: Math.max(fewestSteps, Math.min(mostSteps, Math.floor(allSteps / copies))),
  blocks: Math.max(blockBytes, Math.min(mostBlockBytes, textsAtLeast * (string + 32))),
});
