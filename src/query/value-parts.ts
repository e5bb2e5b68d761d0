import type { DebugTypes, Member, TypeId } from '../elf/debug-model.ts';
import { classify } from '../elf/rust-type.ts';

const mostLevels = 16;

/**
 * What a piece of a Rust value is, in words that follow "its": `address`, `length`, `tag`, `payload`, a field as `.x`.
 * `offset` is in bytes from the value's beginning. Null where that has no name. Throws RsymError `input` where a type is
 * damaged.
 */
export const partName = (types: DebugTypes, id: TypeId, offset: number): string | null => {
  let type = id;
  let at = BigInt(offset);
  for (let level = 0; level < mostLevels; level++) {
    const known = classify(types, type);
    if (known.kind === 'pointer') {
      if (known.to.sized) return 'address';
      if (known.to.metadata.offset === at) return known.to.carries === 'length' ? 'length' : 'table of methods';
      return known.to.data.offset === at ? 'address' : null;
    }
    const fields = fieldsOf(known, at);
    if (typeof fields === 'string' || fields === null) return fields;
    const sized = fields.filter((field) => sizeOf(types, field) > 0n);
    const field = sized.find((one) => at >= one.offset && at < one.offset + sizeOf(types, one));
    if (field?.type == null) return null;
    if (sized.length > 1) return field.name === null ? null : `\`.${field.name.replace(/^__(?=\d+$)/, '')}\``;
    at -= field.offset;
    type = field.type;
  }
  return null;
};

/** The parts to look further in, or what is there. */
const fieldsOf = (known: ReturnType<typeof classify>, at: bigint): readonly Member[] | string | null => {
  switch (known.kind) {
    case 'tuple':
    case 'tuple-struct':
    case 'struct':
    case 'closure':
      return known.fields;
    case 'enum': {
      if (known.layout === 'tagged') return known.tag?.offset === at ? 'tag' : 'payload';
      const whole = known.variants.find(({ discriminants, isInhabited }) => discriminants === null && isInhabited);
      return whole?.fields ?? null;
    }
    default:
      return null;
  }
};

const sizeOf = (types: DebugTypes, { type }: Member): bigint =>
  type === null ? 0n : (classify(types, type).size ?? 0n);
