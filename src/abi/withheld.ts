import { withoutDefaults } from '../elf/rust-name.ts';
import type { DebugType, TypeId } from '../elf/type-model.ts';
import type { ValueShape } from './shape.ts';
import type { ShapeSite } from './shape-site.ts';

/** Types inside types; what is deeper is damage. */
const deepest = 16;
/** Types looked at for one answer; where there are more, the value is withheld. */
const mostLooked = 1024;

/** Whether a part of a value that is shown as bare bytes is one that must not be shown. */
export const withheldWithin = (site: ShapeSite, type: DebugType): boolean => {
  const { withholds } = site;
  if (withholds === null) return false;
  let left = mostLooked;
  const look = (id: TypeId | null, path: string, depth: number): boolean => {
    const inner = site.type(id);
    if (inner === null) return false;
    if (depth > deepest || left-- <= 0) return true;
    return withholds(path, withoutDefaults(inner.name)) || within(inner, path, depth);
  };
  const within = (inner: DebugType, path: string, depth: number): boolean => {
    if (inner.kind === 'array') return look(inner.element, path, depth + 1);
    if (inner.kind === 'qualifier') return look(inner.target, path, depth + 1);
    if (inner.kind !== 'struct' && inner.kind !== 'union') return false;
    const members = [...inner.bases, ...inner.members, ...(inner.variants?.of.map(({ member }) => member) ?? [])];
    return members.some(({ name, type: id }) => look(id, `${path}.${name?.replace(/^__(?=\d)/, '') ?? ''}`, depth + 1));
  };
  return within(type, site.path, 0);
};

/** Whether some of the bytes are of a part that must not be read. */
export const isWithheldAt = (shape: ValueShape, offset: number, size: number): boolean => {
  if (offset >= shape.size || offset + size <= 0) return false;
  switch (shape.kind) {
    case 'cut':
      return shape.why === 'redacted';
    case 'struct':
      return shape.fields.some((field) => isWithheldAt(field.shape, offset - field.offset, size));
    case 'enum':
      return shape.variants.some(({ fields }) =>
        fields.some((field) => isWithheldAt(field.shape, offset - field.offset, size)),
      );
    case 'array':
      return isWithheldAt(shape.element, 0, Number.POSITIVE_INFINITY);
    case 'ref-cell':
    case 'lock':
      return isWithheldAt(shape.value.shape, offset - shape.value.offset, size);
    case 'once':
      return isWithheldAt(shape.value, offset, size);
    case 'range':
      return [shape.start, shape.end].some((end) => end !== null && isWithheldAt(end.shape, offset - end.offset, size));
    default:
      return false;
  }
};
