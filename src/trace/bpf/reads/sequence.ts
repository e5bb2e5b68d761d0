import type { ValueShape } from '../../../abi/shape.ts';
import { holesOf } from '../../holes.ts';
import { type At, deepItemsAt, mostBlock, mostSpan, type Planning, weightOf } from './planning.ts';
import type { Read, Reads } from './reads.ts';

/** `into`: how far into what is read the elements begin. */
export const sequenceReads = (
  shape: Extract<ValueShape, { kind: 'sequence' }>,
  at: At,
  { data, from, into }: { readonly data: number; readonly from: number; readonly into: number },
  planning: Planning,
): Reads => {
  const length = at.base + shape.length;
  const holes = holesOf(shape.element, 0);
  if (holes.length > 0) return readsApart(shape.element, at, { data, from: from + into, length, holes }, planning);
  const elements = elementReads(shape.element, at, 1, planning);
  return elements === null ? [] : [{ kind: 'span', data, from, head: into, length, ...elements }];
};

export const ringReads = (shape: Extract<ValueShape, { kind: 'ring' }>, at: At, planning: Planning): Reads => {
  const { base } = at;
  const elements = elementReads(shape.element, at, 2, planning);
  if (elements === null) return [];
  const word = (offset: number | null): number | null => (offset === null ? null : base + offset);
  return [
    {
      kind: 'ring',
      data: base + shape.behind.data,
      capacity: base + shape.capacity,
      head: base + shape.head,
      length: word(shape.length),
      tail: word(shape.tail),
      ...elements,
    },
  ];
};

export const listReads = (shape: Extract<ValueShape, { kind: 'list' }>, at: At, planning: Planning): Reads => {
  const { node, element } = shape;
  const holes = holesOf(element, node.element);
  if (!planning.take(weightOf(holes))) return [];
  const inner = { base: node.element, size: node.size, level: at.level + 1, nesting: at.nesting + 1 };
  const { each, cost: own } = planning.each(1, () => planning.of(element, inner));
  const cost = weightOf(holes) + own;
  const most = Math.max(1, Math.min(deepItemsAt(at), planning.limits.items, planning.times(cost)));
  planning.spend(cost * most);
  if (node.size > mostBlock) return [];
  return [{ kind: 'list', head: at.base + shape.head, next: node.next, size: node.size, holes, most, each }];
};

/** What is read of elements that lie side by side, by so many places of the program; null: nothing. */
const elementReads = (
  element: ValueShape,
  at: At,
  times: number,
  planning: Planning,
): { stride: number; most: number; each: Reads; deep: number } | null => {
  const stride = element.size;
  if (stride === 0 || stride > mostSpan || element.kind === 'cut' || !planning.take()) return null;
  const plain = Math.max(1, Math.min(planning.limits.items, Math.floor(mostSpan / stride)));
  const inner = { base: 0, size: stride, level: at.level + 1, nesting: at.nesting + 1 };
  const { each, cost } = planning.each(times, () => planning.of(element, inner));
  if (each.length === 0) return { stride, most: plain, each, deep: 0 };
  const wanted = Math.min(plain, deepItemsAt(at));
  const deep = Math.max(1, Math.min(wanted, 1 + planning.times(Math.max(1, cost * times))));
  planning.spend(cost * (deep * times - 1));
  return { stride, most: plain, each, deep };
};

/** Elements around which there are bytes that may not be read: each is a block, which takes a step. */
const readsApart = (
  element: ValueShape,
  at: At,
  place: Pick<Extract<Read, { kind: 'elements' }>, 'data' | 'from' | 'length' | 'holes'>,
  planning: Planning,
): Reads => {
  const stride = element.size;
  const weight = weightOf(place.holes);
  if (stride === 0 || stride > mostSpan || element.kind === 'cut' || !planning.take(weight)) return [];
  const inner = { base: 0, size: stride, level: at.level + 1, nesting: at.nesting + 1 };
  const { each, cost } = planning.each(1, () => planning.of(element, inner));
  const per = weight + cost;
  const wanted = Math.min(planning.limits.items, deepItemsAt(at));
  const most = Math.max(1, Math.min(wanted, 1 + planning.times(per)));
  planning.spend(per * (most - 1));
  return [{ kind: 'elements', ...place, stride, most, each }];
};
