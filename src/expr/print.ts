import { sanitize } from '../base/text.ts';
import { nameOfWidth } from './number.ts';
import { comparing, levels } from './precedence.ts';
import type { Bound, Expression, Pattern } from './syntax.ts';
import type { Literal } from './token.ts';

const unary = levels.length;
const postfix = unary + 1;
const keywords = new Set(['is', 'true', 'false', '_']);

const levelOf = (expression: Expression): number => {
  if (expression.kind === 'binary') return levels.findIndex((level) => level.includes(expression.operator));
  if (expression.kind === 'is') return comparing;
  return expression.kind === 'unary' ? unary : postfix;
};

/** An expression as text that is read as the same tree. */
export const printExpression = (expression: Expression): string => {
  switch (expression.kind) {
    case 'literal':
      return printLiteral(expression.literal);
    case 'name':
      return printName(expression.name);
    case 'path':
      return printPath(expression.segments);
    case 'field':
      return `${within(expression.of, postfix)}.${printField(expression.name.text)}`;
    case 'call':
      return `${within(expression.of, postfix)}.${printField(expression.method.text)}(${expression.given.map(printExpression).join(', ')})`;
    case 'index':
      return `${within(expression.of, postfix)}[${printExpression(expression.index)}]`;
    case 'unary':
      return `${expression.operator}${within(expression.of, unary)}`;
    case 'binary': {
      const level = levelOf(expression);
      const { left, operator, right } = expression;
      return `${within(left, level === comparing ? level + 1 : level)} ${operator} ${within(right, level + 1)}`;
    }
    case 'is':
      return `${within(expression.of, comparing + 1)} is ${printPattern(expression.pattern)}`;
    case 'tuple':
      return tuple(expression.items.map(printExpression));
  }
};

/** With parentheses where it binds looser than `level`, and where a dot behind it would belong to a number. */
const within = (expression: Expression, level: number): string => {
  const text = printExpression(expression);
  const isNumber = level === postfix && expression.kind === 'literal' && /\d/.test(text[0] ?? '');
  return levelOf(expression) < level || isNumber ? `(${text})` : text;
};

const tuple = (items: readonly string[]): string => (items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`);

const printName = (name: string): string => (keywords.has(name) ? `r#${name}` : name);
const printField = (name: string): string => (name === '_' ? 'r#_' : name);
const printPath = (segments: readonly string[]): string =>
  segments.map((segment, index) => (index === 0 ? printName(segment) : segment)).join('::');

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '\0': '\\0' };
const escaped = (text: string, quote: string): string =>
  Array.from(text, (char) => escapes[char] ?? (char === quote ? `\\${char}` : safe(char))).join('');
const safe = (char: string): string =>
  sanitize(char) === char ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;

const byteText = (byte: number): string => {
  const char = String.fromCharCode(byte);
  return escapes[char] ?? (char === '"' ? '\\"' : byte >= 0x20 && byte < 0x7f ? char : hexEscape(byte));
};
const hexEscape = (byte: number): string => `\\x${byte.toString(16).padStart(2, '0')}`;

export const printLiteral = (literal: Literal): string => {
  switch (literal.kind) {
    case 'integer':
      return `${literal.value}${literal.width === null ? '' : nameOfWidth(literal.width)}`;
    case 'float':
      return `${floatText(literal.value)}${literal.size === null ? '' : `f${literal.size * 8}`}`;
    case 'bool':
      return String(literal.value);
    case 'char':
      return `'${escaped(String.fromCodePoint(literal.value), "'")}'`;
    case 'text':
      return `"${escaped(literal.value, '"')}"`;
    case 'bytes':
      return `b"${Array.from(literal.value, byteText).join('')}"`;
    case 'duration':
      return printDuration(literal.nanoseconds);
  }
};

const floatText = (value: number): string => {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
};

/** In the largest unit of which it is a whole number. */
export const printDuration = (nanoseconds: bigint): string => {
  const units = [
    ['s', 1_000_000_000n],
    ['ms', 1_000_000n],
    ['us', 1_000n],
  ] as const;
  const unit = units.find(([, size]) => nanoseconds !== 0n && nanoseconds % size === 0n);
  return unit === undefined ? `${nanoseconds}ns` : `${nanoseconds / unit[1]}${unit[0]}`;
};

const printBound = (bound: Bound | null): string => {
  if (bound === null) return '';
  return bound.kind === 'literal' ? printLiteral(bound.literal) : printPath(bound.segments);
};

const printPattern = (pattern: Pattern): string => {
  switch (pattern.kind) {
    case 'wildcard':
      return '_';
    case 'rest':
      return '..';
    case 'literal':
      return printLiteral(pattern.literal);
    case 'range':
      return `${printBound(pattern.low)}${pattern.isInclusive ? '..=' : '..'}${printBound(pattern.high)}`;
    case 'name':
      return `${printName(pattern.name)}${pattern.pattern === null ? '' : ` @ ${alone(pattern.pattern)}`}`;
    case 'path':
      return printPath(pattern.segments);
    case 'tuple':
      return pattern.items.length === 1 && pattern.items[0]?.kind === 'rest'
        ? '(..)'
        : tuple(pattern.items.map(printPattern));
    case 'tuple-struct':
      return `${printPath(pattern.segments)}(${pattern.items.map(printPattern).join(', ')})`;
    case 'struct':
      return `${printPath(pattern.segments)} { ${[
        ...pattern.fields.map((field) => `${printField(field.name.text)}: ${printPattern(field.pattern)}`),
        ...(pattern.hasRest ? ['..'] : []),
      ].join(', ')} }`;
    case 'or':
      return pattern.alternatives.map(alone).join(' | ');
    case 'reference':
      return `&${alone(pattern.of)}`;
  }
};

const alone = (pattern: Pattern): string =>
  pattern.kind === 'or' ? `(${printPattern(pattern)})` : printPattern(pattern);
