import fc from 'fast-check';
import type { ValueShape } from '../../src/abi/shape.ts';
import { type Bytes, word } from './recorded-call.ts';

/** Where values are written that others point to. */
type Room = Pick<Bytes, 'add'>;

/** A value as JavaScript has it, beside the bytes that a program would have of it. */
export type Modelled =
  | { readonly kind: 'int'; readonly value: bigint; readonly size: 1 | 2 | 4 | 8 | 16; readonly signed: boolean }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'char'; readonly value: string }
  | { readonly kind: 'float'; readonly value: number; readonly size: 4 | 8 }
  /** Only so many bytes of it were captured. */
  | { readonly kind: 'text'; readonly value: string; readonly captured: number }
  | { readonly kind: 'time'; readonly value: bigint }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly value: Modelled }[] }
  | { readonly kind: 'box'; readonly value: Modelled }
  /** All of one type. `other` is of it as well. */
  | { readonly kind: 'vec'; readonly items: readonly Modelled[]; readonly other: Modelled }
  /** Of the variants the one in use; the tag of a variant is its number, or a byte that the first one's bool hasn't. */
  | {
      readonly kind: 'enum';
      readonly variants: readonly { readonly name: string; readonly fields: readonly Modelled[] }[];
      readonly active: number;
      readonly isNiche: boolean;
    }
  /** It wasn't captured. */
  | { readonly kind: 'unknown'; readonly of: Modelled };

type Written = { readonly bytes: number[]; readonly gaps: { start: number; end: number; why: 'gone' }[] };

const plain = (bytes: number[]): Written => ({ bytes, gaps: [] });
const aligned = (size: number): number => Math.ceil(size / 8) * 8;

/** Parts one after the other. */
const joined = (parts: readonly Written[], size: number): Written => {
  const bytes: number[] = [];
  const gaps: Written['gaps'] = [];
  for (const part of parts) {
    gaps.push(
      ...part.gaps.map(({ start, end, why }) => ({ start: start + bytes.length, end: end + bytes.length, why })),
    );
    bytes.push(...part.bytes);
  }
  while (bytes.length < size) bytes.push(0);
  return { bytes, gaps };
};

const floatBytes = (value: number, size: 4 | 8): number[] => [
  ...new Uint8Array(size === 4 ? Float32Array.of(value).buffer : Float64Array.of(value).buffer),
];

/** The bytes of a value; what lies behind it is written to memory. */
export const written = (value: Modelled, memory: Room): Written => {
  switch (value.kind) {
    case 'int':
      return plain(word(value.value, value.size));
    case 'bool':
      return plain([value.value ? 1 : 0]);
    case 'char':
      return plain(word(BigInt(value.value.codePointAt(0) ?? 0), 4));
    case 'float':
      return plain(floatBytes(value.value, value.size));
    case 'time':
      return plain([...word(value.value / 1_000_000_000n), ...word(value.value % 1_000_000_000n, 4), 0, 0, 0, 0]);
    case 'text': {
      const bytes = Buffer.from(value.value);
      const gap = { start: value.captured, end: bytes.length, why: 'truncated' as const };
      return plain([...word(memory.add(bytes, [gap])), ...word(BigInt(bytes.length))]);
    }
    case 'struct':
      return joined(
        value.fields.map((field) => written(field.value, memory)),
        0,
      );
    case 'box': {
      const { bytes, gaps } = written(value.value, memory);
      return plain(
        word(
          memory.add(
            Uint8Array.from([0, 0, 0, 0, ...bytes]),
            gaps.map(({ start, end, why }) => ({ start: start + 4, end: end + 4, why })),
          ),
        ),
      );
    }
    case 'vec': {
      const { bytes, gaps } = joined(
        value.items.map((item) => written(item, memory)),
        0,
      );
      return plain([...word(memory.add(Uint8Array.from(bytes), gaps)), ...word(BigInt(value.items.length))]);
    }
    case 'enum': {
      const { size } = shapeOf(value);
      const parts = (value.variants[value.active]?.fields ?? []).map((field) => written(field, memory));
      if (!value.isNiche) return joined([plain(word(BigInt(value.active), 1)), ...parts], size);
      return joined(value.active === 0 ? parts : [plain([value.active + 1]), ...parts], size);
    }
    case 'unknown': {
      const { bytes } = written(value.of, memory);
      return { bytes, gaps: bytes.length === 0 ? [] : [{ start: 0, end: bytes.length, why: 'gone' }] };
    }
  }
};

/** Fields one after the other, from an offset on. */
const fieldsOf = (values: readonly Modelled[], names: readonly string[], from: number) => {
  let offset = from;
  return values.map((value, index) => {
    const shape = shapeOf(value);
    const field = { name: names[index] ?? String(index), offset, shape };
    offset += shape.size;
    return field;
  });
};

const sizeOf = (values: readonly Modelled[]): number => values.reduce((size, value) => size + shapeOf(value).size, 0);

