import type { ValuePlan } from '../abi/model.ts';
import { all } from '../expr/logic.ts';
import { conjuncts, splitByPhase } from '../expr/phase.ts';
import type { BoolNode, Root } from '../expr/tree.ts';
import type { Code } from './bpf/asm.ts';
import { chosenLabels } from './bpf/choose.ts';
import { lowerCondition } from './bpf/expression/lower.ts';
import type { ExpressionProbe } from './bpf/expression/probe.ts';
import { Unlowerable } from './bpf/expression/unlowerable.ts';
import { Labels } from './bpf/follow/labels.ts';
import type { Memory } from './bpf/memory/memory.ts';
import type { ProbeSite } from './site.ts';

/** What of a condition is decided where a call begins, and by whom. Null: nothing. */
export type EntryCondition = {
  /** By the program at the entry. */
  readonly code: Code | null;
  /** By its reader. */
  readonly rest: BoolNode | null;
  /** There is a part that is known only where the call returns. */
  readonly hasExit: boolean;
  /** Why there is a rest, in a user's words. */
  readonly reason: string | null;
};

const nothing: EntryCondition = { code: null, rest: null, hasExit: false, reason: null };

/** Takes a site's condition apart: what the kernel can tell at the entry is left to it. */
export const entryCondition = (site: ProbeSite, memory: Memory, isOurs: boolean): EntryCondition => {
  if (site.when === undefined) return nothing;
  const { entry, exit } = splitByPhase(site.when);
  const hasExit = exit !== null;
  if (entry === null) return { ...nothing, hasExit };
  if (isOurs) return { ...nothing, rest: entry, hasExit };
  const whole = lowered(entry, site, memory);
  if (!(whole instanceof Unlowerable)) return { ...nothing, code: whole, hasExit };
  const parts = conjuncts(entry).map((node) => ({ node, code: lowered(node, site, memory) }));
  const able = parts.filter(({ code }) => !(code instanceof Unlowerable)).map(({ node }) => node);
  const rest = parts.filter(({ code }) => code instanceof Unlowerable);
  const code = able.length === 0 ? null : lowered(all(able), site, memory);
  if (code === null || code instanceof Unlowerable) return { code: null, rest: entry, hasExit, reason: whole.reason };
  const reason = rest
    .map((part) => (part.code instanceof Unlowerable ? part.code.reason : ''))
    .find((one) => one !== '');
  return { code, rest: all(rest.map(({ node }) => node)), hasExit, reason: reason ?? whole.reason };
};

const lowered = (node: BoolNode, site: ProbeSite, memory: Memory): Code | Unlowerable => {
  try {
    return lowerCondition(node, entryProbe(site, memory), chosenLabels);
  } catch (error) {
    if (error instanceof Unlowerable) return error;
    throw error;
  }
};

/** A call at its entry, as its program sees it: what the reader sees of the values is the same. */
const entryProbe = ({ plan, stale, entryAddress }: ProbeSite, memory: Memory): ExpressionProbe => ({
  pieces: (root) => piecesOf(plan.args, root),
  address: entryAddress,
  saved: [],
  stale,
  memory,
  duration: null,
  labels: new Labels(),
});

const piecesOf = (args: readonly ValuePlan[], root: Root): ValuePlan['pieces'] | null => {
  const plan = root.kind === 'argument' ? args[root.index] : undefined;
  if (plan === undefined || plan.evidence === 'conflict') return null;
  return plan.candidates[0]?.pieces ?? plan.pieces;
};
