import type { Cursor } from './cursor.ts';
import type { Bound, Name, Pattern } from './syntax.ts';
import type { Literal, Span } from './token.ts';

/** Reads a pattern with its alternatives, as far as it goes. */
export const parsePattern = (cursor: Cursor): Pattern =>
  cursor.nested(() => {
    const { at } = cursor.next;
    cursor.accept('|');
    const first = single(cursor);
    const alternatives = [first];
    while (cursor.accept('|')) alternatives.push(single(cursor));
    return alternatives.length === 1 ? first : { kind: 'or', alternatives, at, end: cursor.taken };
  });

const single = (cursor: Cursor): Pattern => {
  const { next } = cursor;
  const { at } = next;
  if (cursor.isSign('&', '&&')) return reference(cursor);
  if (cursor.accept('(')) return bracketed(cursor, next);
  if (cursor.isSign('[')) throw cursor.expected('a pattern', { why: "elements can't be matched; write `v[0] is 1`" });
  if (cursor.isSign('..', '..=')) return openRange(cursor);
  if (cursor.isSign('-') || next.kind === 'literal' || cursor.isWord('true') || cursor.isWord('false'))
    return ranged(cursor, literalBound(cursor));
  if (next.kind !== 'word') throw cursor.expected('a pattern');
  if (cursor.isWord('_')) {
    cursor.take();
    return { kind: 'wildcard', at, end: cursor.taken };
  }
  return named(cursor);
};

/** `&&x` is two references. */
const reference = (cursor: Cursor): Pattern => {
  const sign = cursor.take();
  const of = cursor.nested(() => single(cursor));
  const inner: Pattern = { kind: 'reference', of, at: sign.end - 1, end: of.end };
  return sign.end - sign.at === 1 ? inner : { kind: 'reference', of: inner, at: sign.at, end: of.end };
};

/** Parentheses around a pattern leave no mark. */
const bracketed = (cursor: Cursor, opened: Span): Pattern => {
  const { items, hasComma } = cursor.list(')', opened, () => parsePattern(cursor));
  const [only] = items;
  const span = { at: opened.at, end: cursor.taken };
  if (only === undefined || items.length > 1 || hasComma || only.kind === 'rest')
    return { kind: 'tuple', items, ...span };
  return { ...only, ...span };
};

const literalOf = (cursor: Cursor): Literal => {
  const { next } = cursor;
  if (cursor.isWord('true') || cursor.isWord('false')) {
    cursor.take();
    return { kind: 'bool', value: next.kind === 'word' && next.text === 'true' };
  }
  if (next.kind !== 'literal') throw cursor.expected('a literal');
  cursor.take();
  return next.literal;
};

const literalBound = (cursor: Cursor): Extract<Bound, { kind: 'literal' }> => {
  const { at } = cursor.next;
  const isNegative = cursor.accept('-');
  const literal = literalOf(cursor);
  const span = { at, end: cursor.taken };
  if (!isNegative) return { kind: 'literal', literal, ...span };
  if (literal.kind === 'integer') return { kind: 'literal', literal: { ...literal, value: -literal.value }, ...span };
  if (literal.kind === 'float') return { kind: 'literal', literal: { ...literal, value: -literal.value }, ...span };
  throw cursor.fault(span, 'only a number has a minus');
};

const boundOf = (cursor: Cursor): Bound => {
  const { next } = cursor;
  if (next.kind !== 'word' || cursor.isWord('true') || cursor.isWord('false')) return literalBound(cursor);
  const segments = pathOf(cursor);
  const span = { at: next.at, end: cursor.taken };
  if (segments.length === 1) throw cursor.fault(span, "a range's end is a literal or a constant: u32::MAX");
  return { kind: 'path', segments, ...span };
};

/** Behind `..` nothing of a range may follow, as in `(1, ..)`. */
const endsHere = (cursor: Cursor): boolean =>
  cursor.next.kind === 'end' || cursor.isWord('is') || (cursor.next.kind === 'sign' && !cursor.isSign('-'));

const openRange = (cursor: Cursor): Pattern => {
  const { at } = cursor.next;
  const isInclusive = cursor.isSign('..=');
  cursor.take();
  if (!isInclusive && endsHere(cursor)) return { kind: 'rest', at, end: cursor.taken };
  const high = boundOf(cursor);
  return { kind: 'range', low: null, high, isInclusive, at, end: cursor.taken };
};

const ranged = (cursor: Cursor, low: Bound): Pattern => {
  const { at } = low;
  if (!cursor.isSign('..', '..=')) return low;
  const isInclusive = cursor.isSign('..=');
  cursor.take();
  if (!isInclusive && endsHere(cursor)) return { kind: 'range', low, high: null, isInclusive, at, end: cursor.taken };
  const high = boundOf(cursor);
  return { kind: 'range', low, high, isInclusive, at, end: cursor.taken };
};

const pathOf = (cursor: Cursor): readonly string[] => {
  const segments = [cursor.name('a name').text];
  while (cursor.accept('::')) segments.push(cursor.name('a name').text);
  return segments;
};

/** `ref` and `mut` say how a binding is made, which makes no difference here. */
const skipMode = (cursor: Cursor): void => {
  while ((cursor.isWord('ref') || cursor.isWord('mut')) && cursor.peek(1).kind === 'word') cursor.take();
};

const named = (cursor: Cursor): Pattern => {
  skipMode(cursor);
  const { at } = cursor.next;
  const segments = pathOf(cursor);
  const opened = cursor.next;
  if (cursor.accept('(')) {
    const { items } = cursor.list(')', opened, () => parsePattern(cursor));
    return { kind: 'tuple-struct', segments, items, at, end: cursor.taken };
  }
  if (cursor.accept('{')) return struct(cursor, segments, at, opened);
  if (segments.length > 1) {
    const path = { kind: 'path', segments, at, end: cursor.taken } as const;
    return ranged(cursor, path);
  }
  const name = segments[0] ?? '';
  const pattern = cursor.accept('@') ? cursor.nested(() => single(cursor)) : null;
  return { kind: 'name', name, pattern, at, end: cursor.taken };
};

const struct = (cursor: Cursor, segments: readonly string[], at: number, opened: Span): Pattern => {
  const fields: { name: Name; pattern: Pattern }[] = [];
  let hasRest = false;
  while (!cursor.isSign('}')) {
    hasRest = cursor.accept('..');
    if (hasRest) break;
    fields.push(fieldOf(cursor));
    if (!cursor.accept(',')) break;
  }
  cursor.expect('}', opened);
  return { kind: 'struct', segments, fields, hasRest, at, end: cursor.taken };
};

/** `x`, `x: pattern`, `0: pattern`. */
const fieldOf = (cursor: Cursor): { name: Name; pattern: Pattern } => {
  const { next } = cursor;
  if (next.kind === 'literal' && next.literal.kind === 'integer' && next.literal.width === null) {
    cursor.take();
    const name = { text: next.literal.value.toString(), at: next.at, end: next.end };
    cursor.expect(':');
    return { name, pattern: parsePattern(cursor) };
  }
  skipMode(cursor);
  const name = cursor.name('the name of a field');
  if (cursor.accept(':')) return { name, pattern: parsePattern(cursor) };
  return { name, pattern: { kind: 'name', name: name.text, pattern: null, at: name.at, end: name.end } };
};
