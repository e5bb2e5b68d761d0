import type { FieldShape, Form, StructShape, ValueShape } from '../../abi/shape.ts';
import type { Decoding } from './decoding.ts';
import { listed } from './listed.ts';
import { jsonKey, nameText } from './name.ts';
import { type JsonValue, missing, type Shown, unit } from './shown.ts';
import { emptySource, lackOfAll, type Source } from './source.ts';

type ArrayShape = Extract<ValueShape, { kind: 'array' }>;

/** An object of JSON. A field may have any name; nameless ones of C are told apart by their number. */
export const jsonObject = (
  fields: readonly FieldShape[],
  parts: readonly Shown[],
): { readonly [key: string]: JsonValue } => {
  const object: Record<string, JsonValue> = {};
  for (let i = 0; i < parts.length; i++) {
    const value = parts[i]?.value ?? null;
    const plain = jsonKey(fields[i]?.name ?? '');
    const key = Object.hasOwn(object, plain) ? `${plain}#${i}` : plain;
    // Assigned to, it would be the object's prototype.
    if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true });
    else object[key] = value;
  }
  return object;
};

export const decodeFields = (
  form: Form,
  fields: readonly FieldShape[],
  source: Source,
  at: number,
  decoding: Decoding,
): Shown[] => {
  const parts: Shown[] = [];
  for (const { name, offset, shape } of fields) {
    decoding.spend(name.length);
    parts.push(decoding.member(form === 'tuple' ? String(parts.length) : name, shape, source, at + offset));
  }
  return parts;
};

/** `Unit`, `Tuple(1, 2)`, `Named { a: 1 }`; without a name `(1,)`, `(1, 2)`. */
export const formText = (
  name: string,
  form: Form,
  fields: readonly { readonly name: string }[],
  parts: readonly Shown[],
): string => {
  const title = nameText(name);
  if (parts.length === 0) return title === '' ? '()' : title;
  let inner = '';
  for (let i = 0; i < parts.length; i++) {
    if (i > 0) inner += ', ';
    if (form === 'named') inner += `${nameText(fields[i]?.name ?? '')}: `;
    inner += parts[i]?.text ?? '';
  }
  if (form === 'named') return title === '' ? `{ ${inner} }` : `${title} { ${inner} }`;
  return title === '' && parts.length === 1 ? `(${inner},)` : `${title}(${inner})`;
};

export const decodeStruct = (shape: StructShape, source: Source, at: number, decoding: Decoding): Shown => {
  const { name, form, fields } = shape;
  const why = lackOfAll(source, at, at + shape.size);
  if (why !== null) return missing(why);
  decoding.spend(name.length);
  if (fields.length === 0) {
    const text = formText(name, form, fields, []);
    return form === 'named' ? { value: {}, text } : { value: unit.value, text };
  }
  const parts = decodeFields(form, fields, source, at, decoding);
  return {
    value: form === 'named' ? jsonObject(fields, parts) : parts.map(({ value }) => value),
    text: formText(name, form, fields, parts),
  };
};

/** Elements in the value's own bytes: those that didn't come are marked, what is behind the bytes' end is left out. */
export const decodeArray = (shape: ArrayShape, source: Source, at: number, decoding: Decoding): Shown => {
  const { element, count, size } = shape;
  const why = lackOfAll(source, at, at + size);
  if (why !== null) return missing(why);
  const parts: Shown[] = [];
  const shown = Math.min(count, decoding.context.items);
  for (let i = 0; i < shown && !decoding.isFull; i++) {
    const start = at + i * element.size;
    if (source.missing.length === 0 && element.size > 0 && start + element.size > source.bytes.length) break;
    parts.push(decoding.member(i, element, element.size === 0 ? emptySource : source, start));
  }
  return listed(parts, BigInt(count));
};
