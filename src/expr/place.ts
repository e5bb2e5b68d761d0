import type { ValueShape } from '../abi/shape.ts';
import type { IntNode, Place, Root } from './tree.ts';
import type { Placed } from './value.ts';

export const shifted = (place: Place, by: number): Place => {
  if (by === 0) return place;
  return place.kind === 'behind' ? { ...place, add: place.add + by } : { ...place, offset: place.offset + by };
};

export const placed = (place: Place, shape: ValueShape): Placed => ({ kind: 'placed', place, shape });

/** The whole value of an argument, or the result. */
export const rootValue = (root: Root, shape: ValueShape): Placed => placed({ kind: 'own', root, offset: 0 }, shape);

/** The part of `shape` at an offset. */
export const partOf = ({ place }: Placed, offset: number, shape: ValueShape): Placed =>
  placed(shifted(place, offset), shape);

/** What a pointer at an offset leads to. */
export const behind = (value: Placed, data: number, add: number): Place => ({
  kind: 'behind',
  pointer: shifted(value.place, data),
  add,
});

/** Follows references, boxes and counted pointers; what is set once is an Option of it. */
export const followed = (value: Placed): Placed => {
  let at = value;
  for (;;) {
    const { shape } = at;
    if (shape.kind === 'pointer') at = placed(behind(at, shape.behind.data, shape.behind.add), shape.target);
    else if (shape.kind === 'once') at = partOf(at, 0, shape.value);
    else return at;
  }
};

/** An unsigned word of a value: a length, an address. */
export const wordNode = (value: Placed, offset: number): IntNode => ({
  kind: 'load',
  place: shifted(value.place, offset),
  size: 8,
  signed: false,
});
