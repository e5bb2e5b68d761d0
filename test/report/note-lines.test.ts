import { expect, test } from 'vitest';
import { noteLines } from '../../src/report/note-lines.ts';

const merged = (name: string): string => `${name} has the same code as b::${name}: calls can't be told apart`;

test('few notes are told as they are', () => {
  const notes = ['returns are off', merged('a'), merged('c'), merged('d')];
  expect(noteLines(notes, 12)).toEqual(notes);
});

test('of many alike the first two, and how many more', () => {
  const notes = [merged('a'), 'f: no code is left', ...['c', 'd', 'e', 'f'].map(merged), 'g: other'];
  expect(noteLines(notes, 12)).toEqual([
    merged('a'),
    'f: no code is left',
    merged('c'),
    "and 3 more: calls can't be told apart",
    'g: other',
  ]);
});

test('no more lines than asked for, and every note is counted', () => {
  const notes = Array.from({ length: 20 }, (_, i) => `f${i}: reason ${i}`);
  const lines = noteLines([...notes, ...Array.from({ length: 10 }, (_, i) => merged(`f${i}`))], 12);
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe('and 18 more notes; --json gives them all');
});
