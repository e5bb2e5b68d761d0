import { afterAll, expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { Browser, openForBrowsing } from '../../src/query/browse.ts';
import { BrowseIndex } from '../../src/query/browse-index.ts';
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

test('debug info tells the generic arguments of instances', () => {
  using index = new BrowseIndex(path);
  const generics = index.details(shared).map((one) => one.generics);
  expect(generics.some((text) => /^<.+>$/.test(text))).toBe(true);
  expect(generics.every((text) => text === '' || /^<.*>$/.test(text))).toBe(true);
});
