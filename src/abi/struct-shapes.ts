import type { Aggregate } from '../elf/rust-model.ts';
import { lastSegment, withoutArguments } from '../elf/rust-name.ts';
import type { DebugType, Member, TypeId } from '../elf/type-model.ts';
import type { FieldShape, Form, StructShape, ValueShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';

/** `Point` of `app::Point<u8>`; empty for a tuple. */
export const nameOfType = (name: string): string => {
  if (name.startsWith('(')) return '';
  const own = lastSegment(withoutArguments(name));
  return /^\{closure_env#\d+\}/.test(own) ? '{closure}' : own;
};

/** `__0` is the first field of a tuple. */
const numbered = /^__(\d+)$/;

export const formOf = (members: readonly Pick<Member, 'name'>[]): Form => {
  if (members.length === 0) return 'unit';
  return members.every(({ name }) => numbered.test(name ?? '')) ? 'tuple' : 'named';
};

/** As the source writes it: `0` for `__0`, `text` for what a closure captured by reference, `_ref__text`. */
export const fieldName = (name: string | null): string => name?.replace(numbered, '$1').replace(/^_ref__/, '') ?? '';

export const structShape = (site: ShapeSite, type: Aggregate): ValueShape => {
  const members = type.members.filter(({ isArtificial }) => !isArtificial);
  const size = sizeOf(type);
  const fields = fieldShapes(site, [members], size)?.[0];
  if (fields === undefined) return { kind: 'cut', size, why: 'truncated' };
  return { kind: 'struct', size, name: nameOfType(type.name), form: formOf(members), fields };
};

/** A struct that is shown under another name, or with other fields than it has. */
export const namedShape = (name: string, size: number, fields: readonly FieldShape[]): StructShape => ({
  kind: 'struct',
  size,
  name,
  form: 'named',
  fields,
});

/**
 * Fields of the struct, or of each variant of an enum, of `size` bytes, in the order given. Null where there are more
 * than the tree may have. `prefixes`: what the path has before the fields' names.
 */
export const fieldShapes = (
  site: ShapeSite,
  groups: readonly (readonly Member[])[],
  size: number,
  prefixes: readonly string[] = [],
): FieldShape[][] | null => {
  const count = groups.reduce((sum, members) => sum + members.length, 0);
  if (count > site.room.left) {
    site.room.isShort = true;
    return null;
  }
  const wanted = groups.flatMap((members, group) => {
    const prefix = prefixes[group] === undefined ? '' : `${prefixes[group]}.`;
    return members.map((member) => ({
      member,
      isMisplaced: isMisplaced(site, member, members, size),
      name: `${prefix}${fieldName(member.name)}`,
    }));
  });
  const built = site.parts(
    wanted.filter((one) => !one.isMisplaced).map(({ member, name }) => ({ id: member.type, name })),
  );
  let next = 0;
  let at = 0;
  return groups.map((members) =>
    members.map((member): FieldShape => {
      const isMissing = wanted[at++]?.isMisplaced ?? true;
      const shape = isMissing ? outOfPlace(site.type(member.type)) : (built[next++] ?? outOfPlace(null));
      return { name: fieldName(member.name), offset: isMissing ? 0 : Number(member.offset), shape };
    }),
  );
};

/** A function's own type takes no room, and looks like a function pointer in debug info; anything else is damage. */
const outOfPlace = (type: DebugType | null): ValueShape =>
  type?.kind === 'pointer' ? { kind: 'unit', size: 0 } : { kind: 'cut', size: 0, why: 'unknown' };

/** Whether there is no room for the member where it is said to be. */
const isMisplaced = (site: ShapeSite, member: Member, all: readonly Member[], size: number): boolean => {
  const type = site.type(member.type);
  const [start, end] = [Number(member.offset), Number(member.offset) + sizeOf(type)];
  if (end > size) return true;
  if (type?.kind !== 'pointer' || all.length === 1) return false;
  const others = all.filter((other) => {
    const from = Number(other.offset);
    return other !== member && from < end && start < from + site.size(other.type);
  });
  return others.length > 0 && isFunction(site, member.type) && others.some(({ type: id }) => !isFunction(site, id));
};

const isFunction = (site: ShapeSite, id: TypeId | null): boolean => {
  const type = site.type(id);
  return type?.kind === 'pointer' && site.type(type.target)?.kind === 'function';
};
