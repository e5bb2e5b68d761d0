import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SymbolTable } from '../../src/elf/symbols.ts';
import { Browser, highlighter, openForBrowsing, orders, type Search } from '../../src/query/browse.ts';
import { readSignature } from '../../src/query/given-signature.ts';
import { fixture } from '../support/fixtures.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

const finished = (search: Search): Search => {
  while (!search.done) search.step();
  return search;
};
const found = (browser: Browser, text: string): string[] =>
  [...finished(browser.search(text)).rows()].map((row) => browser.entry(row).name);

describe('searching', () => {
  let folder: string;
  let browser: Browser;
  const many = Array.from({ length: 20_000 }, (_, i) => `module::function_${i}`);
  const names = [
    'zoo::hello',
    'hello::main',
    'a::hello_there',
    'othello',
    'Hello',
    'hello',
    'qsort',
    'x::y::z',
    'rustc::mir::pretty::write_mir_fn',
    'rustc::mir::build::pretty::write',
    'other::mir_pre',
    'other::hamir::prewar',
    '<web::page::Shown>::draw_all',
    'web::page::draw_all',
    ...many,
  ];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rsym-browse-'));
    const path = join(folder, 'names.wasm');
    writeFileSync(path, wasmWithNames(names));
    browser = new Browser(openForBrowsing(path));
  });
  afterAll(() => {
    browser[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  test('the name itself first, then what begins with it, then the others; small letters find both', () => {
    const all = found(browser, 'hello');
    expect(all.slice(0, 3).sort()).toEqual(['Hello', 'hello', 'zoo::hello']);
    expect(all[3]).toBe('a::hello_there');
    expect(all.slice(4).sort()).toEqual(['hello::main', 'othello']);
    expect(found(browser, 'Hello')).toEqual(['Hello']);
  });

  test('no step looks at so many names, one by one, that a key has to wait', () => {
    const search = browser.search('fnctnx');
    const looked = vi.spyOn(SymbolTable.prototype, 'nameBytes');
    const steps: number[] = [];
    while (!search.done) {
      looked.mockClear();
      search.step();
      steps.push(looked.mock.calls.length);
    }
    looked.mockRestore();
    expect(steps.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(names.length / 2);
    expect(Math.max(...steps)).toBeLessThan(300);
  });

  test('each text finds what plain comparison finds, in whatever order they are typed', () => {
    for (const text of [
      'f',
      'fu',
      'function_1',
      'function_12',
      'function_1',
      'function_199',
      '::',
      'nothing',
      'h',
      '',
    ]) {
      const wanted = names.filter((name) => name.toLowerCase().includes(text)).sort();
      expect(found(browser, text).sort()).toEqual(wanted);
    }
  });

  test('a path: segments by their beginnings, one behind the other first', () => {
    expect(found(browser, 'mir::pre')).toEqual([
      'rustc::mir::pretty::write_mir_fn',
      'rustc::mir::build::pretty::write',
      'other::hamir::prewar',
    ]);
    expect(found(browser, 'mi::pre::write')).toEqual([
      'rustc::mir::pretty::write_mir_fn',
      'rustc::mir::build::pretty::write',
    ]);
    // The whole last segment comes first.
    expect(found(browser, 'pretty::write')).toEqual([
      'rustc::mir::build::pretty::write',
      'rustc::mir::pretty::write_mir_fn',
    ]);
    expect(found(browser, 'MIR::pre')).toEqual([]);
  });

  test('of two that fit alike the one that begins with its crate comes first', () => {
    for (const text of ['page', 'page::dra', 'draw'])
      expect(found(browser, text).indexOf('web::page::draw_all'), text).toBe(0);
  });

  test('while a path is typed, what it will find stays', () => {
    for (const text of ['mir', 'mir:', 'mir::', 'mir::p', 'mir::pr', 'mir::pre'])
      expect(found(browser, text), text).toContain('rustc::mir::pretty::write_mir_fn');
    expect(found(browser, 'mi::pretty:')).toEqual(found(browser, 'mi::pretty'));
  });

  test('what is like the text comes last', () => {
    expect(found(browser, 'mirpretty')).toEqual([
      'rustc::mir::pretty::write_mir_fn',
      'rustc::mir::build::pretty::write',
    ]);
    expect(found(browser, 'xyz')).toContain('x::y::z');
    expect(found(browser, 'Mirpretty')).toEqual([]);
    expect(found(browser, 'qz')).toEqual([]);
  });

  test('of words letters may be left out; what contains the text, or begins words with it, comes first', () => {
    expect(found(browser, 'prtty_wrt')).toEqual([]);
    expect(found(browser, 'qsrt')).toEqual(['qsort']);
    expect(found(browser, 'wrt_mr_fn')).toEqual(['rustc::mir::pretty::write_mir_fn']);
    expect(found(browser, 'rustc hmr')).toEqual([]);
    expect(found(browser, 'hmr')).toContain('other::hamir::prewar');
    // Digits are not left out, nor is anything where there is enough that contains it.
    expect(found(browser, 'function_1').every((name) => name.includes('function_1'))).toBe(true);
    expect(highlighter('qsrt')('qsort')).toEqual([
      { start: 0, end: 2 },
      { start: 3, end: 5 },
    ]);
  });

  test('where nothing is like a text, what is nearest is told apart', () => {
    const search = finished(browser.search('qsrot'));
    expect(search.count).toBe(0);
    expect([...search.nearest()].map((row) => browser.entry(row).name)).toEqual(['qsort']);
    expect(finished(browser.search('qsort')).nearest()).toHaveLength(0);
  });

  test('in another order nothing else is found', () => {
    for (const order of orders)
      for (const text of ['hello', 'mir::pre', 'mirpretty', 'function_19', '']) {
        const rows = [...finished(browser.search(text, { order })).rows()];
        expect(rows.map((row) => browser.entry(row).name).sort()).toEqual(found(browser, text).sort());
      }
    const sizes = [...finished(browser.search('', { order: 'size' })).rows()].map(
      (row) => browser.entry(row).size ?? 0n,
    );
    expect(sizes.every((size, i) => i === 0 || (sizes[i - 1] ?? 0n) >= size)).toBe(true);
  });

  test('among some, only they are found', () => {
    const [one = -1, two = -1] = finished(browser.search('hello')).rows();
    const among = new Set([one, two]);
    expect([...finished(browser.search('', { among })).rows()].sort()).toEqual([one, two].sort());
    expect([...finished(browser.search('main', { among })).rows()]).toEqual([]);
  });

  test('patterns', () => {
    expect(found(browser, '/^q.*t$/')).toEqual(['qsort']);
    expect(found(browser, 'x::*::z')).toEqual(['x::y::z']);
  });

  test('an expression that is not closed yet finds what it would if it were; `/` alone is how many begin to search', () => {
    expect(found(browser, '/^q.*t$')).toEqual(['qsort']);
    expect(found(browser, '/')).toEqual(found(browser, ''));
  });

  test('what is half typed finds nothing, and says why', () => {
    const search = browser.search('/a(c');
    expect(search.fault).toMatch(/never closed/);
    expect([search.done, search.rows().length]).toEqual([true, 0]);
  });
});

describe('a function of a program', () => {
  const browser = new Browser(openForBrowsing(fixture('hello/debug-v0')));
  const [row = -1] = finished(browser.search('helloworld::hello')).rows();

  test('its facts', () => {
    expect(browser.function(row)).toMatchObject({
      name: 'helloworld::hello',
      kind: 'function',
      section: '.text',
      scheme: 'rust-v0',
      crate: 'helloworld',
    });
    expect(browser.probe(row)).toMatchObject({
      copies: 1,
      returns: { exits: expect.any(Number) },
      implementation: null,
    });
  });

  test('its address finds it, and so does one inside it', () => {
    const { address: at } = browser.function(row);
    expect(found(browser, `0x${at.toString(16)}`)).toEqual(['helloworld::hello']);
    expect(found(browser, `0x${(at + 1n).toString(16)}`)).toEqual(['helloworld::hello']);
  });

  test('a program can be run', () => {
    expect(browser.facts.runnable).toBe(true);
  });
});

describe('a signature that was typed', () => {
  const read = (text: string, name = 'demo::hello') => readSignature(text, name, '0x1234');

  test('names the function by its address, however it was written', () => {
    for (const [text, spec] of [
      ['', '0x1234'],
      ['(i: i32) -> i32', '0x1234(i: i32) -> i32'],
      ['demo::hello(i: i32)', '0x1234(i: i32)'],
      ['fn hello(hello: i32)', 'fn 0x1234(hello: i32)'],
      ['void *malloc(size_t size)', 'void *0x1234(size_t size)'],
    ] as const)
      expect(read(text)).toMatchObject({ ok: true, spec });
  });

  test('what can not be read is an error with its place', () => {
    for (const text of ['(i: i33)', '(i: i32', 'nothing here', '(']) {
      const { ok } = read(text);
      expect(ok, text).toBe(false);
    }
  });

  test('names that are no words do no harm', () => {
    for (const name of ['<a::B as c::D>::f', 'a::{closure#0}', 'operator()(int)', '', '\x1b[31m'])
      expect(read('(i: i32)', name)).toMatchObject({ ok: true });
  });
});
