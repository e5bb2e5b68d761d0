import type { ValueShape } from '../../abi/shape.ts';
import { sanitize } from '../../base/text.ts';
import type { TextBytes } from '../../base/text-bytes.ts';
import type { CaptureLayout } from '../capture-layout.ts';
import { holesOf } from '../holes.ts';
import { quickPointer, quickSequence, quickStruct } from './aggregate.ts';
import { quickCEnum, quickEnum } from './enum.ts';
import { type Parts, type QuickPlan, type QuickText, quickFixed, someParts } from './quick.ts';
import { quickAddress, quickBool, quickChar, quickFloat, quickInt } from './scalar.ts';
import { quickText } from './text.ts';

/** A quick text of a shape; null where it takes more than that. */
export const quickShape = (shape: ValueShape, plan: QuickPlan): QuickText | null =>
  holesOf(shape, 0).length > 0 ? null : part(shape, plan, someParts());

const part = (shape: ValueShape, plan: QuickPlan, left: Parts): QuickText | null => {
  if (--left.count < 0 || left.depth === 0) return null;
  left.depth--;
  const text = partOf(shape, plan, left);
  left.depth++;
  return text;
};

const partOf = (shape: ValueShape, plan: QuickPlan, left: Parts): QuickText | null => {
  switch (shape.kind) {
    case 'int':
      return quickInt(shape);
    case 'float':
      return quickFloat(shape);
    case 'bool':
      return quickBool;
    case 'char':
      return quickChar;
    case 'unit':
      return quickFixed('()');
    case 'fixed':
      return quickFixed(sanitize(shape.text));
    case 'address':
      return shape.size < 8 ? null : quickAddress;
    case 'text':
      return quickText(shape, plan);
    case 'struct':
      return quickStruct(shape, part, plan, left);
    case 'enum':
      return quickEnum(shape, part, plan, left);
    case 'c-enum':
      return quickCEnum(shape);
    case 'pointer':
      return quickPointer(shape, part, plan, left);
    case 'sequence':
      return quickSequence(shape, part, plan, left);
    default:
      return null;
  }
};

/** As {@link QuickText}, of a value in records of one layout, from where the record begins. */
export type QuickValue = (view: DataView, record: number, to: TextBytes) => boolean;

/** The quick text of a value in records of this layout; null where there is none. */
export const quickValue = (
  shape: ValueShape,
  layout: CaptureLayout,
  value: number,
  items: number,
): QuickValue | null => {
  const { first = 0, count = 0 } = layout.values[value] ?? {};
  const slot = layout.slots[first];
  if (count !== 1 || slot === undefined || slot.missing.length > 0 || slot.constants.length > 0) return null;
  // Memory that may not have been stored yet is told apart in full only.
  if (layout.stale.length > 0 || shape.size > slot.size) return null;
  const text = quickShape(shape, { blocks: layout.follows.length === 0 ? null : layout.blocks, items });
  if (text === null) return null;
  const { at, read } = slot;
  if (read.length === 0) return (view, record, to) => text(view, record, record + at, to);
  return (view, record, to) => {
    for (const { resultAt } of read) if (view.getInt32(record + resultAt, true) < 0) return false;
    return text(view, record, record + at, to);
  };
};
