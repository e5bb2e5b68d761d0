import { afterAll, expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { Browser, openForBrowsing } from '../../src/query/browse.ts';
import { genericsIn } from '../../src/query/namesakes.ts';
import { select } from '../../src/query/select.ts';
import { fixture } from '../support/fixtures.ts';

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
