import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import type { Image } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { select } from '../../src/query/select.ts';
import { CopyReader } from '../../src/query/select-copy.ts';
import type { SelectedCopy } from '../../src/query/select-model.ts';
import { loadAddress, type SymbolSpec, writeElf } from '../support/elf-writer.ts';
import { type FakeFunction, fakeDebug } from '../support/fake-debug.ts';
import { Temporary } from '../support/temporary.ts';

const at = (offset: number): bigint => loadAddress + 0x100n + BigInt(offset);
const fn = (name: string, offset: number): SymbolSpec => ({ name, value: at(offset), size: 16n, type: 'func' });
const hash = '17h0123456789abcdefE';

type Answer = { name: string; copies: SelectedCopy[]; notes: readonly string[] };

/** What the texts select in a file of these symbols and functions of debug info. */
const among = (
  symbols: readonly SymbolSpec[],
  functions: readonly FakeFunction[],
  texts: readonly string[],
): Answer[] => {
  using folder = new Temporary();
  using image: Image = openImage(folder.file('app', writeElf({ symbols })));
  const sources = { image, symbols: image.symbols(), debug: fakeDebug(functions) };
  const reader = new CopyReader(sources);
  return select(sources, texts).map((found) => ({
    name: found.name,
    copies: found.copies.map((ref) => reader.read(found, ref)),
    notes: found.notes,
  }));
};
const kinds = (answers: readonly Answer[]): [string, string[]][] =>
  answers.map(({ name, copies }) => [name, copies.map(({ kind, address }) => `${kind} ${Number(address - at(0))}`)]);

describe('symbols and debug info', () => {
  const main = { path: 'app::main', linkageName: `_ZN3app4main${hash}`, own: [{ start: at(0), size: 64n }] };
  const hello = {
    path: 'app::hello',
    linkageName: `_ZN3app5hello${hash}`,
    source: 'src/main.rs:3',
    inlined: [{ start: at(8), into: 'app::main', at: 'src/main.rs:13:27' }],
  };

  test('a symbol and the DIE of its code are one copy', () => {
    const found = among([fn(main.linkageName, 0)], [main, hello], ['app::main']);
    expect(kinds(found)).toEqual([['app::main', ['symbol 0']]]);
    expect(found[0]?.copies[0]).toMatchObject({ size: 64n, hasSymbol: true, raw: main.linkageName });
  });

  test('a function that exists only inlined: its caller and where it is called', () => {
    const [found] = among([fn(main.linkageName, 0)], [main, hello], ['hello']);
    expect(kinds([found!])).toEqual([['app::hello', ['inlined 8']]]);
    expect(found?.copies[0]).toMatchObject({
      callSite: { file: 'src/main.rs', line: 13, column: 27 },
      callers: [{ name: 'app::main', callSite: null }],
    });
  });

  test('chains of inlining, the nearest first', () => {
    const inner = {
      path: 'app::inner',
      inlined: [{ start: at(8), into: 'app::hello inlined', at: 'src/main.rs:5:9' }],
    };
    const [found] = among([], [main, hello, inner], ['inner']);
    expect(found?.copies[0]?.callers.map(({ name, callSite }) => [name, callSite?.line])).toEqual([
      ['app::hello', 13],
      ['app::main', undefined],
    ]);
  });

  test('code that only a symbol or only a DIE tells of counts', () => {
    const symbols = [fn(main.linkageName, 0), fn(`_ZN3app5plain${hash}`, 80)];
    expect(kinds(among(symbols, [main], ['app::plain']))).toEqual([['app::plain', ['symbol 80']]]);
    const [stripped] = among([], [main], ['app::main']);
    expect(stripped?.copies).toMatchObject([{ kind: 'symbol', hasSymbol: false, raw: main.linkageName }]);
  });

  test('a suffix of ThinLTO is not part of the linkage name', () => {
    const [found] = among([fn(`${main.linkageName}.llvm.123456`, 0)], [main], ['app::main']);
    expect(found?.copies).toMatchObject([{ hasSymbol: true, function: { path: 'app::main' } }]);
  });

  test('a function without a linkage name is found by its address', () => {
    const exported = { path: 'app::plain', source: 'src/main.rs:9', own: [{ start: at(16) }] };
    const symbols = [fn('plain', 16)];
    for (const text of ['plain', 'app::plain'])
      expect(among(symbols, [exported], [text])[0]?.copies).toMatchObject([{ raw: 'plain', function: { id: 0 } }]);
  });

  test('an exact name rules out names that only end so, whichever side knows it', () => {
    const outer = { path: 'outer::app::hello', inlined: [{ start: at(8), into: 'app::main' }] };
    expect(kinds(among([], [main, hello, outer], ['app::hello']))).toEqual([['app::hello', ['inlined 8']]]);
    expect(among([], [main, hello, outer], ['hello'])).toHaveLength(2);
    const symbols = [fn(`_ZN5other3app5hello${hash}`, 32)];
    expect(kinds(among(symbols, [main, hello], ['app::hello']))).toEqual([['app::hello', ['inlined 8']]]);
  });
});

