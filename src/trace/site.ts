import type { CallPlan, Register, ValuePlan } from '../abi/model.ts';
import type { Piece } from '../abi/place.ts';
import type { ValueShape } from '../abi/shape.ts';
import type { FileOffset } from '../base/units.ts';
import type { BoolNode, KeyNode } from '../expr/tree.ts';

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
  /** The same as linked. */
  readonly address: bigint;
  /** What is added to the stack pointer there to get the one that the call is known by. */
  readonly stackAdjust: number;
  /** Where the result is at this exit, if not where the plan says. */
  readonly result: readonly Piece[] | null;
  readonly kind: 'return' | 'tail-call';
  /** The jump is taken only under this condition. */
  readonly condition: Condition | null;
  /** The jump leaves the function only if its target is outside `inside`. */
  readonly target: JumpTarget | null;
  /** The function's ranges, as distances from this instruction; at most {@link maxInsideRanges}. */
  readonly inside: readonly { readonly start: bigint; readonly end: bigint }[];
  /** Of a tail call: registers that may hand something on to the other function. */
  readonly passes: readonly Register[];
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
  /** Where the call's beginning is seen. */
  readonly entry: FileOffset;
  /** The same as linked. */
  readonly entryAddress: bigint;
  /** What is added to the stack pointer there to get the one that the call is known by: that of its first instruction. */
  readonly stackAdjust: number;
  /** Registers whose values at entry an exit needs; places at exits name them by their index. At most {@link mostSaved}. */
  readonly saved: readonly Register[];
  readonly returns: Returns;
  /** A branch of the function goes to its probed address: the hit may be the same call again. */
  readonly loopsToEntry: boolean;
  readonly plan: CallPlan;
  /** Memory that isn't believed at the call's beginning, by what registers hold there. */
  readonly stale: readonly StalePlace[];
  /** Arguments that are read once more when the call returns, by the words they had at entry. */
  readonly after: readonly AfterPlan[];
  /** The shape of the concrete type of a trait object, by its vtable's address as linked; null: unknown. */
  readonly concrete: (vtable: bigint) => ValueShape | null;
  readonly copy: CopyInfo;
  /** Which calls are wanted, typed for this copy's arguments and result; absent: all. */
  readonly when?: BoolNode;
  /** What calls are told apart by, likewise; absent: nothing but the function. */
  readonly by?: KeyNode;
};

/** `size` bytes at the sum of the registers and `displacement`; an address as linked where `base` is null. */
export type StalePlace = {
  readonly base: Register | null;
  readonly index: Register | null;
  readonly scale: number;
  readonly displacement: bigint;
  readonly size: number;
};

/** What one word of a value is at a return: a register's that was saved at entry, a number, or rax's lowest bytes. */
export type AfterWord = number | { readonly constant: bigint } | { readonly result: number };

export type AfterPlan = Pick<ValuePlan, 'name' | 'type' | 'shape' | 'evidence'> & {
  readonly words: readonly AfterWord[];
};

export type CopyInfo = {
  readonly kind: 'symbol' | 'instance' | 'inlined';
  readonly address: bigint;
  /** The instance's own name, where it isn't the function's. */
  readonly name?: string;
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
