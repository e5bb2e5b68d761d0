import type { CoreDebug } from './debug.ts';
import type { Wire } from './wire.ts';

const decoder = new TextDecoder();

/** In the order of the core's numbers. */
const pointers = ['pointer', 'reference', 'rvalue-reference', 'member'] as const;
const qualifiers = ['typedef', 'const', 'volatile', 'restrict', 'atomic', 'other'] as const;

export type CoreMember = {
  readonly name: string | null;
  readonly type: number | null;
  /** In bytes; of a bit field (`bits` over 0) its first bit. */
  readonly offset: bigint;
  readonly bits: number;
  readonly isArtificial: boolean;
};

type Range = { readonly low: bigint; readonly high: bigint };
export type CoreVariant = { readonly discriminants: readonly Range[] | null; readonly member: CoreMember };
export type CoreGeneric = { readonly name: string | null; readonly type: number | null };

type CoreShape =
  /** DW_ATE. */
  | { readonly kind: 'base'; readonly encoding: number }
  | { readonly kind: 'pointer'; readonly of: (typeof pointers)[number]; readonly target: number | null }
  | { readonly kind: 'qualifier'; readonly of: (typeof qualifiers)[number]; readonly target: number | null }
  | {
      readonly kind: 'struct' | 'union';
      readonly isClass: boolean;
      readonly members: readonly CoreMember[];
      readonly bases: readonly CoreMember[];
      readonly generics: readonly CoreGeneric[];
      readonly variants: { readonly tag: CoreMember | null; readonly of: readonly CoreVariant[] } | null;
      readonly containing: number | null;
      readonly unplaced: number;
    }
  | {
      readonly kind: 'enumeration';
      readonly base: number | null;
      readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
    }
  | { readonly kind: 'array'; readonly element: number | null; readonly counts: readonly (bigint | null)[] }
  | { readonly kind: 'function'; readonly returns: number | null; readonly parameters: readonly (number | null)[] }
  | { readonly kind: 'unspecified' };

/** A type as its DIE has it: nothing is derived from the types that it refers to. */
export type CoreType = {
  readonly id: number;
  /** Where its unit begins. */
  readonly unit: number;
  /** With what encloses it. */
  readonly path: string | null;
  readonly size: bigint | null;
  readonly align: bigint | null;
  readonly isDeclaration: boolean;
  readonly isVariadic: boolean;
  readonly isVector: boolean;
  /** Elements of an array are further apart than they are large. */
  readonly hasStride: boolean;
} & CoreShape;

export type CoreUnit = {
  /** DW_LANG. */
  readonly language: number;
  readonly version: number;
  readonly addressSize: number;
  readonly producer: string | null;
};

export type CoreSignature = {
  readonly parameters: readonly (CoreGeneric & { readonly isArtificial: boolean })[];
  readonly returns: number | null;
  readonly isNoReturn: boolean;
  readonly isVariadic: boolean;
  readonly hasVariables: boolean;
  readonly generics: readonly CoreGeneric[];
};

export type CoreVtable = { readonly address: bigint; readonly name: string; readonly type: number | null };

/** Types and signatures in the core's debug info. Throws RsymError `input` where a DIE is damaged or not what was asked for. */
export class CoreTypes {
  readonly #debug: CoreDebug;

  constructor(debug: CoreDebug) {
    this.#debug = debug;
  }

  type(id: number): CoreType {
    const wire = this.#debug.ask('debug_type', id);
    const [own, unit, kind, variety, flags] = [wire.u32(), wire.u32(), wire.u8(), wire.u8(), wire.u8()];
    return {
      id: own,
      unit,
      isDeclaration: (flags & 1) !== 0,
      isVariadic: (flags & 2) !== 0,
      isVector: (flags & 4) !== 0,
      hasStride: (flags & 8) !== 0,
      path: optionalText(wire),
      size: number(wire),
      align: number(wire),
      ...shape(wire, kind, variety),
    };
  }

