import type { ValueShape } from '../../../abi/shape.ts';
import { holesOf } from '../../holes.ts';
import { type At, type Planning, weightOf } from './planning.ts';
import type { KnownRead, Reads } from './reads.ts';

/** Bytes of a trait object's value. */
const mostDyn = 256;

export const dynReads = (shape: Extract<ValueShape, { kind: 'dyn' }>, at: At, planning: Planning): Reads => {
  if (!planning.take() || !planning.take()) return [];
  const known = shape.known.map(({ vtable, shape: own }): KnownRead => {
    const size = Math.min(own.size, mostDyn);
    const then = planning.of(own, { base: 0, size, level: at.level + 2, nesting: at.nesting });
    return { vtable, size, holes: holesOf(own, 0).filter(({ start }) => start < size), then };
  });
  const isRedacting = planning.limits.isRedacting === true;
  const wanted = known.filter(({ then, holes }) => isRedacting || then.length > 0 || holes.length > 0);
  const taken = wanted.filter((one) => planning.take(weightOf(one.holes)));
  const isKnownOnly = isRedacting || wanted.some((one) => one.holes.length > 0 && !taken.includes(one));
  return [
    {
      kind: 'dyn',
      data: at.base + shape.data,
      vtable: at.base + shape.vtable,
      add: shape.add,
      hasCounts: shape.counts !== null,
      most: mostDyn,
      known: taken,
      isKnownOnly,
    },
  ];
};
