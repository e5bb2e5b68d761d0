import type { Context } from './context.ts';
import type { Span } from './token.ts';

/** Nodes of a tree, those that are shared counted as often as they are met; and how many are one inside the other. */
type Extent = { readonly nodes: number; readonly depth: number };

const mostNodes = 50_000;
const deepest = 1_500;

const known = new WeakMap<object, Extent>();
const nothing: Extent = { nodes: 0, depth: 0 };

const extentOf = (node: unknown): Extent => {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return nothing;
  const before = known.get(node);
  if (before !== undefined) return before;
  let [nodes, depth] = [1, 0];
  for (const part of Object.values(node)) {
    const inner = extentOf(part);
    nodes += inner.nodes;
    depth = Math.max(depth, inner.depth);
  }
  const extent = { nodes, depth: depth + 1 };
  known.set(node, extent);
  return extent;
};

/**
 * A name that a pattern binds may be used many times, and what it stands for may have such names in it: seen as a tree
 * it is large soon.
 *
 * @throws {RsymError} `usage` where it is too large to be evaluated.
 */
export const checkGrowth = (context: Context, node: object, span: Span): void => {
  const { nodes, depth } = extentOf(node);
  if (nodes <= mostNodes && depth <= deepest) return;
  throw context.fault(span, 'the expression is too large', {
    why: 'each use of a bound name stands for all that it is bound to',
  });
};