  unit(start: number): CoreUnit {
    const wire = this.#debug.ask('debug_type_unit', start);
    return { language: wire.u32(), version: wire.u32(), addressSize: wire.u32(), producer: optionalText(wire) };
  }

  /** Of the function that has these DIEs; null where none of them tells. */
  signature(dies: readonly number[]): CoreSignature | null {
    const bytes = new Uint8Array(Uint32Array.from(dies).buffer);
    const wire = this.#give('debug_signature', bytes, dies.length);
    if (!wire.flag()) return null;
    return {
      parameters: wire.list(() => ({ ...generic(wire), isArtificial: wire.flag() })),
      returns: reference(wire),
      isNoReturn: wire.flag(),
      isVariadic: wire.flag(),
      hasVariables: wire.flag(),
      generics: wire.list(() => generic(wire)),
    };
  }

  /** Types of this name, with or without what encloses them; definitions before declarations. */
  find(name: string): number[] {
    const bytes = new TextEncoder().encode(name);
    const wire = this.#give('debug_find_types', bytes, bytes.length);
    return wire.list(() => wire.u32());
  }

  vtables(): CoreVtable[] {
    const wire = this.#debug.ask('debug_vtables');
    return wire.list(() => ({ address: wire.u64(), name: decoder.decode(wire.bytes()), type: reference(wire) }));
  }

  #give(name: string, bytes: Uint8Array, count: number): Wire {
    return this.#debug.lend(bytes, (at) => this.#debug.ask(name, at, count));
  }
}

export const optionalText = (wire: Wire): string | null => {
  const bytes = wire.optional();
  return bytes === null ? null : decoder.decode(bytes);
};

const number = (wire: Wire): bigint | null => {
  const isThere = wire.flag();
  const value = wire.u64();
  return isThere ? value : null;
};

export const reference = (wire: Wire): number | null => {
  const isThere = wire.flag();
  const id = wire.u32();
  return isThere ? id : null;
};

/** 128 bits with their sign. */
const wide = (wire: Wire): bigint => {
  const low = wire.u64();
  return BigInt.asIntN(128, low | (wire.u64() << 64n));
};

const generic = (wire: Wire): CoreGeneric => ({ name: optionalText(wire), type: reference(wire) });

const member = (wire: Wire): CoreMember => ({
  name: optionalText(wire),
  type: reference(wire),
  offset: wire.u64(),
  bits: wire.u32(),
  isArtificial: wire.flag(),
});

const variant = (wire: Wire): CoreVariant => ({
  discriminants: wire.flag() ? wire.list(() => ({ low: wide(wire), high: wide(wire) })) : null,
  member: member(wire),
});

const shape = (wire: Wire, kind: number, variety: number): CoreShape => {
  switch (kind) {
    case 0:
      return { kind: 'base', encoding: wire.u8() };
    case 1:
      return { kind: 'pointer', of: pointers[variety] ?? 'pointer', target: reference(wire) };
    case 2:
    case 3:
      return {
        kind: kind === 2 ? 'struct' : 'union',
        isClass: variety === 1,
        members: wire.list(() => member(wire)),
        bases: wire.list(() => member(wire)),
        generics: wire.list(() => generic(wire)),
        variants: wire.flag() ? { tag: wire.flag() ? member(wire) : null, of: wire.list(() => variant(wire)) } : null,
        containing: reference(wire),
        unplaced: wire.u32(),
      };
    case 4:
      return {
        kind: 'enumeration',
        base: reference(wire),
        enumerators: wire.list(() => ({ name: decoder.decode(wire.bytes()), value: wide(wire) })),
      };
    case 5:
      return { kind: 'array', element: reference(wire), counts: wire.list(() => number(wire)) };
    case 6:
      return { kind: 'function', returns: reference(wire), parameters: wire.list(() => reference(wire)) };
    case 7:
      return { kind: 'qualifier', of: qualifiers[variety] ?? 'other', target: reference(wire) };
    default:
      return { kind: 'unspecified' };
  }
};
