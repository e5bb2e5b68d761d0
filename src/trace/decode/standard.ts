import type { StandardShape, ValueShape } from '../../abi/shape.ts';
import { sanitize } from '../../base/text.ts';
import { jsonObject } from './aggregate.ts';
import { type Decoding, ownWord } from './decoding.ts';
import { activeVariant, isShown } from './enum.ts';
import { missing, type Shown } from './shown.ts';
import { lack, type Source, u8, u32 } from './source.ts';

type Of<Kind extends StandardShape['kind']> = Extract<StandardShape, { kind: Kind }>;

const flag = (isSet: boolean): Shown => ({ value: isSet, text: isSet ? 'true' : 'false' });

/** A byte that says yes unless it is 0; `why` it isn't known. */
const ownFlag = (source: Source, at: number): Shown => {
  const why = lack(source, at, at + 1);
  return why === null ? flag(u8(source, at) !== 0) : missing(why);
};

export const decodeRange = (shape: Of<'range'>, source: Source, at: number, decoding: Decoding): Shown => {
  const fields = [shape.start, shape.end].filter((field) => field !== null);
  const parts = fields.map(({ name, offset, shape: of }) => decoding.member(name, of, source, at + offset));
  const start = shape.start === null ? '' : (parts[0]?.text ?? '');
  const end = shape.end === null ? '' : (parts.at(-1)?.text ?? '');
  const text = `${start}${shape.inclusive ? '..=' : '..'}${end}`;
  const value = jsonObject(fields, parts);
  if (shape.exhausted === null) return { value, text };
  const exhausted = ownFlag(source, at + shape.exhausted);
  const mark =
    exhausted.value === true ? ' (exhausted)' : exhausted.value === false ? '' : ` (exhausted: ${exhausted.text})`;
  return { value: { ...value, exhausted: exhausted.value }, text: text + mark };
};

export const decodeRefCell = (shape: Of<'ref-cell'>, source: Source, at: number, decoding: Decoding): Shown => {
  const { offset, shape: of } = shape.value;
  const borrow = ownWord(source, at + shape.borrow);
  const inner = decoding.member('value', of, source, at + offset);
  const isBorrowed = typeof borrow === 'bigint' && BigInt.asIntN(64, borrow) < 0n;
  return isBorrowed
    ? { value: { value: inner.value, borrowed: 'mutable' }, text: 'RefCell { value: <borrowed> }' }
    : { value: { value: inner.value }, text: `RefCell { value: ${inner.text} }` };
};

// Low 30 bits of an RwLock's state: all set while somebody writes, else the number of readers.
const writer = 0x3fff_ffff;

/** Whether somebody holds it for himself; null: not known. */
const isLocked = ({ name, futex }: Of<'lock'>, source: Source, at: number): boolean | null => {
  if (futex === null || lack(source, at + futex, at + futex + 4) !== null) return null;
  const state = u32(source, at + futex);
  return name === 'Mutex' ? state !== 0 : (state & writer) === writer;
};

export const decodeLock = (shape: Of<'lock'>, source: Source, at: number, decoding: Decoding): Shown => {
  const { name, poison } = shape;
  const { offset, shape: of } = shape.value;
  const data = decoding.member('data', of, source, at + offset);
  const poisoned = poison === null ? null : ownFlag(source, at + poison);
  const locked = isLocked(shape, source, at);
  return {
    value: {
      data: data.value,
      ...(poisoned === null ? {} : { poisoned: poisoned.value }),
      ...(locked === null ? {} : { locked }),
    },
    text: `${name} { data: ${locked === true ? '<locked>' : data.text}${poisoned === null ? '' : `, poisoned: ${poisoned.text}`}, .. }`,
  };
};

/** Its value is an enum: a variant without fields where nothing has been put in yet. */
export const decodeOnce = (shape: Of<'once'>, source: Source, at: number, decoding: Decoding): Shown => {
  const { name, value } = shape;
  const written = (inner: string): string => `${sanitize(name)}(${inner})`;
  if (value.kind !== 'enum') return { value: missing('unknown').value, text: written(missing('unknown').text) };
  const variant = activeVariant(value, source, at);
  if (isShown(variant)) return { value: variant.value, text: written(variant.text) };
  const [field] = variant.fields;
  if (field === undefined) return { value: { None: null }, text: written('<uninit>') };
  const inner = decoding.part(field.shape, source, at + field.offset);
  return { value: { Some: inner.value }, text: written(inner.text) };
};

/** Shapes that always show the same. */
export const decodeFixed = ({ text }: Extract<ValueShape, { kind: 'fixed' }>): Shown => ({
  value: text,
  text: sanitize(text),
});