export const shapeOf = (value: Modelled): ValueShape => {
  switch (value.kind) {
    case 'int':
      return { kind: 'int', size: value.size, signed: value.signed };
    case 'bool':
      return { kind: 'bool', size: 1 };
    case 'char':
      return { kind: 'char', size: 4 };
    case 'float':
      return { kind: 'float', size: value.size };
    case 'time':
      return { kind: 'duration', size: 16, seconds: 0, nanoseconds: 8 };
    case 'text':
      return { kind: 'text', size: 16, behind: { data: 0, add: 0, counts: null }, length: 8, of: 'utf8' };
    case 'struct': {
      const values = value.fields.map((field) => field.value);
      const fields = fieldsOf(
        values,
        value.fields.map(({ name }) => name),
        0,
      );
      return { kind: 'struct', size: sizeOf(values), name: 'Thing', form: 'named', fields };
    }
    case 'box':
      return { kind: 'pointer', size: 8, behind: { data: 0, add: 4, counts: null }, target: shapeOf(value.value) };
    case 'vec':
      return {
        kind: 'sequence',
        size: 16,
        behind: { data: 0, add: 0, counts: null },
        length: 8,
        element: shapeOf(value.other),
      };
    case 'enum': {
      const first = value.isNiche ? 0 : 1;
      return {
        kind: 'enum',
        size: aligned(1 + Math.max(...value.variants.map(({ fields }) => sizeOf(fields)))),
        tag: { offset: 0, size: 1 },
        variants: value.variants.map(({ name, fields }, index) => ({
          name,
          form: fields.length === 0 ? 'unit' : 'tuple',
          fields: fieldsOf(fields, [], value.isNiche && index > 0 ? 1 : first),
          values: value.isNiche && index === 0 ? null : [tagOf(value.isNiche, index)],
        })),
      };
    }
    case 'unknown':
      return shapeOf(value.of);
  }
};

const tagOf = (isNiche: boolean, index: number) => {
  const tag = BigInt(isNiche ? index + 1 : index);
  return { low: tag, high: tag };
};

const int = fc
  .record({ size: fc.constantFrom(1 as const, 2 as const, 4 as const, 8 as const, 16 as const), signed: fc.boolean() })
  .chain(({ size, signed }) => {
    const bits = BigInt(8 * size);
    const [min, max] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
    const small = fc.bigInt({ min: signed ? -3n : 0n, max: 5n });
    return fc
      .oneof(small, fc.constantFrom(min, max), fc.bigInt({ min, max }))
      .map((value): Modelled => ({ kind: 'int', value, size, signed }));
  });

export const textValue = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'aé'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);

const text = textValue.chain((value) => {
  const length = Buffer.byteLength(value);
  return fc.oneof(fc.constant(length), fc.nat(length)).map((captured): Modelled => ({ kind: 'text', value, captured }));
});

const niche: Modelled = { kind: 'bool', value: true };

export const { value: modelled } = fc.letrec<{ value: Modelled; known: Modelled }>((tie) => ({
  value: fc.oneof(
    { weight: 9, arbitrary: tie('known') },
    { weight: 1, arbitrary: tie('known').map((of): Modelled => ({ kind: 'unknown', of })) },
  ),
  known: fc.oneof(
    { maxDepth: 4 },
    int,
    fc.boolean().map((value): Modelled => ({ kind: 'bool', value })),
    fc.constantFrom('a', 'z', 'é', '😀').map((value): Modelled => ({ kind: 'char', value })),
    fc
      .record({
        kind: fc.constant('float' as const),
        value: fc.constantFrom(0, -0, 1, 0.5, -2, 1e30, Number.NaN, Number.POSITIVE_INFINITY),
        size: fc.constantFrom(4 as const, 8 as const),
      })
      .map((float): Modelled => ({ ...float, value: float.size === 4 ? Math.fround(float.value) : float.value })),
    fc.bigInt({ min: 0n, max: 5_000_000_000n }).map((value): Modelled => ({ kind: 'time', value })),
    text,
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }).map(
      (values): Modelled => ({
        kind: 'struct',
        fields: values.map((value, index) => ({ name: 'xyz'[index] ?? '', value })),
      }),
    ),
    tie('value').map((value): Modelled => ({ kind: 'box', value })),
    // Elements are of one type: they differ in whether they are known.
    fc.record({ item: tie('known'), known: fc.array(fc.boolean(), { maxLength: 3 }) }).map(
      ({ item, known }): Modelled => ({
        kind: 'vec',
        items: known.map((isKnown) => (isKnown ? item : { kind: 'unknown', of: item })),
        other: item,
      }),
    ),
    fc.record({ some: tie('value'), more: tie('value'), active: fc.nat(2), isNiche: fc.boolean() }).map(
      ({ some, more, active, isNiche }): Modelled => ({
        kind: 'enum',
        variants: [
          { name: 'Some', fields: isNiche ? [niche, some] : [some] },
          { name: 'None', fields: [] },
          { name: 'Both', fields: [more, some] },
        ],
        active,
        isNiche,
      }),
    ),
  ),
}));
