import type { Aggregate, Fields, RustStruct } from './rust-model.ts';
import { vtableSides } from './rust-name.ts';
import type { Member } from './type-model.ts';

/** Members in the order of their offsets; those of one offset in the source's. */
export const byOffset = (members: readonly Member[]): Fields =>
  [...members].sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));

/** Whether fields have numbers instead of names. */
export const isNumbered = (members: readonly Member[]): boolean =>
  members.length > 0 && members.every(({ name }) => name !== null && /^__\d+$/.test(name));

export const structure = (type: Aggregate): RustStruct => {
  const fields = byOffset(type.members);
  if (type.name.startsWith('(')) return { kind: 'tuple', fields };
  return { kind: isNumbered(fields) ? 'tuple-struct' : 'struct', fields };
};

export const vtable = (type: Aggregate): RustStruct => ({
  kind: 'vtable',
  concrete: type.containing,
  trait: vtableSides(type.name)?.trait ?? null,
  fields: byOffset(type.members),
});
