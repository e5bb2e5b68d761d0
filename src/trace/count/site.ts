import type { FileOffset } from '../../base/units.ts';
import type { BackJump } from '../bpf/count.ts';

/** One copy of a function, ready to be counted. */
export type CountSite = {
  readonly path: string;
  /** An instruction that runs once for each call, and for each of `jumps` that is taken. */
  readonly entry: FileOffset;
  readonly jumps: readonly (BackJump & { readonly offset: FileOffset })[];
};
