import type { FieldShape, FollowedShape, Form, StructShape } from '../../abi/shape.ts';
import { nameText } from '../decode/name.ts';
import { findBlock, found, isNull } from './block.ts';
import { type Parts, type QuickParts, type QuickPlan, type QuickText, quickFixed } from './quick.ts';

type Of<Kind extends FollowedShape['kind']> = Extract<FollowedShape, { kind: Kind }>;

/** As `formText`, with all that doesn't change made once. */
export const quickFields = (
  { name, form, fields }: { readonly name: string; readonly form: Form; readonly fields: readonly FieldShape[] },
  size: number,
  parts: QuickParts,
  plan: QuickPlan,
  left: Parts,
): QuickText | null => {
  const title = nameText(name);
  if (fields.length === 0) return quickFixed(title === '' ? '()' : title);
  const isNamed = form === 'named';
  const open = isNamed ? (title === '' ? '{ ' : `${title} { `) : `${title}(`;
  const close = Buffer.from(isNamed ? ' }' : title === '' && fields.length === 1 ? ',)' : ')');
  const steps: { before: Uint8Array; offset: number; text: QuickText }[] = [];
  for (const field of fields) {
    // Damaged debug info may say that a field lies outside.
    const isInside = field.offset >= 0 && field.offset + field.shape.size <= size;
    const text = isInside ? parts(field.shape, plan, left) : null;
    if (text === null) return null;
    const label = isNamed ? `${nameText(field.name)}: ` : '';
    const before = Buffer.from((steps.length === 0 ? open : ', ') + label);
    steps.push({ before, offset: field.offset, text });
  }
  return (view, record, at, to) => {
    for (const { before, offset, text } of steps) {
      to.piece(before);
      if (!text(view, record, at + offset, to)) return false;
    }
    to.piece(close);
    return true;
  };
};

export const quickStruct = (shape: StructShape, parts: QuickParts, plan: QuickPlan, left: Parts): QuickText | null =>
  quickFields(shape, shape.size, parts, plan, left);

export const quickPointer = (
  { behind, target, size }: Of<'pointer'>,
  parts: QuickParts,
  plan: QuickPlan,
  left: Parts,
): QuickText | null => {
  const { blocks } = plan;
  const { data, add, counts } = behind;
  if (blocks === null || counts !== null || data + 8 > size || target.size === 0 || target.kind === 'fixed')
    return null;
  const text = parts(target, plan, left);
  if (text === null) return null;
  return (view, record, at, to) => {
    if (isNull(view, at + data) || !findBlock(view, record, blocks, at + data, add)) return false;
    return found.size >= target.size && text(view, record, found.at, to);
  };
};

const scalars = new Set(['int', 'bool', 'char', 'float']);
/** Of a sequence, all shown. */
const mostElements = 256;
const comma = Buffer.from(', ');
const bracket = { open: 0x5b, close: 0x5d } as const;

export const quickSequence = (
  { behind, length, element, size }: Of<'sequence'>,
  parts: QuickParts,
  plan: QuickPlan,
  left: Parts,
): QuickText | null => {
  const { blocks } = plan;
  const { data, add, counts } = behind;
  if (blocks === null || counts !== null || Math.max(data, length) + 8 > size) return null;
  if (!scalars.has(element.kind)) return null;
  const text = parts(element, plan, left);
  if (text === null) return null;
  const most = Math.min(mostElements, plan.items);
  return (view, record, at, to) => {
    const count = view.getUint32(at + length, true);
    if (isNull(view, at + data) || view.getUint32(at + length + 4, true) !== 0 || count > most) return false;
    if (count > 0 && !(findBlock(view, record, blocks, at + data, add) && found.size >= count * element.size))
      return false;
    const first = found.at;
    to.byte(bracket.open);
    for (let i = 0; i < count; i++) {
      if (i > 0) to.piece(comma);
      if (!text(view, record, first + i * element.size, to)) return false;
    }
    to.byte(bracket.close);
    return true;
  };
};
