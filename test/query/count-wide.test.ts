import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { selectWide, type WideSelection } from '../../src/query/count-wide.ts';
import { openPath } from '../../src/query/function-path.ts';
import { planWide } from '../../src/query/wide-plan.ts';
import { fixture } from '../support/fixtures.ts';

describe('all functions of a static program', () => {
  using image = openImage(fixture('endings/static-v0'));
  const symbols = image.symbols();
  const wide = selectWide(symbols, ['**']) as WideSelection;
  const plan = planWide(image, symbols, wide, ['**'], []);
  const functions = plan.functions.all();
  const ifuncs = [...symbols.functions()].filter((row) => symbols.kind(row) === 'ifunc');

  test('every symbol is counted under its own name or as an alias, or it is told why not', () => {
    const known = new Set([
      ...functions.flatMap(({ name, aliases }) => [name, ...aliases]),
      ...plan.uncounted.map(({ function: name }) => name),
    ]);
    const isChooser = new Set(ifuncs.map((row) => symbols.address(row)));
    const missing = [...symbols.functions()]
      .filter((row) => symbols.kind(row) !== 'ifunc' && !isChooser.has(symbols.address(row)))
      .map((row) => (symbols.isRust(row) ? openPath(symbols.name(row)) : symbols.name(row)))
      .filter((name) => !known.has(name) && !/\.(?:cold|warm)/.test(name));
    expect(missing).toEqual([]);
    expect(functions.length).toBeGreaterThan(1_500);
  });

  test('what chooses an IFUNC is not taken for it', () => {
    expect(ifuncs.length).toBeGreaterThan(20);
    const places = new Set(functions.flatMap(({ copies }) => copies.map(({ address }) => address)));
    expect(ifuncs.filter((row) => places.has(symbols.address(row))).map((row) => symbols.name(row))).toEqual([]);
    expect(plan.uncounted.map(({ function: name }) => name)).toContain('strlen');
  });

  test('no address is counted twice, and copies are in the order of their sites', () => {
    const addresses = functions.flatMap(({ copies }) => copies.map(({ address }) => address));
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(plan.sites.length).toBe(addresses.length);
    expect(functions.map((_, fn) => plan.sitesOf.count(fn))).toEqual(functions.map(({ copies }) => copies.length));
  });
});
