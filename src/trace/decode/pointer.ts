import type { FollowedShape, ValueShape } from '../../abi/shape.ts';
import { sanitize } from '../../base/text.ts';
import { hex } from '../../base/units.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { missing, missingAt, nothing, type Shown } from './shown.ts';
import { emptySource, type Source } from './source.ts';

type PointerShape = Extract<FollowedShape, { kind: 'pointer' }>;
type DynShape = Extract<FollowedShape, { kind: 'dyn' }>;

/** A value in memory. */
const pointedTo = (target: ValueShape, address: bigint, decoding: Decoding): Shown => {
  if (target.kind === 'cut') return missingAt(target.why, address);
  if (target.size === 0 || target.kind === 'fixed') return decoding.part(target, emptySource, 0);
  const memory = decoding.wanted(address);
  return typeof memory === 'string' ? missingAt(memory, address) : decoding.part(target, memory, 0);
};

export const decodePointer = (shape: PointerShape, source: Source, at: number, decoding: Decoding): Shown => {
  const { data, add, counts } = shape.behind;
  const address = ownWord(source, at + data);
  if (typeof address !== 'bigint') return missing(address);
  if (address === 0n) return nothing;
  decoding.count(address, counts);
  return pointedTo(shape.target, address + BigInt(add), decoding);
};

/** Where the alignment of the concrete type is in a vtable: behind `drop` and the size. */
const alignAt = 16n;
/** The counts of an Rc or an Arc. */
const countsSize = 16n;

/** How far behind the address the value of a trait object begins; null where that isn't known. */
const valueOffset = (shape: DynShape, vtable: bigint, decoding: Decoding): bigint | null => {
  if (shape.add !== null) return BigInt(shape.add);
  const align = decoding.wordAt(vtable + alignAt);
  if (align === null || align === 0n || (align & (align - 1n)) !== 0n) return null;
  return align > countsSize ? align : countsSize;
};

export const decodeDyn = (shape: DynShape, source: Source, at: number, decoding: Decoding): Shown => {
  const address = ownWord(source, at + shape.data);
  if (typeof address !== 'bigint') return missing(address);
  if (address === 0n) return nothing;
  const vtable = ownWord(source, at + shape.vtable);
  if (typeof vtable !== 'bigint') return missing(vtable);
  decoding.count(address, shape.counts);
  const concrete = decoding.context.concrete(vtable);
  const offset = concrete === null ? null : valueOffset(shape, vtable, decoding);
  if (concrete !== null && offset !== null) return pointedTo(concrete, address + offset, decoding);
  decoding.spend(shape.trait.length);
  return { value: missing('depth').value, text: `<dyn ${sanitize(shape.trait)} at ${hex(address)}>` };
};
