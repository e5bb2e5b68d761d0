import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { Image } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { compareFrames, randomAddresses, symbolName } from './frames.ts';
import { compareNames } from './linkage-names.ts';
import { seeded } from './seeded.ts';
import { llvmCounts, ourCounts } from './statistics.ts';
import { compareTypes } from './type-layouts.ts';

const programs = [
  'hello/full-release',
  'hello/full-debug',
  'hello/full-dwarf5',
  'hello/limited-release',
  'hello/lines-release',
  'inlined/release',
  'inlined/units',
  'inlined/lines',
  'inlined/debug',
  'types/release',
  'types/debug',
];

const timeout = 60_000;

const opened = <Answer>(key: string, ask: (info: DebugInfo, image: Image, file: string) => Answer): Answer => {
  const file = fixture(key);
  using image = openImage(file);
  using info = openDebugInfo(image);
  return ask(info, image, file);
};

describeNeeding(['llvm-symbolizer', 'addr2line'], 'functions, chains of callers and lines at 400 addresses', () => {
  test.each(programs)(
    '%s',
    (key) => {
      opened(key, (info, image, file) => {
        const addresses = randomAddresses(image, info, 400, seeded(3));
        expect(addresses.filter((at) => info.frames(at).length > 0).length).toBeGreaterThan(150);
        const differences = compareFrames(info, image, file, addresses);
        expect(differences.filter(({ kind }) => kind !== symbolName)).toEqual([]);
      });
    },
    timeout,
  );
});

describeNeeding(['llvm-dwarfdump'], 'counts of functions and of inlined instances', () => {
  test.each(programs)(
    '%s',
    (key) => {
      opened(key, (info, _, file) => {
        expect(ourCounts(info)).toEqual(llvmCounts(file));
        expect(info.counts.inlined).toBeGreaterThan(0);
      });
    },
    timeout,
  );
});

describeNeeding(['rustfilt'], 'paths', () => {
  test.each(programs)(
    '%s',
    (key) => {
      opened(key, (info) => expect(compareNames(info)).toEqual([]));
    },
    timeout,
  );
});

describeNeeding(['gdb', 'objcopy'], 'layouts of types', () => {
  test.each(['hello/full-release', 'inlined/units', 'types/release', 'types/debug'])(
    '%s',
    (key) => {
      opened(key, (info, _, file) => {
        if (info.types === null) throw new Error('it has no types');
        const { compared, differences } = compareTypes(info, info.types, file, 150, seeded(5));
        expect(compared).toBeGreaterThan(15);
        expect(differences).toEqual([]);
      });
    },
    timeout,
  );
});
