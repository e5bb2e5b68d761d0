/** Where something is in an expression's text: indices of code units, `end` behind the last one. */
export type Span = { readonly at: number; readonly end: number };

/** An integer's suffix, as Rust writes it. */
export type Width = { readonly size: 1 | 2 | 4 | 8 | 16; readonly signed: boolean };

/** A literal's value. Durations are in nanoseconds; a char is its code point; `bytes` of a text are its UTF-8. */
export type Literal =
  | { readonly kind: 'integer'; readonly value: bigint; readonly width: Width | null }
  | { readonly kind: 'float'; readonly value: number; readonly size: 4 | 8 | null }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'char'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'duration'; readonly nanoseconds: bigint };

export type Token = Span &
  (
    | { readonly kind: 'literal'; readonly literal: Literal }
    /** `is`, `true` and `_` are told by their text, unless they are written `r#is`. */
    | { readonly kind: 'word'; readonly text: string; readonly isRaw: boolean }
    /** Digits behind a dot: `pair.0`. */
    | { readonly kind: 'number'; readonly text: string }
    | { readonly kind: 'sign'; readonly text: string }
    | { readonly kind: 'end' }
  );
