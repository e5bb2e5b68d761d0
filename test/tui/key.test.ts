import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Key, KeyDecoder, type Report } from '../../src/tui/terminal/key.ts';

const names = (keys: readonly (Key | Report)[]): string[] =>
  keys.map((key) => {
    switch (key.kind) {
      case 'key':
        return `<${key.name}>`;
      case 'text':
        return key.text;
      case 'pasted':
        return `[${key.text}]`;
      case 'pointed':
        return `<${key.name} ${key.column},${key.row}>`;
      case 'ground':
        return `<${key.ground}>`;
      default:
        return `<${key.kind}>`;
    }
  });
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
  expect(decode('a\x1b[99~\x1b[<2;3;4M\x1b[201~\x1b[<0;3;4m\x1b]52;c;x\x07\x1b[O\x1b[<M\x1b[<0;0;0Mb')).toEqual([
    'a',
    'b',
  ]);
});

test('the wheel and clicks, wherever the pointer is; Shift and the like make no difference', () => {
  expect(decode('\x1b[<64;1;1M\x1b[<65;300;120M\x1b[<0;3;4M\x1b[<0;3;4m')).toEqual([
    '<wheel-up 0,0>',
    '<wheel-down 299,119>',
    '<click 2,3>',
  ]);
  expect(decode('\x1b[<68;1;1M\x1b[<16;1;1M')).toEqual(['<wheel-up 0,0>', '<click 0,0>']);
});

test('a paste is one text in one line, whatever is in it, and never a key', () => {
  expect(decode('x\x1b[200~app::hello\r\n\x1b[201~y')).toEqual(['x', '[app::hello]', 'y']);
  expect(decode('\x1b[200~a\tb\r\nc\x1b[A\x03q\x1b[201~')).toEqual(['[a b c[Aq]']);
  expect(decode('\x1b[200~\x1b[201~')).toEqual([]);
  const decoder = new KeyDecoder();
  expect(decoder.decode('\x1b[200~never ended\x1b[20')).toEqual([]);
  expect(decoder.waiting).toBe('rest');
  expect(names([...decoder.flush(), ...decoder.decode('\x03')])).toEqual(['[never ended]', '<ctrl-c>']);
});

test('what the terminal tells of itself is no key', () => {
  expect(decode('\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?62;4c')).toEqual(['<light>', '<attributes>']);
  expect(decode('\x1b]11;rgb:00/2b/36\x1b\\a')).toEqual(['<dark>', 'a']);
  expect(decode('\x1b]11;rgba:f/f/0/f\x07\x1b[I')).toEqual(['<light>', '<focused>']);
  expect(decode('\x1b]11;nonsense\x07')).toEqual([]);
});

test('Escape is told from the begin of a sequence', () => {
  expect(decode('\x1b')).toEqual(['<escape>']);
  expect(decode('\x1bq')).toEqual(['<escape>', 'q']);
  expect(decode('\x1b\x1b[B')).toEqual(['<escape>', '<down>']);
  const decoder = new KeyDecoder();
  expect(decoder.decode('\x1b')).toEqual([]);
  expect(decoder.waiting).toBe('escape');
  expect(names(decoder.decode('[A'))).toEqual(['<up>']);
  expect(decoder.waiting).toBeNull();
});

test('where the input is cut makes no difference', () => {
  const pieces = ['a', 'bc', '\x1b[A', '\x1bOB', '\x1b[6~', '\x1b[1;5C', '\r', '\x7f', '日'].concat([
    '\x1b[200~p\x1b[201~',
    '\x1b[200~日本\r\x1b[A\x1b[201~',
    '\x1b[<64;10;20M',
    '\x1b]11;rgb:0/0/0\x07',
    '\x1b]11;rgb:f/f/f\x1b\\',
  ]);
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
      const decoder = new KeyDecoder();
      for (const name of names([...decoder.decode(input), ...decoder.flush()]))
        expect(name).not.toMatch(/[\0-\x1f\x7f]/);
    }),
  );
});
