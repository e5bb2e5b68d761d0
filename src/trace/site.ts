import type { CallPlan, Register } from '../abi/model.ts';
import type { FileOffset } from '../base/units.ts';

/** When a conditional jump is taken: the suffix of the x86 `jcc`. */
export type Condition =
  | 'o'
  | 'no'
  | 'b'
  | 'ae'
  | 'e'
  | 'ne'
  | 'be'
  | 'a'
  | 's'
  | 'ns'
  | 'p'
  | 'np'
  | 'l'
  | 'ge'
  | 'le'
  | 'g';

/** Where an indirect jump reads its target at the hit. `pointer`: 8 bytes `distance` from the jump itself. */
export type JumpTarget =
  | { readonly kind: 'register'; readonly reg: Register }
  | {
      readonly kind: 'memory';
      readonly base: Register | null;
      readonly index: Register | null;
      readonly scale: 1 | 2 | 4 | 8;
      readonly displacement: bigint;
    }
  | { readonly kind: 'pointer'; readonly distance: bigint };

/** An instruction at which a call may end. */
export type ExitSite = {
  readonly offset: FileOffset;
  readonly kind: 'return' | 'tail-call';
  /** The jump is taken only under this condition. */
  readonly condition: Condition | null;
  /** The jump leaves the function only if its target is outside `inside`. */
  readonly target: JumpTarget | null;
  /** The function's ranges, as distances from this instruction; at most {@link maxInsideRanges}. */
  readonly inside: readonly { readonly start: bigint; readonly end: bigint }[];
  /** Other functions may run through here too: a hit without a call under way means nothing. */
  readonly shared: boolean;
};

export const maxInsideRanges = 4;

/** How a function's returns are watched. */
export type Returns =
  | { readonly mode: 'sites'; readonly exits: readonly ExitSite[] }
  | { readonly mode: 'uretprobe' }
  | { readonly mode: 'none'; readonly reason: string };

/** One copy of a function, ready to be probed: all that a backend needs. */
export type ProbeSite = {
  /** The path a user would name. */
  readonly name: string;
  readonly path: string;
  readonly entry: FileOffset;
  readonly returns: Returns;
  /** A branch of the function goes to its probed address: the hit may be the same call again. */
  readonly loopsToEntry: boolean;
  readonly plan: CallPlan;
  readonly copy: CopyInfo;
};

export type CopyInfo = {
  readonly kind: 'symbol' | 'instance' | 'inlined';
  readonly address: bigint;
  readonly caller: string | null;
  readonly callSite: { readonly file: string; readonly line: number; readonly column: number } | null;
};

/** An instruction at which execution goes on in an outer frame, with that frame's stack pointer (nearly) set. */
export type LandingSite = {
  readonly path: string;
  readonly offset: FileOffset;
  readonly kind: 'unwinder' | 'longjmp';
  /** What to add to the stack pointer at the instruction to get that of the frame. */
  readonly stackAdjust: number;
};
