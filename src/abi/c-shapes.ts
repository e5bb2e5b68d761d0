import type { Aggregate } from '../elf/rust-model.ts';
import { lastSegment, withoutArguments } from '../elf/rust-name.ts';
import type { DebugType, Member } from '../elf/type-model.ts';
import { wordSize } from './enum-shapes.ts';
import type { FieldShape, ValueShape } from './shape.ts';
import { type ShapeSite, sizeOf } from './shape-site.ts';

/** A type of C, C++ or another language that isn't Rust. */
export const cShape = (site: ShapeSite, type: DebugType): ValueShape => {
  const size = sizeOf(type);
  const opaque: ValueShape = { kind: 'opaque', size, name: type.name };
  switch (type.kind) {
    case 'base':
      return baseShape(type) ?? opaque;
    case 'pointer':
      return isText(site, type) ? { kind: 'c-string', size: 8 } : { kind: 'address', size };
    case 'qualifier':
      return type.target === null ? { kind: 'unit', size: 0 } : site.part(type.target);
    case 'enumeration': {
      const word = wordSize(size);
      const base = site.type(type.base);
      // Without a type of its own, an enumeration is an unsigned number where all its values are.
      const signed =
        base?.kind === 'base' ? base.encoding === 'signed' : type.enumerators.some(({ value }) => value < 0n);
      return word === null ? opaque : { kind: 'c-enum', size: word, signed, variants: type.enumerators };
    }
    case 'array':
      return type.isVector ? opaque : arrayShape(site, type);
    case 'struct':
      return type.isDeclaration || type.variants !== null ? opaque : structOf(site, type);
    default:
      return opaque;
  }
};

const baseShape = (type: Extract<DebugType, { kind: 'base' }>): ValueShape | null => {
  const size = sizeOf(type);
  const word = wordSize(size);
  switch (type.encoding) {
    case 'bool':
      return size === 1 ? { kind: 'bool', size } : null;
    case 'unsigned':
    case 'signed':
    case 'c-char':
    case 'char': {
      const signed = type.encoding === 'signed' || isChar(type);
      return word === null ? null : { kind: 'int', size: word, signed };
    }
    case 'float':
      // `long double` has the 80 bits of the x87 in 16 bytes.
      if (size === 16) return /float128/i.test(type.name) ? { kind: 'float', size } : null;
      return size === 2 || size === 4 || size === 8 ? { kind: 'float', size } : null;
    default:
      return null;
  }
};

/** `char`, and not `unsigned char` or the wider ones, which hold no C string. */
const isChar = (type: Extract<DebugType, { kind: 'base' }>): boolean =>
  type.encoding === 'c-char' && sizeOf(type) === 1 && !/unsigned|char8_t/.test(type.name);

/** Types inside types; what is deeper is damage. */
const deepest = 16;

/** Whether a pointer leads to `char`. */
const isText = (site: ShapeSite, pointer: Extract<DebugType, { kind: 'pointer' }>): boolean => {
  if (pointer.of !== 'pointer' || sizeOf(pointer) !== 8) return false;
  let target = site.type(pointer.target);
  for (let depth = 0; target?.kind === 'qualifier' && depth < deepest; depth++) target = site.type(target.target);
  return target?.kind === 'base' && isChar(target);
};

/** An array for each of its dimensions; one without a count is C's flexible array, which takes no room. */
const arrayShape = (site: ShapeSite, type: Extract<DebugType, { kind: 'array' }>): ValueShape =>
  type.counts.reduceRight<ValueShape>((element, count) => {
    const items = Number(count ?? 0n);
    return { kind: 'array', size: items * element.size, element, count: items };
  }, site.part(type.element));

const structOf = (site: ShapeSite, type: Aggregate): ValueShape => {
  const size = sizeOf(type);
  const members = [...type.bases, ...type.members].filter(({ isArtificial }) => !isArtificial);
  if (!site.takes(members.length)) return { kind: 'cut', size, why: 'truncated' };
  const isWithheld = members.some((member) => member.bits !== null && withholdsMember(site, member));
  const shapes = site.parts(
    members.map((member) => ({ id: member.bits === null ? member.type : null, name: nameOf(site, member) })),
  );
  const fields = members.flatMap((member, index): FieldShape[] => {
    const field = { name: nameOf(site, member), offset: Number(member.offset), shape: shapes[index]! };
    if (member.bits !== null) return [bitField(site, member, isWithheld)];
    // Members of a struct without a name are used as if they were the outer one's.
    if (member.name === null && field.shape.kind === 'struct' && !type.bases.includes(member))
      return field.shape.fields.map((inner) => ({ ...inner, offset: inner.offset + field.offset }));
    return [field];
  });
  const form = fields.length === 0 ? 'unit' : 'named';
  return { kind: 'struct', size, name: shortName(type.name), form, fields };
};

/** `string` of `std::basic::string<char>`; empty for C's unnamed structs. */
const shortName = (name: string): string => {
  const own = lastSegment(withoutArguments(name.replace(/^(?:struct|class|union) /, '')));
  return own === '{...}' ? '' : own;
};

/** A base class has its own name, and an unnamed union that of its kind. */
const nameOf = (site: ShapeSite, member: Member): string => {
  if (member.name !== null) return member.name;
  const name = site.type(member.type)?.name ?? '';
  return shortName(name) || name.replace(' {...}', '');
};

const withholdsMember = (site: ShapeSite, member: Member): boolean =>
  site.withholds?.(`${site.path}.${nameOf(site, member)}`, site.type(member.type)?.name ?? '') ?? false;

/** Shown as the bytes that its bits are in; where one is withheld all are, since they share bytes. */
const bitField = (site: ShapeSite, member: Member, isWithheld: boolean): FieldShape => {
  const { offset, size: bits } = member.bits ?? { offset: 0n, size: 0 };
  const first = Number(offset / 8n);
  const size = Number((offset + BigInt(bits) + 7n) / 8n) - first;
  const name = `${site.type(member.type)?.name ?? '_'}: ${bits}`;
  const shape: ValueShape = isWithheld ? { kind: 'cut', size, why: 'redacted' } : { kind: 'opaque', size, name };
  return { name: member.name ?? '', offset: first, shape };
};
