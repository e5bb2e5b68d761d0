import { all } from './logic.ts';
import type { BoolNode, KeyNode, Node, Place } from './tree.ts';

/** `entry`: known where a call begins. `exit`: known only where it returns. */
export type Phase = 'entry' | 'exit';

const known = new WeakMap<object, Phase>();

/** When everything is known that a tree or a place is about. */
export const phaseOf = (node: Node | KeyNode | Place): Phase => phase(node);

const phase = (node: unknown): Phase => {
  if (typeof node !== 'object' || node === null || ArrayBuffer.isView(node)) return 'entry';
  const before = known.get(node);
  if (before !== undefined) return before;
  const own = isLate(node) || Object.values(node).some((part) => phase(part) === 'exit') ? 'exit' : 'entry';
  known.set(node, own);
  return own;
};

const isLate = (node: object): boolean =>
  'kind' in node && (node.kind === 'result' || (node.kind === 'call' && 'fact' in node && node.fact === 'duration'));

/** Parts of a condition that all have to hold: what is known at entry, and the rest. Null: there is no such part. */
export type Split = { readonly entry: BoolNode | null; readonly exit: BoolNode | null };

/** Conditions that all have to hold for one to hold. */
export const conjuncts = (node: BoolNode): readonly BoolNode[] =>
  node.kind === 'and' ? [...conjuncts(node.left), ...conjuncts(node.right)] : [node];

/**
 * Takes a condition apart by when it is known. A call for which the entry's part is false can be dropped at once, whatever
 * the rest is; where it is undecided the rest still decides, by `and` of both.
 */
export const splitByPhase = (node: BoolNode): Split => {
  const parts = conjuncts(node);
  const [early, late] = (['entry', 'exit'] as const).map((when) => parts.filter((part) => phaseOf(part) === when));
  const joined = (nodes: readonly BoolNode[] | undefined) => (nodes && nodes.length > 0 ? all(nodes) : null);
  return { entry: joined(early), exit: joined(late) };
};
