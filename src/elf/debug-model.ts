import type { Address } from '../base/units.ts';

/** What a file's DWARF tells: nothing; line numbers and copies; those with declarations of parameters and types. */
export type DebugLevel = 'none' | 'lines' | 'types';

/** A place in source text. Line 0: code the compiler made; column 0: unknown. */
export type SourcePosition = { readonly file: string; readonly line: number; readonly column: number };

/** Half-open: `start` is the first address, `end` the one behind the last. */
export type AddressRange = { readonly start: Address; readonly end: Address };

/** Offset of a DIE in `.debug_info`. */
export type DieOffset = number;

/** A function as the source had it, once for each linkage name: a generic one has an entry for each instance. */
export type DebugFunction = {
  /** Row in the index. */
  readonly id: number;
  /**
   * The demangled linkage name, without hash; where there is none, as `dwarfPath`. Debug info of line tables only may
   * have nothing but the last segment: `isPartial`.
   */
  readonly path: string;
  readonly isPartial: boolean;
  /** Namespaces, types and name as DWARF nests them, with generic arguments: `alloc::vec::Vec<u8, …>::push<u8, …>`. */
  readonly dwarfPath: string;
  /** DW_AT_linkage_name; null where there is none (`#[no_mangle]`, C). */
  readonly linkageName: string | null;
  /** Where it is declared; null where it is not said. Column is always 0. */
  readonly source: SourcePosition | null;
  /** DIEs that tell of it, one for each unit that has it; parameters and types are read from the first that has them. */
  readonly dies: readonly DieOffset[];
  /** DW_CC_nocall: the optimiser changed how it is called. */
  readonly isConventionChanged: boolean;
  /** Rows of its copies, out of line first, then by address. */
  readonly copies: readonly number[];
};

/** A piece of machine code that debug info calls a copy of a function. */
export type DebugCopy = {
  /** Row in the index. */
  readonly id: number;
  readonly kind: 'out-of-line' | 'inlined';
  /** Row of the function. */
  readonly function: number;
  /** Of its first instruction; parts that were moved away may lie below it. */
  readonly address: Address;
  /** Bytes of all ranges together. */
  readonly size: bigint;
  readonly ranges: readonly AddressRange[];
  /** The copy that it is inlined into; null for code out of line. */
  readonly caller: number | null;
  /** DW_AT_call_file, _line and _column; null for code out of line. */
  readonly callSite: SourcePosition | null;
  readonly die: DieOffset;
};

/** One function that is under way at an address: the innermost first, the one out of line last. */
export type Frame = {
  /** Null where no DIE tells the function: assembly, or a unit with line numbers alone. */
  readonly function: DebugFunction | null;
  readonly copy: DebugCopy | null;
  /** Where in that function the address is; null where no line row covers it. */
  readonly position: SourcePosition | null;
};

/** A row of the line table; it holds from its address to that of the next row. */
export type LineRow = {
  readonly address: Address;
  readonly position: SourcePosition;
  readonly isStatement: boolean;
  readonly isPrologueEnd: boolean;
};

/** Where debug info was read from. */
export type DebugSource = {
  /** The file itself, or a separate one. */
  readonly path: string;
  readonly how: 'own' | 'debug-link' | 'build-id' | 'given';
};

/** What one unit says of the compiler that made it; `count` units say the same. */
export type Producer = {
  readonly producer: string;
  readonly language: string;
  readonly version: number;
  readonly count: number;
};

/** Counts of functions in debug info, those in `dead` apart: their code was discarded by the linker. */
export type DebugCounts = {
  /** DIEs of functions with code of their own. */
  readonly outOfLine: number;
  /** DIEs of inlined instances. */
  readonly inlined: number;
  readonly deadOutOfLine: number;
  readonly deadInlined: number;
  /** Functions of which at least one inlined copy is left, and no code of their own. */
  readonly inlinedOnly: number;
  /** DIEs of functions that are defined, but neither inlined nor out of line: folded onto another, or optimised away. */
  readonly withoutCode: number;
  readonly units: number;
};

