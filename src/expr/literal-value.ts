import { integer } from './arithmetic.ts';
import type { Context } from './context.ts';
import { leastOf, mostOf, nameOfWidth } from './number.ts';
import type { Literal, Span } from './token.ts';
import type { Loaded } from './value.ts';

const encoder = new TextEncoder();

/** @throws {RsymError} `usage` where a number doesn't fit in the type of its suffix. */
export const literalValue = (context: Context, literal: Literal, span: Span): Loaded => {
  switch (literal.kind) {
    case 'integer': {
      const { value, width } = literal;
      if (width !== null && (value < leastOf(width) || value > mostOf(width)))
        throw context.fault(span, `the number doesn't fit in ${nameOfWidth(width)}`);
      const own = width === null ? { value, isComplement: false } : null;
      return { kind: 'int', node: integer(value), width, literal: own };
    }
    case 'float':
      return { kind: 'float', node: { kind: 'float', value: literal.value }, size: literal.size };
    case 'bool':
      return { kind: 'bool', node: { kind: 'truth', value: literal.value } };
    case 'char':
      return { kind: 'char', node: integer(BigInt(literal.value)) };
    case 'text':
      return { kind: 'text', node: { kind: 'bytes', bytes: encoder.encode(literal.value) } };
    case 'bytes':
      return { kind: 'text', node: { kind: 'bytes', bytes: literal.value } };
    case 'duration':
      return { kind: 'duration', node: integer(literal.nanoseconds) };
  }
};
