import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { Browser, openForBrowsing, readSelection, type Search, selectionText } from '../../src/query/browse.ts';
import { BrowseIndex } from '../../src/query/browse-index.ts';
import { BrowseThread } from '../../src/query/browse-thread.ts';
import { cli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { Temporary } from '../support/temporary.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

const finished = (search: Search): Search => {
  while (!search.done) search.step();
  return search;
};

/** Reads debug info as the screen has it read; resolves when it is there. */
const read = (browser: Browser, asked: readonly number[] = []): Promise<string> =>
  new Promise((resolve) =>
    browser.readDebugInfo({
      listed: () => (asked.length > 0 ? browser.lookUp(asked) : resolve('listed')),
      detailed: () => resolve('detailed'),
      inPlace: () => resolve('in place'),
      failed: resolve,
    }),
  );

describe('a program with debug info', () => {
  const path = fixture('inlined/units');
  const browser = new Browser(openForBrowsing(path));
  const early = finished(browser.search('')).rows();
  const namesOf = (rows: Uint32Array): string[] => [...rows].map((row) => browser.entry(row).name);
  beforeAll(async () => {
    expect(await read(browser)).toBe('listed');
  });
  afterAll(() => browser[Symbol.dispose]());

  test('the list is that of ls --inlined, by name; before, that of ls', () => {
    const listed = (...options: string[]): string[] =>
      JSON.parse(cli(['ls', path, '--sort', 'name', '--json', ...options]).stdout).symbols.map(
        ({ name }: { name: string }) => name,
      );
    expect(namesOf(finished(browser.search('')).rows())).toEqual(listed('--inlined'));
    expect(namesOf(early)).toEqual(listed());
    expect(browser.count).toBeGreaterThan(early.length);
  });

  test('copies are counted as ls counts them', () => {
    const { symbols } = JSON.parse(cli(['ls', path, '--inlined', '--sort', 'name', '--json']).stdout);
    const rows = finished(browser.search('')).rows();
    expect([...rows].map((row) => browser.entry(row).copies)).toEqual(
      symbols.map(({ copies }: { copies: number }) => copies),
    );
    const byCopies = [...finished(browser.search('', { order: 'copies' })).rows()].map(
      (row) => browser.entry(row).copies,
    );
    expect(byCopies).toEqual([...byCopies].sort((a, b) => (b ?? 0) - (a ?? 0)));
  });

  test('an inlined function has no address, and its path names it to a trace', () => {
    const rows = finished(browser.search('deallocate')).rows();
    const row = rows.find((one) => browser.entry(one).kind === 'inlined') ?? -1;
    expect(browser.entry(row)).toMatchObject({ address: null, size: null, kind: 'inlined' });
    expect(browser.spec(row)).toBe(browser.entry(row).name);
    expect(browser.function(row)).toMatchObject({ isInlined: true, spec: browser.entry(row).name });
    expect(browser.probe(row).copies).toBeGreaterThan(0);
    const [symbol = -1] = early;
    expect(browser.spec(symbol)).toBe(`0x${browser.entry(symbol).address?.toString(16)}`);
  });

  test('in orders by number what is only inlined comes last', () => {
    for (const order of ['size', 'address'] as const) {
      const kinds = [...finished(browser.search('', { order })).rows()].map((row) => browser.entry(row).kind);
      expect(kinds.lastIndexOf('function')).toBeLessThan(kinds.indexOf('inlined'));
    }
  });

  test('small letters find both cases, also in what is inlined', () => {
    const all = namesOf(finished(browser.search('')).rows());
    for (const text of ['alloc', 'Alloc', 'iter', 'fmt::debug'])
      for (const name of namesOf(finished(browser.search(text, { order: 'name' })).rows()).filter((one) =>
        one.includes(text),
      ))
        expect(all).toContain(name);
    expect(namesOf(finished(browser.search('global>>::alloc')).rows()).some((name) => name.includes('Global'))).toBe(
      false,
    );
    expect(namesOf(finished(browser.search('global>::alloc')).rows()).some((name) => name.includes('Global'))).toBe(
      true,
    );
  });

  test('a selection that is saved means the same functions when it is opened', () => {
    const rows = finished(browser.search('')).rows();
    const chosen = [...rows].filter((_, i) => i % 7 === 0);
    const text = selectionText(
      path,
      chosen.map((row) => ({ name: browser.entry(row).name, pattern: browser.pattern(row) })),
    );
    const search = browser.select(text, 'saved');
    while (!search.done) search.step();
    expect(search.missed).toEqual([]);
    for (const row of chosen) expect(search.found.has(row), browser.entry(row).name).toBe(true);
    // Symbols that share a name or an address can't be told apart in text.
    const extra = [...search.found].filter((row) => !chosen.includes(row)).map((row) => browser.entry(row));
    const known = chosen.map((row) => browser.entry(row));
    for (const entry of extra)
      expect(known.some(({ name, address }) => name === entry.name || address === entry.address)).toBe(true);
  });

  test('each line is one that trace understands', () => {
    const [row = -1] = finished(browser.search('main')).rows();
    expect(readSelection(`# a comment\n\n${browser.pattern(row)}\r\n`, 'x').map(({ line }) => line)).toEqual([3]);
  });
});

test('details of functions that are asked for: what can be traced, and where it is declared', async () => {
  using browser = new Browser(openForBrowsing(fixture('hello/full-debug')));
  const [row = -1] = finished(browser.search('helloworld::hello')).rows();
  expect(browser.entry(row).details).toBeNull();
  expect(await read(browser, [row])).toBe('detailed');
  expect(browser.entry(row).details).toMatchObject({
    row,
    traceable: 'yes',
    source: expect.stringMatching(/\.rs:\d+$/),
  });
});

test('what has no code to trace says why', () => {
  using folder = new Temporary();
  using index = new BrowseIndex(folder.file('one.wasm', wasmWithNames(['one'])));
  expect(index.details([0])).toEqual([{ row: 0, generics: '', traceable: 'no: not an ELF file', source: '' }]);
});

test('the file is another one by the time it is read: its rows are not taken', async () => {
  using folder = new Temporary();
  const path = folder.file('names.wasm', wasmWithNames(['one', 'two']));
  using browser = new Browser(openForBrowsing(path));
  folder.file('names.wasm', wasmWithNames(['three', 'four', 'five', 'six']));
  expect(await read(browser)).toBe('the file has changed');
  expect(finished(browser.search('')).rows().length).toBe(2);
});

test('where the thread can not do it, it is tried in place, and the reason is told', async () => {
  const told: string[] = [];
  const error = await new Promise((resolve) => {
    new BrowseThread('/nowhere/at/all', {
      listing: () => told.push('listing'),
      details: () => told.push('details'),
      inPlace: () => told.push('in place'),
      failed: resolve,
    });
  });
  expect(error).toBeInstanceOf(RsymError);
  expect(told).toEqual(['in place']);
});

test('a line that can not be read is named, with its reason', () => {
  expect(() => readSelection('one\n/(/\n', 'list\x1b[31m')).toThrowError(/line 2 of list\\x1b\[31m/);
});
