import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Key, KeyDecoder } from '../../src/tui/terminal/key.ts';

const names = (keys: readonly Key[]): string[] => keys.map((key) => (key.kind === 'key' ? `<${key.name}>` : key.text));
const decode = (...chunks: string[]): string[] => {
  const decoder = new KeyDecoder();
  return [...chunks.flatMap((chunk) => names(decoder.decode(chunk))), ...names(decoder.flush())];
};

test('text, controls, and what terminals send for keys', () => {
  expect(decode('hello\r')).toEqual(['hello', '<enter>']);
  expect(decode('\x7f\b\t\x03\x10\x00')).toEqual(
    ['backspace', 'backspace', 'tab', 'ctrl-c', 'ctrl-p', 'ctrl-space'].map((name) => `<${name}>`),
  );
  expect(decode('\x1b[A\x1bOA\x1b[1;5A')).toEqual(['<up>', '<up>', '<up>']);
  expect(decode('\x1b[H\x1b[1~\x1b[7~\x1bOH')).toEqual(Array(4).fill('<home>'));
  expect(decode('\x1b[3~\x1b[5~\x1b[6~\x1b[Z')).toEqual(['<delete>', '<page-up>', '<page-down>', '<shift-tab>']);
  expect(decode('\x1bOP\x1b[11~\x1b[[A')).toEqual(['<f1>', '<f1>', '<f1>']);
  expect(decode('grün 日本')).toEqual(['grün 日本']);
});

test('a sequence for a key that has no name here is no text', () => {
  expect(decode('a\x1b[99~\x1b[<0;3;4M\x1b[200~b')).toEqual(['a', 'b']);
});

test('Escape is told from the begin of a sequence', () => {
  expect(decode('\x1b')).toEqual(['<escape>']);
  expect(decode('\x1bq')).toEqual(['<escape>', 'q']);
  expect(decode('\x1b\x1b[B')).toEqual(['<escape>', '<down>']);
  const decoder = new KeyDecoder();
  expect(decoder.decode('\x1b')).toEqual([]);
  expect(decoder.waiting).toBe(true);
  expect(names(decoder.decode('[A'))).toEqual(['<up>']);
  expect(decoder.waiting).toBe(false);
});

test('where the input is cut makes no difference', () => {
  const pieces = ['a', 'bc', '\x1b[A', '\x1bOB', '\x1b[6~', '\x1b[1;5C', '\r', '\x7f', '日'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces)), fc.array(fc.nat(60)), (parts, cuts) => {
      const whole = parts.join('');
      const at = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort((a, b) => a - b);
      const chunks = [0, ...at].map((from, i) => whole.slice(from, at[i] ?? whole.length));
      expect(decode(...chunks).join('')).toBe(decode(whole).join(''));
    }),
  );
});

test('any input gives keys without control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (input) => {
      for (const key of new KeyDecoder().decode(input))
        expect(key.kind === 'text' ? key.text : key.name).not.toMatch(/[\0-\x1f\x7f]/);
    }),
  );
});
