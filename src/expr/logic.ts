import type { BoolNode } from './tree.ts';

export const truth = (value: boolean): BoolNode => ({ kind: 'truth', value });

/** Whether all hold. */
export const all = (nodes: readonly BoolNode[]): BoolNode => nodes.reduce(both, truth(true));
/** Whether one holds. */
export const any = (nodes: readonly BoolNode[]): BoolNode => nodes.reduce(one, truth(false));

export const both = (left: BoolNode, right: BoolNode): BoolNode => {
  if (left.kind === 'truth') return left.value ? right : left;
  return right.kind === 'truth' && right.value ? left : { kind: 'and', left, right };
};

const one = (left: BoolNode, right: BoolNode): BoolNode => {
  if (left.kind === 'truth') return left.value ? left : right;
  return right.kind === 'truth' && !right.value ? left : { kind: 'or', left, right };
};
