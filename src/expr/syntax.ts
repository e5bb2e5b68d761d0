import type { Literal, Span } from './token.ts';

export type LogicOperator = '||' | '&&';
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '|' | '^' | '&' | '<<' | '>>' | '+' | '-' | '*' | '/' | '%';
export type BinaryOperator = LogicOperator | CompareOperator | ArithmeticOperator;

export type Name = Span & { readonly text: string };

/** An expression as it is written; parentheses are in the tree's form alone. */
export type Expression = Span &
  (
    | { readonly kind: 'literal'; readonly literal: Literal }
    | { readonly kind: 'name'; readonly name: string }
    /** `Mode::Read`, `u32::MAX`: two segments or more. */
    | { readonly kind: 'path'; readonly segments: readonly string[] }
    /** `name` is digits for a tuple's field. */
    | { readonly kind: 'field'; readonly of: Expression; readonly name: Name }
    | { readonly kind: 'call'; readonly of: Expression; readonly method: Name; readonly given: readonly Expression[] }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly of: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
        readonly sign: Span;
      }
    | { readonly kind: 'is'; readonly of: Expression; readonly pattern: Pattern }
    /** `()`, `(a,)`, `(a, b)`. */
    | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  );

/** A literal, `-` before a number done, or a constant's path: `u32::MAX`. */
export type Bound =
  | (Span & { readonly kind: 'literal'; readonly literal: Literal })
  | (Span & { readonly kind: 'path'; readonly segments: readonly string[] });

export type Pattern = Span &
  (
    | { readonly kind: 'wildcard' }
    /** `..` in a list of patterns. */
    | { readonly kind: 'rest' }
    | { readonly kind: 'literal'; readonly literal: Literal }
    | {
        readonly kind: 'range';
        readonly low: Bound | null;
        readonly high: Bound | null;
        readonly isInclusive: boolean;
      }
    /** A name alone: a binding, or a variant without fields. `pattern`: what is behind `@`. */
    | { readonly kind: 'name'; readonly name: string; readonly pattern: Pattern | null }
    | { readonly kind: 'path'; readonly segments: readonly string[] }
    | { readonly kind: 'tuple'; readonly items: readonly Pattern[] }
    | { readonly kind: 'tuple-struct'; readonly segments: readonly string[]; readonly items: readonly Pattern[] }
    | {
        readonly kind: 'struct';
        readonly segments: readonly string[];
        readonly fields: readonly { readonly name: Name; readonly pattern: Pattern }[];
        readonly hasRest: boolean;
      }
    | { readonly kind: 'or'; readonly alternatives: readonly Pattern[] }
    /** `&x`: what a reference leads to, which is looked at in any case. */
    | { readonly kind: 'reference'; readonly of: Pattern }
  );
