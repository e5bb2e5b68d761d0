import { sanitize } from '../base/text.ts';
import type { ShownType } from '../query/show-model.ts';
import type { Palette } from './terminal-colour.ts';

type Field = NonNullable<ShownType['fields']>[number];

/** A type's layout: a line that names it, then a line for each field, variant or name of a number. */
export function* typeLines(type: ShownType, palette: Palette): Generator<string> {
  yield `${headOf(type, palette)}${sizeOf(type)}`;
  const fields = [...(type.fields ?? [])].sort(byOffset);
  const digits = Math.max(1, ...[...fields, ...(type.variants ?? []).flatMap((v) => v.fields)].map(offsetWidth));
  for (const field of fields) yield `  ${fieldText(field, digits, palette)}`;
  if (type.tag) yield `  ${fieldText({ ...type.tag, name: type.tag.name ?? 'tag' }, digits, palette)}`;
  for (const { name, discriminants, fields: own } of type.variants ?? []) {
    const values = discriminants === null ? 'any other' : discriminants.map(rangeText).join(', ');
    yield `  ${palette.name(sanitize(name ?? '_'))}${type.tag ? palette.faint(` if ${values}`) : ''}`;
    for (const field of [...own].sort(byOffset)) yield `    ${fieldText(field, digits, palette)}`;
  }
  for (const { name, value } of type.enumerators ?? []) yield `  ${palette.name(sanitize(name))} = ${value}`;
}

const headOf = (type: ShownType, palette: Palette): string => {
  const name = palette.type(sanitize(type.name));
  const of = type.of === undefined ? '' : sanitize(type.of);
  switch (type.kind) {
    case 'typedef':
      return `${name}: ${of}`;
    case 'enumeration':
      return `${name}: enumeration${of === '' ? '' : ` of ${of}`}`;
    default:
      return `${name}: ${type.isDeclaration ? `${type.kind}, only declared` : type.kind}`;
  }
};

const sizeOf = ({ size, align }: ShownType): string => {
  if (size === null) return '';
  const bytes = `, ${size} ${size === 1n ? 'byte' : 'bytes'}`;
  return align === null ? bytes : `${bytes}, align ${align}`;
};

const byOffset = (a: Field, b: Field): number => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0);
const offsetWidth = ({ offset }: Field): number => String(offset).length;

const fieldText = ({ name, type, offset, bits }: Field, digits: number, palette: Palette): string => {
  const bitText = bits === null ? '' : palette.faint(` (${bits.size} bits from bit ${bits.offset})`);
  const at = palette.faint(String(offset).padStart(digits));
  return `${at}  ${sanitize(name ?? '_')}: ${palette.type(sanitize(type))}${bitText}`;
};

const rangeText = ({ low, high }: { readonly low: bigint; readonly high: bigint }): string =>
  low === high ? String(low) : `${low}..=${high}`;
