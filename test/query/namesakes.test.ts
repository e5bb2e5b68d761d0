import { afterAll, describe, expect, test, vi } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { Browser, mostNamesakes, openForBrowsing } from '../../src/query/browse.ts';
import { genericsIn, Namesakes } from '../../src/query/namesakes.ts';
import { select } from '../../src/query/select.ts';
import { fixture } from '../support/fixtures.ts';
import { Temporary } from '../support/temporary.ts';
import { wasmWithNames } from '../support/wasm-names.ts';

// The legacy mangling: instances of one generic function have one name.
const path = fixture('values/release-legacy');
const image = openImage(path);
const debug = openDebugInfo(image);
const browser = new Browser(openForBrowsing(path));
afterAll(() => {
  browser[Symbol.dispose]();
  debug[Symbol.dispose]();
  image[Symbol.dispose]();
});

const rows = [...browser.search('').rows()];
const shared = rows.filter((row) => browser.hasNamesakes(row));

test('of functions with one name each is traced by itself', () => {
  expect(shared.length).toBeGreaterThan(3);
  const sources = { image, symbols: image.symbols(), debug };
  for (const row of shared.slice(0, 40)) {
    const { spec, address, title, name, namesakes } = browser.function(row);
    expect(browser.traceable(row)).toEqual({ title, spec });
    expect(title).toBe(`${name} at 0x${address.toString(16)}`);
    expect(namesakes).not.toContain(address);
    const own = select(sources, [spec]).flatMap(({ copies }) => copies.filter(({ isInlined }) => !isInlined));
    expect(
      own.map((copy) => copy.address),
      spec,
    ).toEqual([address]);
  }
});

test('all the others are named as before, and have no namesakes', () => {
  for (const row of rows.filter((one) => !shared.includes(one)).slice(0, 40))
    expect(browser.function(row)).toMatchObject({ title: browser.entry(row).name, namesakes: [] });
});

test.each([
  ['app::generic<app::Shape>', 'app::generic', '<app::Shape>'],
  ['app::generic<Vec<u8>, a::B>', 'app::generic', '<Vec<u8>, a::B>'],
  ['core::fmt::{impl#82}::fmt<u64>', '<&T as core::fmt::Debug>::fmt', '<u64>'],
  ['app::generic', 'app::generic', ''],
  ['app::Of<u8>::new', 'app::Of<T>::new', ''],
  ['app::f<u8>', 'app::f::<u8>', ''],
])('the generic arguments of %s', (path, name, generics) => expect(genericsIn(path, name)).toBe(generics));

describe('of thousands of instances', () => {
  const count = 3_000;
  const hash = (i: number): string => i.toString(16).padStart(16, '0');
  const instances = Array.from({ length: count }, (_, i) => `_ZN4core3ops8function6FnOnce9call_once17h${hash(i)}E`);
  const folder = new Temporary();
  const file = folder.file('many.wasm', wasmWithNames([...instances, 'twice', 'twice', 'alone']));
  const many = openImage(file);
  afterAll(() => {
    many[Symbol.dispose]();
    folder[Symbol.dispose]();
  });
  const symbols = many.symbols();
  const sorted = symbols.sort(symbols.functions(), 'name');
  const rowsOf = (name: string): number[] => [...sorted].filter((row) => symbols.name(row) === name);
  const all = rowsOf('core::ops::function::FnOnce::call_once');

  test('what tells them apart is worked out once for all', () => {
    const namesakes = new Namesakes(symbols, sorted);
    const spies = [vi.spyOn(symbols, 'name'), vi.spyOn(symbols, 'raw'), vi.spyOn(symbols, 'address')];
    const [first = 0] = all;
    expect(all).toHaveLength(count);
    for (const row of all) {
      expect(namesakes.has(row)).toBe(true);
      expect(namesakes.hasOwnRaw(row)).toBe(true);
      expect(namesakes.addresses(row, 3)).toHaveLength(3);
    }
    const looks = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    for (const spy of spies) spy.mockRestore();
    expect(looks).toBeLessThan(20 * count);
    const addresses = all.map((row) => symbols.address(row)).sort((a, b) => (a < b ? -1 : 1));
    expect(namesakes.addresses(first, count)).toEqual(addresses.filter((at) => at !== symbols.address(first)));
  });

  test('those that share their symbol too are known', () => {
    const namesakes = new Namesakes(symbols, sorted);
    const twice = rowsOf('twice');
    expect(twice.map((row) => namesakes.hasOwnRaw(row))).toEqual([false, false]);
    expect(rowsOf('alone').map((row) => [namesakes.has(row), namesakes.hasOwnRaw(row)])).toEqual([[false, true]]);
  });

  test('a few are told, and that there are more', () => {
    using listed = new Browser(openForBrowsing(file));
    const [row = 0] = listed.search('call_once').rows();
    expect(listed.function(row).namesakes).toHaveLength(mostNamesakes + 1);
  });
});