/** The debug info of an image: functions, copies and lines by way of an index, types when they are asked for. */
export type DebugInfo = Disposable & {
  readonly source: DebugSource | null;
  readonly level: DebugLevel;
  /** What could not be read, or may surprise: one line each, for the user. */
  readonly notes: readonly string[];
  readonly counts: DebugCounts;
  readonly producers: () => readonly Producer[];
  readonly functionCount: number;
  readonly copyCount: number;
  readonly function: (id: number) => DebugFunction;
  readonly copy: (id: number) => DebugCopy;
  /** Cheaper than `function(id)` where only the names are asked for. */
  readonly path: (id: number) => string;
  readonly dwarfPath: (id: number) => string;
  readonly linkageName: (id: number) => string | null;
  /** How many copies of the function are out of line, and how many inlined. */
  readonly copyCounts: (id: number) => { readonly outOfLine: number; readonly inlined: number };
  /** Functions of this linkage name, or of this DWARF path where they have none. */
  readonly byLinkageName: (name: string) => readonly number[];
  /**
   * Functions whose linkage name contains the one text, or whose `dwarfPath` contains the other: what a search need look
   * at where every match is known to have them. An empty text is in every name.
   */
  readonly containing: (linkage: string, dwarfPath: string) => readonly number[];
  /** Copies out of line that are entered at this address. */
  readonly copiesAt: (at: Address) => readonly number[];
  /** The functions under way at an address, the innermost first; empty where debug info does not cover it. */
  readonly frames: (at: Address) => readonly Frame[];
  /** Rows of the line table in a range, by address. */
  readonly lines: (range: AddressRange) => readonly LineRow[];
  /** What DIEs of functions and types say; null where `level` is not `types`. */
  readonly types: DebugTypes | null;
  /**
   * Parameters and variables of a copy, those of what is inlined into it left out, with where they live.
   * Throws RsymError `input` where the DIE is damaged.
   */
  readonly scope: (copy: DebugCopy) => DebugScope;
  /** The canonical frame address while the instruction at `at` is about to run, by call frame information; null: unknown. */
  readonly frameAddress: (at: Address) => { readonly register: number; readonly offset: bigint } | null;
};

/** An operation of a DWARF expression. Registers by DWARF's numbers for the machine. */
export type Operation =
  | { readonly op: 'register'; readonly register: number }
  /** Pushes the register's value plus `offset`. */
  | { readonly op: 'register-offset'; readonly register: number; readonly offset: bigint }
  /** Pushes the frame base plus `offset`. */
  | { readonly op: 'frame-offset'; readonly offset: bigint }
  | { readonly op: 'frame-address' }
  | { readonly op: 'address'; readonly address: Address }
  /** Pushes 64 bits, as an unsigned number. */
  | { readonly op: 'constant'; readonly value: bigint }
  /** Pops an address and pushes what is there, `size` bytes, zero-extended. */
  | { readonly op: 'dereference'; readonly size: number }
  | { readonly op: 'plus-constant'; readonly value: bigint }
  | { readonly op: 'plus' | 'minus' | 'and' | 'or' | 'xor' | 'shl' | 'shr' | 'shra' | 'mul' | 'not' | 'neg' }
  /** What is on the stack is the value, not its address. */
  | { readonly op: 'stack-value' }
  | { readonly op: 'implicit-value'; readonly bytes: Uint8Array }
  /** The value of an expression when the function was entered. */
  | { readonly op: 'entry-value'; readonly operations: readonly Operation[] }
  /** Ends the description of the value's next `bits` bits, which begin `offset` bits into what was described. */
  | { readonly op: 'piece'; readonly bits: bigint; readonly offset: bigint | null }
  /** Anything else, by its DW_OP name. */
  | { readonly op: 'other'; readonly name: string };

/** Where a variable lives at the addresses of a range; null: as long as its scope is under way. No operations: nowhere. */
export type VariableLocation = { readonly range: AddressRange | null; readonly operations: readonly Operation[] };

export type DebugVariable = {
  readonly die: DieOffset;
  readonly name: string | null;
  readonly type: TypeId | null;
  readonly isParameter: boolean;
  readonly isArtificial: boolean;
  /** DW_AT_decl_line; null where it is not said. */
  readonly line: number | null;
  /** DW_AT_const_value: its bytes, lowest first; a number without a size of its own has 8, sign-extended. */
  readonly constant: Uint8Array | null;
  /** Empty: nowhere (optimised out), or a constant. Those of a location list may overlap. */
  readonly locations: readonly VariableLocation[];
  /** Of the lexical block that declares it; null: the whole copy. */
  readonly block: readonly AddressRange[] | null;
};

/** What a copy's DIE holds. */
export type DebugScope = {
  /** DW_AT_frame_base of the code out of line that the copy is in. */
  readonly frameBase: readonly VariableLocation[];
  /**
   * Parameters first, in the order of their declaration: those of the abstract instance that the copy's DIE leaves out
   * are among them, with no location. Then variables, in the order of the DIEs.
   */
  readonly variables: readonly DebugVariable[];
  /** DW_AT_external of the function that the copy is one of. */
  readonly isExternal: boolean;
  /** DW_AT_calling_convention of this copy's own DIE or its origin: DW_CC_nocall. */
  readonly isConventionChanged: boolean;
  /** DW_AT_specification: it is declared within a type. LLVM says of such functions never that their convention was changed. */
  readonly isSpecified: boolean;
  /** DW_AT_producer and DW_AT_language of the unit that has the copy. */
  readonly producer: string | null;
  readonly language: TypeLanguage;
};

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
