import { classify } from '../elf/rust-type.ts';
import type { DebugTypes, Member, TypeId } from '../elf/type-model.ts';

/** A type may hold itself in a damaged file only. */
const mostLevels = 16;

/** A field this large may be passed in several pieces. */
const word = 8n;

/**
 * What the piece of a Rust value that begins `offset` bytes into it is, in words that follow "its": `address`, `length`,
 * `tag`, `payload`, a field in backticks. Null where that has no name. Throws RsymError `input` where a type is damaged.
 */
export const partName = (types: DebugTypes, id: TypeId, offset: number): string | null =>
  nameAt(types, id, BigInt(offset), 0);

const nameAt = (types: DebugTypes, id: TypeId, at: bigint, level: number): string | null => {
  if (level === mostLevels) return null;
  const known = classify(types, id);
  switch (known.kind) {
    case 'pointer': {
      if (known.to.sized) return 'address';
      const { data, metadata, carries } = known.to;
      if (metadata.offset === at) return carries === 'length' ? 'length' : 'table of methods';
      return data.offset === at ? 'address' : null;
    }
    case 'tuple':
    case 'tuple-struct':
    case 'struct':
    case 'closure':
      return fieldName(types, known.fields, at, level);
    case 'enum': {
      if (known.layout === 'tagged') return known.tag?.offset === at ? 'tag' : 'payload';
      const whole = known.variants.find(({ discriminants, isInhabited }) => discriminants === null && isInhabited);
      return whole === undefined ? null : fieldName(types, whole.fields, at, level);
    }
    default:
      return null;
  }
};

/** What is passed in pieces has few fields. */
const mostFields = 64;

const fieldName = (types: DebugTypes, fields: readonly Member[], at: bigint, level: number): string | null => {
  if (fields.length > mostFields) return null;
  const sized = fields.filter((field) => sizeOf(types, field) > 0n);
  const field = sized.find((one) => at >= one.offset && at < one.offset + sizeOf(types, one));
  if (field?.type == null) return null;
  const inner = (): string | null => nameAt(types, field.type as TypeId, at - field.offset, level + 1);
  if (sized.length === 1) return inner();
  if (field.name === null) return null;
  const name = `\`.${field.name.replace(/^__(?=\d+$)/, '')}\``;
  const part = sizeOf(types, field) > word ? inner() : null;
  return part === null ? name : `${name}'s ${part}`;
};

const sizeOf = (types: DebugTypes, { type }: Member): bigint => (type === null ? 0n : (types.type(type).size ?? 0n));
