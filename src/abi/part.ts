import type { Aggregate } from '../elf/rust-model.ts';
import { withoutArguments } from '../elf/rust-name.ts';
import type { DebugType, DebugTypes, Member, TypeId } from '../elf/type-model.ts';
import { sizeOf } from './shape-site.ts';

/** A part of a value, found by the names of its fields: its type and where it begins. */
export type Part = { readonly id: TypeId; readonly type: DebugType; readonly offset: number };

/** A number or a thin pointer that some structs are only there to wrap. */
export type Word = { readonly offset: number; readonly size: number; readonly type: DebugType };

/** Structs around one number; deeper nesting is damage. */
const deepest = 12;

export const whole = (type: DebugType): Part => ({ id: type.id, type, offset: 0 });

const isAggregate = (type: DebugType): type is Aggregate => type.kind === 'struct' || type.kind === 'union';

const partOf = (types: DebugTypes, part: Part, member: Member): Part | null =>
  member.type === null
    ? null
    : { id: member.type, type: types.type(member.type), offset: part.offset + Number(member.offset) };

/** The part at `path`, names with dots between; null where a name isn't there. */
export const partAt = (types: DebugTypes, from: Part, path: string): Part | null => {
  let part: Part | null = from;
  for (const name of path.split('.')) {
    if (part === null || !isAggregate(part.type)) return null;
    const member: Member | undefined = part.type.members.find((one) => one.name === name);
    part = member === undefined ? null : partOf(types, part, member);
  }
  return part;
};

/** The part at the first of the paths that is there. */
export const firstPart = (types: DebugTypes, from: Part, ...paths: readonly string[]): Part | null => {
  for (const path of paths) {
    const part = partAt(types, from, path);
    if (part !== null) return part;
  }
  return null;
};

/** The only part of a struct that takes room; null where there are several, or none. */
const onlyPart = (types: DebugTypes, part: Part): Part | null => {
  if (part.type.kind !== 'struct' || part.type.variants !== null) return null;
  const parts = part.type.members.map((member) => partOf(types, part, member));
  const sized = parts.filter((one): one is Part => one !== null && sizeOf(one.type) > 0);
  return sized.length === 1 ? (sized[0] ?? null) : null;
};

/** The first of the part itself and its only parts, one inside the other, that is as asked. */
export const unwrapped = (types: DebugTypes, from: Part | null, isIt: (type: DebugType) => boolean): Part | null => {
  let part = from;
  for (let depth = 0; part !== null && depth < deepest; depth++) {
    if (isIt(part.type)) return part;
    part = onlyPart(types, part);
  }
  return null;
};

/** The number or thin pointer of `size` bytes that is all there is of the part. */
export const wordIn = (types: DebugTypes, from: Part | null, size: number): Word | null => {
  const part = unwrapped(types, from, ({ kind }) => kind === 'base' || kind === 'pointer');
  return part !== null && sizeOf(part.type) === size ? { offset: part.offset, size, type: part.type } : null;
};

/** Offset of the word of `size` bytes at the first of the paths that is there. */
export const wordAt = (
  types: DebugTypes,
  from: Part | null,
  size: number,
  ...paths: readonly string[]
): number | null => (from === null ? null : (wordIn(types, firstPart(types, from, ...paths), size)?.offset ?? null));

/** The type argument of that name; undefined where the type has none. */
export const argumentOf = (type: DebugType, name: string): TypeId | null | undefined =>
  isAggregate(type) ? type.generics.find((one) => one.name === name)?.type : undefined;

/** What `Some` holds, where an Option has no tag but the number 0 in a word of that: the option of a pointer. */
export const someOf = (
  types: DebugTypes,
  option: Part | null,
): { readonly value: Part; readonly word: number } | null => {
  if (option?.type.kind !== 'struct' || withoutArguments(option.type.name) !== 'core::option::Option') return null;
  const { variants } = option.type;
  const variant = (name: string) => variants?.of.find((one) => one.name === name);
  const [none, some] = [variant('None')?.discriminants?.[0], variant('Some')?.member];
  if (!variants?.tag || none?.low !== 0n || none.high !== 0n || some === undefined) return null;
  const content = partOf(types, option, some);
  const value = content && partAt(types, content, '__0');
  return value && { value, word: option.offset + Number(variants.tag.offset) };
};
