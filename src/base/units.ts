/**
 * Numbers that mean different things in different spaces. In a small program all three address spaces often
 * coincide, so a mix-up passes tests: the type keeps them apart.
 *
 *   Address         as linked: what symbols and DWARF say (for a wasm module: an offset in the code section)
 *   FileOffset      a position in the file: what a uprobe is planted at
 *   RuntimeAddress  in one process: what a register or a pointer holds
 */
declare const unit: unique symbol;
type Unit<Name extends string> = bigint & { readonly [unit]: Name };

export type Address = Unit<'Address'>;
export type FileOffset = Unit<'FileOffset'>;
export type RuntimeAddress = Unit<'RuntimeAddress'>;

export const address = (value: bigint): Address => value as Address;
export const fileOffset = (value: bigint): FileOffset => value as FileOffset;
export const runtimeAddress = (value: bigint): RuntimeAddress => value as RuntimeAddress;

/** `0x` and lower-case hexadecimal digits, as rsym prints addresses and pointers everywhere. */
export const hex = (value: bigint): string => `0x${value.toString(16)}`;
