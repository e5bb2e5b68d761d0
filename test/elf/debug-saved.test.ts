import { expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { fixture } from '../support/fixtures.ts';

test.each(['hello/full-release', 'hello/lines-release', 'inlined/units', 'types/debug'])(
  'the index of %s, saved and loaded, is the same',
  (key) => {
    using first = openImage(fixture(key));
    using second = openImage(fixture(key));
    const [built, loaded] = [first.debug(), second.debug()];
    if (!built || !loaded) throw new Error('it has no debug info');
    built.build();
    const saved = built.save();
    expect(loaded.load(saved)).toBe(true);
    expect(Buffer.from(loaded.save()).equals(Buffer.from(saved))).toBe(true);
  },
);
