import type { ValueShape } from '../../../abi/shape.ts';
import { holesOf } from '../../holes.ts';
import { type At, mostSpan, type Planning, weightOf } from './planning.ts';
import type { Reads } from './reads.ts';

/** Places in a program that read a node of a B-tree. */
const mostNodeReads = 15;

export const treeReads = (shape: Extract<ValueShape, { kind: 'b-tree' }>, at: At, planning: Planning): Reads => {
  const { leaf, key, value, edges } = shape;
  const holes = Array.from({ length: leaf.capacity }, (_, i) => [
    ...holesOf(key, leaf.keys + i * key.size),
    ...holesOf(value, leaf.values + i * value.size),
  ]).flat();
  if (!planning.take(1 + mostNodeReads * (weightOf(holes) - 1))) return [];
  const element = (i: number): Reads => {
    const inner = { size: leaf.size, level: at.level + 3, nesting: at.nesting + 1 };
    return [
      ...planning.of(key, { ...inner, base: leaf.keys + i * key.size }),
      ...planning.of(value, { ...inner, base: leaf.values + i * value.size }),
    ];
  };
  const nodes = at.nesting === 0 ? 9 : 4;
  const { each: first, cost } = planning.each(nodes, () => element(0));
  const most = Math.min(leaf.capacity, cost === 0 ? 0 : Math.max(1, planning.times(cost * nodes)));
  const each = cost === 0 ? [] : [first, ...Array.from({ length: Math.max(0, most - 1) }, (_, i) => element(i + 1))];
  planning.spend(cost * Math.max(0, most) * (nodes - 1) + nodes);
  const innerSize = edges + 8 * (leaf.capacity + 1);
  if (innerSize > mostSpan) return [];
  return [
    {
      kind: 'b-tree',
      root: at.base + shape.root,
      height: at.base + shape.height,
      leaf: { size: leaf.size, holes },
      inner: { size: innerSize, holes, edges },
      length: leaf.length,
      capacity: leaf.capacity,
      children: nodes - 1,
      each,
    },
  ];
};