describe('one address, several names', () => {
  const same1 = { path: 'app::same1', linkageName: `_ZN3app5same1${hash}`, own: [{ start: at(0) }] };
  const same2 = { path: 'app::same2', linkageName: `_ZN3app5same2${hash}` };

  test('an alias: the symbol whose code debug info calls another function', () => {
    const symbols = [fn(same1.linkageName, 0), fn(same2.linkageName, 0)];
    expect(among(symbols, [same1, same2], ['same2'])[0]?.copies).toMatchObject([
      { name: 'app::same2', mergedWith: 'app::same1', aliases: ['app::same1'] },
    ]);
    expect(among(symbols, [same1, same2], ['same1'])[0]?.copies).toMatchObject([
      { name: 'app::same1', mergedWith: null, aliases: ['app::same2'] },
    ]);
  });

  test('two DIEs at one address: folded by the linker', () => {
    const folded = { ...same2, own: [{ start: at(0) }] };
    expect(among([], [same1, folded], ['same1'])[0]?.copies).toMatchObject([{ aliases: ['app::same2'] }]);
  });

  test('without debug info the symbols alone tell', () => {
    const symbols = [fn(same1.linkageName, 0), fn(same2.linkageName, 0)];
    expect(among(symbols, [], ['same2'])[0]?.copies).toMatchObject([{ aliases: ['app::same1'], mergedWith: null }]);
  });
});

describe('generic functions', () => {
  const push = (type: string, digit: string, offset: number): FakeFunction => ({
    path: 'alloc::vec::Vec<T,A>::push',
    dwarfPath: `alloc::vec::Vec<${type}, alloc::alloc::Global>::push<${type}, alloc::alloc::Global>`,
    linkageName: `_ZN5alloc3vec16Vec$LT$T$C$A$GT$4push17h${digit}123456789abcdefE`,
    own: [{ start: at(offset) }],
  });
  const [u8, u16] = [push('u8', '0', 0), push('u16', '1', 16)];
  const symbols = [fn(u8.linkageName!, 0), fn(u16.linkageName!, 16)];

  test.each([
    ['Vec::push', ['instance 0', 'instance 16']],
    ['alloc::vec::*::push', ['instance 0', 'instance 16']],
    ['alloc::vec::Vec<T,A>::push', ['instance 0', 'instance 16']],
    ['alloc::vec::Vec<u8>::push', ['instance 0']],
    ['alloc::vec::Vec<u8, alloc::alloc::Global>::push', ['instance 0']],
    ['Vec<u16>::push', ['instance 16']],
    ['<Vec<u16>>::push', ['instance 16']],
    ['alloc::vec::Vec<_>::push', ['instance 0', 'instance 16']],
  ])('%s', (text, expected) => {
    expect(kinds(among(symbols, [u8, u16], [text]))).toEqual([['alloc::vec::Vec<T,A>::push', expected]]);
  });

  test('instances of both manglings are one function', () => {
    const v0 = {
      path: '<alloc::vec::Vec<i32>>::push',
      dwarfPath: 'alloc::vec::Vec<i32, alloc::alloc::Global>::push<i32, alloc::alloc::Global>',
      linkageName: '_RNvMs_NtCs1_5alloc3vecINtB4_3VeclE4push',
      inlined: [{ start: at(4), into: 'alloc::vec::Vec<T,A>::push' }],
    };
    expect(kinds(among(symbols, [u8, u16, v0], ['Vec::push']))).toEqual([
      ['alloc::vec::Vec::push', ['instance 0', 'instance 16', 'inlined 4']],
    ]);
  });

  test('without debug info the legacy mangling has no arguments to ask for', () => {
    expect(() => among(symbols, [], ['alloc::vec::Vec<u8>::push'])).toThrow(
      expect.objectContaining({ code: 'not-found', reason: expect.stringContaining('generic arguments') }),
    );
  });
});

