/**
 * What a signature can say of a type: all that its notation gives without a layout. Where its pieces are passed, and the
 * shape of the value, follow from it.
 */
export type GivenShape =
  | { readonly kind: 'int'; readonly signed: boolean; readonly bits: 8 | 16 | 32 | 64 | 128; readonly name: string }
  | { readonly kind: 'float'; readonly bits: 32 | 64; readonly name: string }
  | { readonly kind: 'bool'; readonly name: string }
  /** A Rust `char`: a Unicode scalar value in 32 bits. */
  | { readonly kind: 'char'; readonly name: string }
  /** Any thin pointer or reference whose target is not followed; shown as `0x…`. */
  | { readonly kind: 'pointer'; readonly name: string }
  /** A pointer to NUL-terminated bytes (`*const c_char`, `char *`): read as text. With `fat` (`&CStr`) a length follows. */
  | { readonly kind: 'cstring'; readonly fat?: true; readonly name: string }
  /** A data pointer and a length in bytes (`&str`): read as text. */
  | { readonly kind: 'str'; readonly name: string }
  /** A data pointer and a count of elements (`&[T]`, `Box<[T]>`); without `element`, they can't be read. */
  | { readonly kind: 'slice'; readonly element?: GivenShape; readonly name: string }
  /** A pointer and its metadata (`&dyn Trait`, `Rc<str>`): two places, shown as the pointer. */
  | { readonly kind: 'fat'; readonly name: string }
  /** `Option` of a pointer that is never null: null stands for `None`. Same places as `some`. */
  | { readonly kind: 'option'; readonly some: GivenShape; readonly name: string }
  | { readonly kind: 'unit'; readonly name: string }
  | { readonly kind: 'never'; readonly name: string }
  /** A register, uninterpreted. */
  | { readonly kind: 'raw'; readonly name: string };
