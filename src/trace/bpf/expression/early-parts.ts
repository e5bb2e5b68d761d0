import { phaseOf } from '../../../expr/phase.ts';
import type { BoolNode, FloatNode, IntNode, KeyNode, Node, TextNode, VariantNode } from '../../../expr/tree.ts';
import { Unlowerable } from './unlowerable.ts';

/** A node that is known when a call begins, as a key. */
export type EarlyNode = { readonly node: Node; readonly key: KeyNode };

/** What the nodes of a tree are by the kinds that only they have; those of an `either` are of its cases' kind. */
const boolKinds: readonly string[] = [
  'truth',
  'bool',
  'not',
  'and',
  'or',
  'same-bool',
  'compare-int',
  'compare-float',
  'compare-text',
  'test-text',
  'variant',
] satisfies BoolNode['kind'][];
const intKinds: readonly string[] = [
  'integer',
  'load',
  'char',
  'time-span',
  'call',
  'arithmetic',
  'negative',
  'complement',
  'ilog2',
  'next-power-of-two',
  'length',
] satisfies IntNode['kind'][];
const floatKinds: readonly string[] = [
  'float',
  'load-float',
  'float-arithmetic',
  'negative-float',
] satisfies FloatNode['kind'][];
const textKinds: readonly string[] = ['bytes', 'text', 'comm'] satisfies TextNode['kind'][];

const kindOf = (node: Node): string =>
  node.kind === 'either' ? kindOf(node.cases[0]?.gives ?? { kind: 'truth', value: true }) : node.kind;

/** The key that keeps a node's value. */
const keyOf = (node: Node): KeyNode => {
  const kind = kindOf(node);
  if (boolKinds.includes(kind)) return { kind: 'bool', node: node as BoolNode };
  if (intKinds.includes(kind)) return { kind: 'int', node: node as IntNode };
  if (floatKinds.includes(kind)) return { kind: 'float', node: node as FloatNode, size: 8 };
  if (textKinds.includes(kind)) return { kind: 'text', node: node as TextNode };
  return { kind: 'variant', node: node as VariantNode };
};

const placeKinds = ['own', 'behind', 'element', 'guarded'];
const nodeKinds = [...boolKinds, ...intKinds, ...floatKinds, ...textKinds, 'variant-name'];

const usesArgument = (part: unknown): boolean => {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return false;
  if ('kind' in part && part.kind === 'argument') return true;
  return Object.values(part).some(usesArgument);
};

/** The largest nodes that are known when a call begins, of trees that aren't. Those that no argument is in are known at its end. */
export const earlyNodes = (trees: readonly (Node | KeyNode)[]): readonly EarlyNode[] => {
  const found = new Map<Node, KeyNode>();
  const seen = new Set<object>();
  const visit = (part: unknown, isInKey: boolean): void => {
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part) || seen.has(part)) return;
    seen.add(part);
    if ('items' in part || 'node' in part) {
      for (const inner of Object.values(part)) visit(inner, true);
      return;
    }
    const kind = 'kind' in part ? kindOf(part as Node) : '';
    const isPlace = placeKinds.includes(kind);
    if ((isPlace || nodeKinds.includes(kind)) && phaseOf(part as Node) === 'entry') {
      if (!usesArgument(part)) return;
      if (isPlace) throw new Unlowerable('it takes an argument and the result in one step');
      if (textKinds.includes(kind) && !isInKey)
        throw new Unlowerable("it compares a text of the call's beginning with what is known at its end");
      found.set(part as Node, keyOf(part as Node));
      return;
    }
    const isList = Array.isArray(part);
    for (const inner of Object.values(part)) visit(inner, isList && isInKey);
  };
  for (const tree of trees) visit(tree, false);
  return [...found].map(([node, key]) => ({ node, key }));
};
