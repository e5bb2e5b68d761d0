import { type Address, address } from '../base/units.ts';
import { type CodeReader, contains, longestInstruction, type Range, readUpTo } from './bytes.ts';
import { decodeRun, type Step, stepReader } from './step.ts';

/** What is known around code that is explored: the ranges of the function that jumps to it, if any. */
export type Surroundings = {
  readonly ranges: readonly Range[];
  /** Whether an address within `ranges` begins an instruction. */
  readonly isInside: (at: Address) => boolean;
  readonly code: CodeReader;
  readonly isFunctionStart: (at: Address) => boolean;
};

/** An instruction of a part, with the addresses that control may come to from it. */
export type Node = {
  readonly length: number;
  readonly step: Step | undefined;
  /** Where control goes on within code that is not the function's own. */
  readonly next: readonly Address[];
  /** Where control goes on if a call returns. */
  readonly afterCall: Address | undefined;
  /** Control comes back into the function's ranges from here, directly or later. */
  back: boolean;
  /** Control leaves the function from here, directly or later. */
  leaves: boolean;
};

// A cold part is small; what is longer is a function of its own.
const mostInstructions = 2_000;
const window = 256;

export type Graph = Map<Address, Node>;

/**
 * The instructions that control can come to from `entry`. Where a way can't be followed (no code, no instruction, too
 * many of them), the graph has no node for an address that another node goes to.
 */
export const explore = (entry: Address, around: Surroundings): Graph => {
  const graph: Graph = new Map();
  const pending: Address[] = [entry];
  const isOwn = (at: bigint): boolean => around.ranges.some((range) => contains(range, at));
  const isStop = (at: Address): boolean => isOwn(at) || (at !== entry && around.isFunctionStart(at));

  /** Decodes on from `at`; answers where to go on when the window ends. */
  const run = (at: Address): Address | undefined => {
    const bytes = readUpTo(around.code, at, window);
    if (bytes === undefined) return undefined;
    const read = stepReader(bytes);
    let cut: Address | undefined;
    decodeRun(bytes, at, 0, (position, instruction) => {
      const here = address(at + BigInt(position));
      // An instruction cut by the window's end begins the next window.
      if (position > 0 && position + longestInstruction > bytes.length && bytes.length === window) {
        cut = here;
        return false;
      }
      const step = read(position, instruction);
      if (graph.has(here) || (position > 0 && isStop(here))) return false;
      if (step?.kind === 'refused' || graph.size >= mostInstructions) return false;
      const behind = address(here + BigInt(instruction.length));
      const node = nodeOf(step, instruction.length, behind, isOwn, around);
      if (node === undefined) return false;
      graph.set(here, node);
      const goesOn = [...node.next, ...(node.afterCall === undefined ? [] : [node.afterCall])];
      for (const target of goesOn) if (target !== behind) pending.push(target);
      return goesOn.includes(behind);
    });
    return cut;
  };

  while (pending.length > 0) {
    const at = pending.pop()!;
    if (graph.has(at)) continue;
    let next: Address | undefined = at;
    while (next !== undefined && !graph.has(next) && (next === at || !isStop(next))) next = run(next);
  }
  return graph;
};

/** The node of one instruction; undefined if it goes where no instruction can begin. */
const nodeOf = (
  step: Step | undefined,
  length: number,
  behind: Address,
  isOwn: (at: bigint) => boolean,
  around: Surroundings,
): Node | undefined => {
  const next: Address[] = [];
  let afterCall: Address | undefined;
  let back = false;
  let leaves = false;
  const goTo = (target: Address): boolean => {
    if (isOwn(target)) {
      back = true;
      return around.isInside(target);
    }
    if (around.isFunctionStart(target)) leaves = true;
    else next.push(target);
    return true;
  };
  switch (step?.kind) {
    case 'return':
    case 'indirect-jump':
      leaves = true;
      break;
    case 'trap':
      break;
    case 'jump':
      if (!goTo(step.target)) return undefined;
      break;
    case 'branch':
      if (!goTo(step.target) || !fallTo(behind)) return undefined;
      break;
    case 'abort-target':
      return undefined;
    case 'call':
    case 'indirect-call':
      if (isOwn(behind)) {
        back = around.isInside(behind);
        if (!back) return undefined;
      } else if (!around.isFunctionStart(behind)) afterCall = behind;
      break;
    default:
      if (!fallTo(behind)) return undefined;
  }
  return { length, step, next, afterCall, back, leaves };

  function fallTo(at: Address): boolean {
    if (isOwn(at) || !around.isFunctionStart(at)) return goTo(at);
    // Padding before the next function doesn't run; nothing else that a compiler makes falls into one.
    return step?.kind === 'nop' || step?.kind === 'breakpoint';
  }
};

/** Maximal contiguous runs of instructions, in address order; undefined if two instructions overlap. */
export const runsOf = (graph: Graph, kept: Iterable<Address>): Range[] | undefined => {
  const runs: { start: Address; end: Address }[] = [];
  for (const at of [...kept].sort((a, b) => (a < b ? -1 : 1))) {
    const end = address(at + BigInt(graph.get(at)?.length ?? 0));
    const last = runs.at(-1);
    if (last !== undefined && last.end > at) return undefined;
    if (last?.end === at) last.end = end;
    else runs.push({ start: at, end });
  }
  return runs;
};
