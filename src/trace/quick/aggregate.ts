import type { FieldShape, FollowedShape, Form, StructShape } from '../../abi/shape.ts';
import { nameText } from '../decode/name.ts';
import { findBlock, found, isNull } from './block.ts';
import type { Parts, QuickParts, QuickPlan, QuickText } from './quick.ts';

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
  if (fields.length === 0) {
    const text = title === '' ? '()' : title;
    return () => text;
  }
  const isNamed = form === 'named';
  const open = isNamed ? (title === '' ? '{ ' : `${title} { `) : `${title}(`;
  const close = isNamed ? ' }' : title === '' && fields.length === 1 ? ',)' : ')';
  const steps: { before: string; offset: number; text: QuickText }[] = [];
  for (const field of fields) {
    // Damaged debug info may say that a field lies outside.
    const isInside = field.offset >= 0 && field.offset + field.shape.size <= size;
    const text = isInside ? parts(field.shape, plan, left) : null;
    if (text === null) return null;
    const label = isNamed ? `${nameText(field.name)}: ` : '';
    steps.push({ before: (steps.length === 0 ? open : ', ') + label, offset: field.offset, text });
  }
  return (view, record, at) => {
    let all = '';
    for (const { before, offset, text } of steps) {
      const one = text(view, record, at + offset);
      if (one === null) return null;
      all += before + one;
    }
    return all + close;
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
  return (view, record, at) => {
    if (isNull(view, at + data) || !findBlock(view, record, blocks, at + data, add)) return null;
    return found.size < target.size ? null : text(view, record, found.at);
  };
};

const scalars = new Set(['int', 'bool', 'char', 'float']);
/** Of a sequence, all shown. */
const mostElements = 256;

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
  return (view, record, at) => {
    const count = view.getUint32(at + length, true);
    if (isNull(view, at + data) || view.getUint32(at + length + 4, true) !== 0 || count > most) return null;
    if (count === 0) return '[]';
    if (!findBlock(view, record, blocks, at + data, add) || found.size < count * element.size) return null;
    const first = found.at;
    let all = '[';
    for (let i = 0; i < count; i++) {
      const one = text(view, record, first + i * element.size);
      if (one === null) return null;
      all += i === 0 ? one : `, ${one}`;
    }
    return `${all}]`;
  };
};
