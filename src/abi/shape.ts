/**
 * The self-contained shape of a value: all that is needed to decode bytes into a shown value, without the image
 * that the shape came from. Plans carry shapes; nothing here points back into a file.
 */
export type ValueShape =
  | { readonly kind: 'int'; readonly signed: boolean; readonly bits: 8 | 16 | 32 | 64 | 128; readonly name: string }
  | { readonly kind: 'float'; readonly bits: 32 | 64; readonly name: string }
  | { readonly kind: 'bool'; readonly name: string }
  /** A Rust `char`: a Unicode scalar value in 32 bits. */
  | { readonly kind: 'char'; readonly name: string }
  /** Any thin pointer or reference whose target is not followed; shown as `0x…`. */
  | { readonly kind: 'pointer'; readonly name: string }
  /** A pointer to NUL-terminated bytes (`*const c_char`, `char *`, `&CStr` by its data): read as text. */
  | { readonly kind: 'cstring'; readonly name: string }
  /** A data pointer and a length in bytes (`&str`): read as text. */
  | { readonly kind: 'str'; readonly name: string }
  | { readonly kind: 'unit'; readonly name: string }
  | { readonly kind: 'never'; readonly name: string }
  /** A register, uninterpreted. */
  | { readonly kind: 'raw'; readonly name: string };
