import { expect, test } from 'vitest';
import { type CoreDebug, debugTables } from '../../src/core/debug.ts';
import { openImage } from '../../src/elf/open.ts';
import { fixture } from '../support/fixtures.ts';

const names = ['hello/full-release', 'hello/full-dwarf5', 'hello/lines-release', 'hello/zstd-release', 'types/debug'];

/** The debug info of a fixture, for the time of one run. */
const withDebug = <T>(name: string, use: (debug: CoreDebug) => T): T => {
  using image = openImage(fixture(name));
  using debug = image.debug();
  if (debug === null) throw new Error(`${name} has no debug info`);
  return use(debug);
};

test.each(names)('%s: a saved index is taken back, whole', (name) =>
  withDebug(name, (made) => {
    made.build();
    const saved = made.save();
    withDebug(name, (taken) => {
      expect(taken.load(saved)).toBe(true);
      expect(Buffer.compare(taken.save(), saved)).toBe(0);
      for (const table of Object.keys(debugTables) as (keyof typeof debugTables)[])
        expect(taken.count(table)).toBe(made.count(table));
      expect(taken.count('copies')).toBeGreaterThan(0);
    });
  }),
);

test('what is no index, or a part of one, is refused', () =>
  withDebug('hello/full-release', (debug) => {
    debug.build();
    const saved = debug.save();
    for (const bytes of [new Uint8Array(), saved.subarray(0, 100), saved.subarray(8), saved.subarray(0, -1)])
      expect(debug.load(bytes)).toBe(false);
  }));
