import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Edit, edit, emptyField, fieldOf } from '../../src/tui/parts/field.ts';

test('editing goes by characters as users see them', () => {
  const family = '👨\u200d👩\u200d👧';
  const field = fieldOf(`a${family}e\u0301`);
  const once = edit(field, { kind: 'erase' });
  expect(once.text).toBe(`a${family}`);
  expect(edit(once, { kind: 'erase' }).text).toBe('a');
  expect(edit(edit(once, { kind: 'left' }), { kind: 'delete' }).text).toBe('a');
});

test('words, all, and the ends', () => {
  expect(edit(fieldOf('(i: i32, len: usize)'), { kind: 'erase-word' }).text).toBe('(i: i32, len: usize');
  expect(edit(fieldOf('alloc::vec  '), { kind: 'erase-word' }).text).toBe('alloc::');
  expect(edit(fieldOf('abc'), { kind: 'erase-all' })).toEqual(emptyField);
  const start = edit(fieldOf('bc'), { kind: 'start' });
  expect(edit(start, { kind: 'insert', text: 'a' })).toEqual({ text: 'abc', at: 1 });
  expect(edit(start, { kind: 'erase' })).toEqual(start);
});

const kinds = ['erase', 'erase-word', 'erase-all', 'delete', 'left', 'right', 'start', 'end'] as const;
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...kinds) }),
  fc.record({ kind: fc.constant('insert' as const), text: fc.string({ unit: 'grapheme' }) }),
);

test('the cursor stays in the text and between characters', () => {
  fc.assert(
    fc.property(fc.array(edits, { maxLength: 60 }), (changes) => {
      const end = changes.reduce(edit, emptyField);
      expect(end.at).toBeGreaterThanOrEqual(0);
      expect(end.at).toBeLessThanOrEqual(end.text.length);
      expect(`${end.text.slice(0, end.at)}|${end.text.slice(end.at)}`).not.toMatch(/\p{Cs}/u);
    }),
  );
});
