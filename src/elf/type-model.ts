import type { Address } from '../base/units.ts';
import type { DebugFunction, DieOffset } from './function-model.ts';

export type DebugParameter = {
  readonly name: string | null;
  readonly type: TypeId | null;
  readonly isArtificial: boolean;
};

/** What the source declared, as far as debug info has it. */
export type DebugSignature = {
  readonly parameters: readonly DebugParameter[];
  /** Null: nothing is returned (`()`, C's void). */
  readonly returns: TypeId | null;
  /** DW_AT_noreturn: `!`. */
  readonly isNoReturn: boolean;
  /** C: further arguments may follow. */
  readonly isVariadic?: boolean;
  /** The abstract instance has variables outside of blocks: in Rust these were parameters. */
  readonly hasVariables?: boolean;
  /** DW_TAG_template_type_parameter: `T` and its type. */
  readonly generics: readonly { readonly name: string; readonly type: TypeId | null }[];
};

/** Names a type within one DebugInfo: the offset of its DIE. */
export type TypeId = DieOffset;

export type Member = {
  /** `__0`, `__1` in tuples; null for C's anonymous members. */
  readonly name: string | null;
  readonly type: TypeId | null;
  /** In bytes from the beginning of the type. */
  readonly offset: bigint;
  /** Of a bit field: its first bit, counted from the beginning of the type, and how many. */
  readonly bits: { readonly offset: bigint; readonly size: number } | null;
  readonly isArtificial: boolean;
};

export type Variant = {
  readonly name: string | null;
  /**
   * Tag values that mean this variant, as unsigned numbers of the tag's size; null: every other value, or the only
   * variant there is.
   */
  readonly discriminants: readonly { readonly low: bigint; readonly high: bigint }[] | null;
  readonly member: Member;
};

/** Of the unit that has the type; `other` where it says none, or one that isn't told apart. */
export type TypeLanguage = 'rust' | 'c' | 'c++' | 'other';

type Named = {
  /** Of the definition, where the id asked for was that of a declaration. */
  readonly id: TypeId;
  /**
   * As its language writes it, with its path and generic arguments: `alloc::vec::Vec<u8, alloc::alloc::Global>`,
   * `struct stat`, `char *`. Never empty: an unnamed type of C is `struct {...}`. Not sanitised.
   */
  readonly name: string;
  readonly language?: TypeLanguage;
};

/** In bytes; null where debug info does not say (declarations, functions). */
type Sized = { readonly size: bigint | null; readonly align: bigint | null };

/** A type's DIE, its references by id. */
export type DebugType = Named &
  Sized &
  (
    | {
        readonly kind: 'base';
        readonly encoding:
          | 'unsigned'
          | 'signed'
          | 'float'
          | 'bool'
          | 'char'
          | 'c-char'
          | 'complex'
          | 'unit'
          | 'never'
          | 'other';
      }
    | {
        readonly kind: 'pointer';
        readonly target: TypeId | null;
        readonly of: 'pointer' | 'reference' | 'rvalue-reference' | 'member';
      }
    | {
        readonly kind: 'struct' | 'union';
        readonly members: readonly Member[];
        /** Base classes of C++; at offsets, as members. */
        readonly bases: readonly Member[];
        readonly generics: readonly { readonly name: string; readonly type: TypeId | null }[];
        /** An enum's variants; the tag is null where there is none to read. */
        readonly variants: { readonly tag: Member | null; readonly of: readonly Variant[] } | null;
        /** DW_AT_containing_type: the concrete type of a vtable. */
        readonly containing: TypeId | null;
        readonly isDeclaration: boolean;
        /** Members and bases left out, since only the running program knows where they lie: virtual bases of C++. */
        readonly unplaced?: number;
      }
    | {
        readonly kind: 'enumeration';
        readonly base: TypeId | null;
        readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
      }
    | {
        readonly kind: 'array';
        readonly element: TypeId | null /** One a dimension; null: unknown. */;
        readonly counts: readonly (bigint | null)[];
        /** DW_AT_GNU_vector: one SIMD value. */
        readonly isVector?: boolean;
      }
    | {
        readonly kind: 'function';
        readonly parameters: readonly (TypeId | null)[];
        readonly returns: TypeId | null;
        /** C: further arguments may follow. */
        readonly isVariadic?: boolean;
      }
    | {
        readonly kind: 'qualifier';
        readonly of: 'typedef' | 'const' | 'volatile' | 'restrict' | 'atomic' | 'other';
        readonly target: TypeId | null;
      }
    | { readonly kind: 'unspecified' }
  );

/** Types and signatures, read from their DIEs when they are asked for. */
export type DebugTypes = {
  /** Throws RsymError `input` where the DIE is damaged or no type. */
  readonly type: (id: TypeId) => DebugType;
  /** Null where no DIE of the function has parameters or types to tell. */
  readonly signature: (f: DebugFunction) => DebugSignature | null;
  /** Types of this name, with or without its path: `alloc::string::String`. Reads all units the first time. */
  readonly find: (name: string) => readonly TypeId[];
  /** The concrete type, the trait, and the address of each vtable. Reads all units the first time. */
  readonly vtables: () => readonly { readonly address: Address; readonly name: string; readonly type: TypeId | null }[];
};