describe('bodies inside functions', () => {
  const body = (number: number, kind: string, offset: number): FakeFunction => ({
    path: 'app::main::{{closure}}',
    dwarfPath: `app::main::{${kind}#${number}}`,
    linkageName: `_ZN3app4main28_$u7b$$u7b$closure$u7d$$u7d$17h${number}123456789abcdefE`,
    own: [{ start: at(offset) }],
  });
  const [first, second, async] = [body(0, 'closure', 0), body(1, 'closure', 16), body(2, 'async_fn', 32)];
  const functions = [first, second, async];
  const symbols = functions.map(({ linkageName, own }) => fn(linkageName!, Number(own![0]!.start - at(0))));

  test.each([
    ['app::main::{closure#0}', ['app::main::{closure#0}']],
    ['main::{closure#1}', ['app::main::{closure#1}']],
    ['main::{async_fn#2}', ['app::main::{async_fn#2}']],
    ['main::{closure#2}', ['app::main::{async_fn#2}']],
    ['main::{{closure}}', ['app::main::{closure#0}', 'app::main::{closure#1}', 'app::main::{async_fn#2}']],
    ['main::{closure}', ['app::main::{closure#0}', 'app::main::{closure#1}', 'app::main::{async_fn#2}']],
    ['app::main::{closure#*}', ['app::main::{closure#0}', 'app::main::{closure#1}']],
  ])('%s', (text, expected) => {
    expect(
      among(symbols, functions, [text])
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...expected].sort());
  });

  test('without debug info a number names all that the legacy mangling does not number', () => {
    expect(kinds(among(symbols, [], ['main::{closure#0}']))).toEqual([
      ['app::main::{{closure}}', ['symbol 0', 'symbol 16', 'symbol 32']],
    ]);
  });

  test('the function itself is not its body', () => {
    const main = { path: 'app::main', linkageName: `_ZN3app4main${hash}`, own: [{ start: at(48) }] };
    expect(kinds(among([], [...functions, main], ['app::main']))).toEqual([['app::main', ['symbol 48']]]);
  });
});

describe('an address', () => {
  const main = { path: 'app::main', own: [{ start: at(0), size: 64n }] };
  const hello = {
    path: 'app::hello',
    inlined: [
      { start: at(8), into: 'app::main' },
      { start: at(40), into: 'app::main' },
    ],
  };
  const hex = (offset: number): string => `0x${at(offset).toString(16)}`;

  test('inside a function: that function, and what is inlined just there', () => {
    expect(kinds(among([], [main, hello], [hex(10)]))).toEqual([
      ['app::main', ['symbol 0']],
      ['app::hello', ['inlined 8']],
    ]);
    expect(kinds(among([], [main, hello], [hex(30)]))).toEqual([['app::main', ['symbol 0']]]);
  });

  test('of a symbol that debug info does not cover', () => {
    expect(kinds(among([fn('f', 80)], [main], [hex(90)]))).toEqual([['f', ['symbol 80']]]);
    expect(() => among([fn('f', 80)], [main], [hex(99)])).toThrow(/matches/);
  });
});

describe('different functions of one name', () => {
  test("C's static functions of two files", () => {
    const one = { path: 'init', source: 'a.c:1', own: [{ start: at(0) }] };
    const two = { path: 'init', source: 'b.c:1', own: [{ start: at(16) }] };
    expect(kinds(among([fn('init', 0), fn('init', 16)], [one, two], ['init']))).toEqual([
      ['init', ['symbol 0']],
      ['init', ['symbol 16']],
    ]);
  });

  test('a cold part is no copy but a part', () => {
    const [found] = among([fn('f', 0), { ...fn('f.cold', 64), size: 8n }], [], ['f']);
    expect(found?.copies).toMatchObject([{ size: 24n, ranges: [{ start: at(0) }, { start: at(64) }] }]);
  });
});

describe('nothing selected', () => {
  test('names the nearest, inlined-only ones too', () => {
    const functions = [
      { path: 'app::main', own: [{ start: at(0) }] },
      { path: 'app::hello', inlined: [{ start: at(8), into: 'app::main' }] },
    ];
    expect(() => among([], functions, ['app::helo'])).toThrow(
      expect.objectContaining({ code: 'not-found', hints: ['the nearest: app::hello'] }),
    );
    expect(() => among([], functions, [''])).toThrow(RsymError);
  });

  test('of a function that went into others, the bodies that are left', () => {
    const functions = [{ path: 'app::f::{closure#0}', dwarfPath: 'app::f::{async_fn#0}', own: [{ start: at(0) }] }];
    expect(() => among([], functions, ['app::f'])).toThrow(
      expect.objectContaining({ hints: ['the nearest: app::f::{async_fn#0}'] }),
    );
  });
});

test('line tables know only the last part of a path', () => {
  const functions = [
    { path: 'main', isPartial: true, own: [{ start: at(0) }] },
    { path: 'hello', isPartial: true, inlined: [{ start: at(8), into: 'main' }] },
  ];
  const symbols = [fn(`_ZN3app4main${hash}`, 0)];
  const [found] = among(symbols, functions, ['app::hello']);
  expect(found?.copies).toMatchObject([{ name: 'hello', callers: [{ name: 'app::main' }] }]);
  expect(found?.notes.join()).toContain('last part');
  expect(kinds(among(symbols, functions, ['app::main']))).toEqual([['app::main', ['symbol 0']]]);
});
