import type { ValueShape } from '../../../abi/shape.ts';
import { holesOf } from '../../holes.ts';
import { type At, deepItemsAt, mostBlock, type Planning, weightOf } from './planning.ts';
import type { Reads } from './reads.ts';

/** Buckets of a hash table. */
const mostBuckets = 64;
const fewestBuckets = 4;

export const hashTableReads = (
  shape: Extract<ValueShape, { kind: 'hash-table' }>,
  at: At,
  planning: Planning,
): Reads => {
  const { element } = shape;
  const holes = holesOf(element, 0).filter(({ start }) => start < mostBlock);
  if (!planning.take(fewestBuckets * (weightOf(holes) - 1) + 1)) return [];
  const inner = { base: 0, size: element.size, level: at.level + 2, nesting: at.nesting + 1 };
  const behind = (): Reads => (element.size === 0 ? [] : planning.of(element, inner));
  const { each, cost: own } = planning.each(fewestBuckets, behind);
  const cost = weightOf(holes) + own;
  const wanted = at.nesting === 0 ? mostBuckets : deepItemsAt(at);
  const most = Math.max(fewestBuckets, Math.min(wanted, planning.times(cost)));
  planning.spend(cost * most);
  return [
    {
      kind: 'hash-table',
      control: at.base + shape.control,
      mask: at.base + shape.mask,
      stride: element.size,
      most,
      holes,
      each,
    },
  ];
};
