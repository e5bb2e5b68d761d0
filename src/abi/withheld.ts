import type { DebugType, TypeId } from '../elf/debug-model.ts';
import { withoutDefaults } from '../elf/rust-name.ts';
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
