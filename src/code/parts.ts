import type { Address } from '../base/units.ts';
import { contains, type Range } from './bytes.ts';
import { explore, type Graph, runsOf, type Surroundings } from './graph.ts';
import type { Step } from './step.ts';

/** A part: its instructions with a step that matters, and the jumps from it that are exits to code of others. */
export type Part = {
  readonly ranges: readonly Range[];
  readonly steps: readonly (readonly [Address, Step])[];
};

/** Stands for code that couldn't be followed: it may do anything, so it is taken for an exit. */
const unknown = { back: false, leaves: true };

/** Carries `back` and `leaves` against the flow until nothing changes. */
const settle = (graph: Graph): void => {
  const nodes = [...graph.values()].reverse();
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of nodes) {
      for (const at of node.afterCall === undefined ? node.next : [...node.next, node.afterCall]) {
        const next = graph.get(at) ?? unknown;
        if (next.back && !node.back) changed = node.back = true;
        if (next.leaves && !node.leaves) changed = node.leaves = true;
      }
    }
  }
};

/**
 * The outlined part of a function that begins at `entry`, found by following control from there. It is a part if
 * control comes back into the function, or never leaves it (it ends in calls that don't return). Answers undefined
 * where neither is proved: then `entry` may as well be another function, called by a jump.
 */
export const findPart = (entry: Address, around: Surroundings): Part | undefined => {
  const graph = explore(entry, around);
  settle(graph);
  const runs = runsOf(graph, graph.keys());
  if (runs === undefined) return undefined;
  const runOf = (at: Address): Range | undefined => runs.find((run) => contains(run, at));

  const kept = new Set<Address>();
  const steps: [Address, Step][] = [];
  const pending: Address[] = [entry];
  let back = false;
  let leaves = false;
  while (pending.length > 0) {
    const at = pending.pop()!;
    const node = graph.get(at);
    if (node === undefined) return undefined;
    if (kept.has(at)) continue;
    kept.add(at);
    back ||= node.back;
    const step = node.step;
    if (step?.kind === 'return' || step?.kind === 'indirect-jump') leaves = true;
    if (step !== undefined) steps.push([at, step]);
    for (const target of node.next) {
      const next = graph.get(target) ?? unknown;
      const isElsewhere = runOf(target) !== runOf(at);
      // Code apart that leaves and never comes back is another function: the jump to it stays an exit.
      if (isElsewhere && next.leaves && !next.back) leaves = true;
      else pending.push(target);
    }
    if ((step?.kind === 'jump' || step?.kind === 'branch') && around.isFunctionStart(step.target)) leaves = true;
    if (node.afterCall !== undefined) {
      const next = graph.get(node.afterCall) ?? unknown;
      // Either the callee doesn't return and another function's code follows, or this part returns by itself.
      if (next.leaves && !next.back) return undefined;
      pending.push(node.afterCall);
    }
  }
  if (!back && leaves) return undefined;
  const ranges = runsOf(graph, kept);
  return ranges === undefined ? undefined : { ranges, steps };
};
