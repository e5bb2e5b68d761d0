import type { CoreType, CoreUnit } from '../core/debug-types.ts';
import type { DebugType, TypeId, TypeLanguage } from './type-model.ts';

/** Gives a type's DIE, or null where it is damaged. */
export type ReadType = (id: TypeId) => CoreType | null;

/** Typedefs, arrays of arrays and the like inside one another; what a damaged file nests deeper has no size. */
export const deepest = 32;
/** Members whose alignment is looked at for one type. */
const mostParts = 4096;
/** Parts of parts looked at for one type's alignment, and alignments kept for other types. */
const mostLooked = 1 << 16;
const mostKept = 1 << 16;

/** Bytes of a type, derived where its DIE leaves it to others: arrays, typedefs. */
export const sizeOf = (read: ReadType, type: CoreType, depth = 0): bigint | null => {
  if (type.size !== null || depth > deepest) return type.size;
  switch (type.kind) {
    case 'qualifier':
      return target(read, type.target, (inner) => sizeOf(read, inner, depth + 1));
    case 'enumeration':
      return target(read, type.base, (inner) => sizeOf(read, inner, depth + 1));
    case 'array': {
      if (type.hasStride) return null;
      const element = target(read, type.element, (inner) => sizeOf(read, inner, depth + 1));
      return type.counts.reduce((all, count) => (all === null || count === null ? null : all * count), element);
    }
    default:
      return null;
  }
};

/**
 * What a type's addresses are multiples of: DW_AT_alignment, which rustc gives for every aggregate; else what its parts
 * need, as long as they lie where that would put them. What was found is kept: types may share parts at every level.
 */
export const alignments = (
  read: ReadType,
  unitOf: (type: CoreType) => CoreUnit,
): ((type: CoreType) => bigint | null) => {
  // By type and depth: what is cut at one depth need not be at another.
  const known = new Map<number, bigint | null>();
  let room = 0;
  const align = (inner: CoreType, depth: number): bigint | null => {
    if (inner.align !== null || depth > deepest) return inner.align;
    const key = inner.id * (deepest + 1) + depth;
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = derived(inner, depth);
    known.set(key, found);
    return found;
  };
  const derived = (inner: CoreType, depth: number): bigint | null => {
    const of = (id: TypeId | null): bigint | null => {
      room--;
      return room < 0 ? null : target(read, id, (next) => align(next, depth + 1));
    };
    switch (inner.kind) {
      case 'base':
        return baseAlign(inner, unitOf(inner));
      case 'pointer':
        return inner.of === 'member' ? BigInt(unitOf(inner).addressSize) : inner.size;
      case 'qualifier':
        return of(inner.target);
      case 'enumeration':
        return inner.base === null ? powerOfTwo(inner.size) : of(inner.base);
      case 'array':
        return inner.isVector ? powerOfTwo(sizeOf(read, inner)) : of(inner.element);
      case 'struct':
      case 'union':
        return aggregateAlign(inner, of);
      default:
        return null;
    }
  };
  return (type) => {
    room = mostLooked;
    if (known.size > mostKept) known.clear();
    const found = align(type, 0);
    // What was not looked at is not to be kept as unknown.
    if (room < 0) known.clear();
    return found;
  };
};

const target = <T>(read: ReadType, id: TypeId | null, use: (type: CoreType) => T): T | null => {
  const type = id === null ? null : read(id);
  return type === null ? null : use(type);
};

const baseAlign = (type: CoreType, unit: CoreUnit): bigint | null => {
  const { size } = type;
  if (size === null) return null;
  if (size === 0n) return 1n;
  // i386 puts 8 bytes at multiples of 4 in C, other machines of its size don't.
  if (size > BigInt(unit.addressSize) && unit.addressSize < 8) return null;
  // Rust's 128-bit integers on x86-64: 8 before 1.77, since then 16 as in C.
  if (size === 16n && languageOf(unit) === 'rust' && rustMinor(unit) < 77) return null;
  if (type.kind === 'base' && type.encoding === DW_ATE_complex_float) return powerOfTwo(size / 2n);
  return powerOfTwo(size);
};

const DW_ATE_complex_float = 3;

const powerOfTwo = (size: bigint | null): bigint | null =>
  size !== null && size > 0n && size <= 64n && (size & (size - 1n)) === 0n ? size : null;

const aggregateAlign = (
  type: Extract<CoreType, { kind: 'struct' | 'union' }>,
  alignOfPart: (id: TypeId | null) => bigint | null,
): bigint | null => {
  if (type.isDeclaration || type.size === null || type.unplaced > 0 || type.variants !== null) return null;
  const parts = [...type.bases, ...type.members];
  if (parts.length > mostParts) return null;
  let largest = 1n;
  for (const part of parts) {
    const align = alignOfPart(part.type);
    if (align === null) return null;
    // A packed type has members where they would not be put.
    if (part.bits === 0 && part.offset % align !== 0n) return null;
    if (align > largest) largest = align;
  }
  return type.size % largest === 0n ? largest : null;
};

/** DW_LANG of DWARF 5 and what was registered since. */
const languages: readonly [TypeLanguage, ...number[]][] = [
  ['rust', 0x1c],
  ['c', 0x01, 0x02, 0x0c, 0x1d, 0x2c],
  ['c++', 0x04, 0x1a, 0x21, 0x2a, 0x2b],
];

export const languageOf = (unit: Pick<CoreUnit, 'language'>): TypeLanguage =>
  languages.find(([, ...numbers]) => numbers.includes(unit.language))?.[0] ?? 'other';

/** 95 of `rustc version 1.95.0 (…)`; newer than all where it is not told. */
const rustMinor = (unit: CoreUnit): number => Number(/rustc version 1\.(\d+)\./.exec(unit.producer ?? '')?.[1] ?? 1e9);

/** DW_ATE_…: what a base type's bits mean. */
export const encodingOf = (
  type: Extract<CoreType, { kind: 'base' }>,
  language: TypeLanguage,
): Extract<DebugType, { kind: 'base' }>['encoding'] => {
  if (language === 'rust' && type.size === 0n)
    return type.path === '()' ? 'unit' : type.path === '!' ? 'never' : 'other';
  switch (type.encoding) {
    case 0x02:
      return 'bool';
    case 0x03:
      return 'complex';
    case 0x04:
      return 'float';
    case 0x05:
      return 'signed';
    case 0x07:
      return 'unsigned';
    case 0x06:
      return type.path === 'signed char' ? 'signed' : 'c-char';
    case 0x08:
      return type.path === 'unsigned char' ? 'unsigned' : 'c-char';
    case 0x10:
      return language === 'rust' ? 'char' : 'c-char';
    default:
      return 'other';
  }
};
