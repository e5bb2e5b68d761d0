import { describe, expect, test } from 'vitest';
import type { Image } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { isColdPart, type LocatedFunction, locate } from '../../src/query/locate.ts';
import { loadAddress, type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

const at = (offset: number): bigint => loadAddress + 0x100n + BigInt(offset);
const fn = (name: string, offset: number, more: Partial<SymbolSpec> = {}): SymbolSpec => ({
  name,
  value: at(offset),
  size: 16n,
  type: 'func',
  bind: 'global',
  ...more,
});

/** What the texts name in a file of these symbols. */
const among = (symbols: readonly SymbolSpec[], texts: readonly string[]): LocatedFunction[] => {
  using folder = new Temporary();
  using image: Image = openImage(folder.file('app', writeElf({ symbols })));
  return locate(image, image.symbols(), texts);
};
const raws = (symbols: readonly SymbolSpec[], ...texts: string[]): string[] =>
  among(symbols, texts)
    .map(({ raw }) => raw)
    .sort();

describe('a text names', () => {
  const rust = [
    fn('_ZN3app5hello17h0123456789abcdefE', 0),
    fn('_ZN3app5outer5hello17h0123456789abcdefE', 16),
    fn('hello', 32),
    fn('_ZN5other5greet17h0123456789abcdefE', 48),
  ];

  test('exactly, before anything that only ends so', () => {
    expect(raws(rust, 'hello')).toEqual(['hello']);
    expect(raws(rust, 'app::hello')).toEqual(['_ZN3app5hello17h0123456789abcdefE']);
    expect(raws(rust.slice(0, 2), 'hello')).toHaveLength(2);
    expect(raws(rust, '_ZN5other5greet17h0123456789abcdefE')).toEqual(['_ZN5other5greet17h0123456789abcdefE']);
  });

  test('each address once, with the other names it has; a signature is kept', () => {
    const found = among([fn('a', 0), fn('b', 0), fn('c', 16)], ['a', '*', 'b(x: u32)']);
    expect(found.map(({ address }) => address)).toEqual([at(0), at(16)]);
    expect(found[0]).toMatchObject({ name: 'b', aliases: ['a'] });
    expect(found[0]?.signature).not.toBe(null);
    expect(among([fn('a', 0), fn('b', 0)], ['a(x: u32)', 'b'])[0]).toMatchObject({ name: 'a' });
  });

  test('no data, no undefined symbols, no parts', () => {
    const symbols = [
      fn('f', 0),
      fn('f.cold', 64),
      fn('data', 16, { type: 'object' }),
      fn('gone', 0, { section: 'undefined', value: 0n, size: 0n }),
    ];
    expect(raws(symbols, '*')).toEqual(['f']);
    expect(() => raws(symbols, 'data')).toThrow(/no code of its own for data/);
    expect(() => raws(symbols, 'gone')).toThrow(
      expect.objectContaining({ reason: expect.stringContaining('imports') }),
    );
  });

  test('an IFUNC as what it is', () => {
    expect(among([fn('pick', 0, { type: 'ifunc' })], ['pick'])).toMatchObject([{ isIfunc: true }]);
  });
});

describe('parts that the compiler moved away belong to their function', () => {
  test.each(['.cold', '.cold.0', '.cold.1', '.cold.17'])('%s', (suffix) => {
    const [found] = among([fn('f', 0), fn(`f${suffix}`, 64, { size: 8n }), fn('g.cold', 96)], ['f']);
    expect(found?.parts).toEqual([{ address: at(64), size: 8n }]);
    expect(isColdPart(`f${suffix}`)).toBe(true);
  });

  test.each(['f', 'cold', '.cold', 'f.colder', 'f.cold.x'])('%s is no part', (raw) => {
    expect(isColdPart(raw)).toBe(false);
  });
});

describe('nothing found', () => {
  test('names the nearest, safe for a terminal', () => {
    const symbols = [fn('app_hello', 0), fn('evil\x1b[2Jhello', 16), fn('unrelated', 32)];
    const error = (() => {
      try {
        return among(symbols, ['app_helo', 'f']);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toMatchObject({ code: 'not-found', hints: [expect.stringContaining('app_hello')] });
    try {
      among(symbols, ['hello\x1b[31m']);
      expect.unreachable();
    } catch (caught) {
      expect(JSON.stringify(caught)).not.toContain('\\u001b');
      expect(String((caught as Error).message)).not.toContain('\x1b');
    }
  });
});
