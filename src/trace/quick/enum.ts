import type { EnumShape, ValueShape } from '../../abi/shape.ts';
import { nameText } from '../decode/name.ts';
import { quickFields } from './aggregate.ts';
import type { Parts, QuickParts, QuickPlan, QuickText } from './quick.ts';

type CEnumShape = Extract<ValueShape, { kind: 'c-enum' }>;
type Size = CEnumShape['size'];

const high = 0x1_0000_0000;
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** An unsigned number; one that a number can't hold exactly is -1. */
const tagAt = (view: DataView, at: number, size: Size): number => {
  switch (size) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true);
    case 4:
      return view.getUint32(at, true);
    default: {
      const upper = view.getUint32(at + 4, true);
      return upper < 0x20_0000 ? upper * high + view.getUint32(at, true) : -1;
    }
  }
};

export const quickCEnum = ({ size, variants }: CEnumShape): QuickText | null => {
  if (size === 16) return null;
  const names = new Map<number, Uint8Array>();
  for (const { name, value } of variants) {
    const bits = BigInt.asUintN(size * 8, value);
    // The first of two names for one value counts.
    if (bits <= largest && !names.has(Number(bits))) names.set(Number(bits), Buffer.from(nameText(name)));
  }
  return (view, _, at, to) => {
    const name = names.get(tagAt(view, at, size));
    if (name === undefined) return false;
    to.piece(name);
    return true;
  };
};

export const quickEnum = (shape: EnumShape, parts: QuickParts, plan: QuickPlan, left: Parts): QuickText | null => {
  const { tag, variants, isTransparent, size } = shape;
  if (tag === null || tag.size === 16 || isTransparent || variants.length > left.count) return null;
  if (tag.offset + tag.size > size) return null;
  const ways: { low: number; high: number; text: QuickText }[] = [];
  let other: QuickText | null = null;
  for (const variant of variants) {
    const { values } = variant;
    const text = quickFields(variant, size, parts, plan, left);
    if (text === null) return null;
    if (values === null) other = text;
    for (const range of values ?? []) {
      if (range.high > largest) return null;
      ways.push({ low: Number(range.low), high: Number(range.high), text });
    }
  }
  return (view, record, at, to) => {
    const value = tagAt(view, at + tag.offset, tag.size);
    if (value < 0) return false;
    for (const way of ways) if (value >= way.low && value <= way.high) return way.text(view, record, at, to);
    return other?.(view, record, at, to) ?? false;
  };
};
