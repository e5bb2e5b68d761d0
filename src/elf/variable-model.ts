import type { Address } from '../base/units.ts';
import type { AddressRange, DieOffset } from './function-model.ts';
import type { TypeId, TypeLanguage } from './type-model.ts';

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
