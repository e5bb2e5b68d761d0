import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openImage } from '../../src/elf/open.ts';
import { seeded } from '../differential/seeded.ts';
import { type DebugSections, elfWith, lineOp, lineProgram } from '../support/dwarf-writer.ts';
import { type Explored, exploreAll } from '../support/explored.ts';
import { fixture } from '../support/fixtures.ts';
import { oddCompression } from '../support/odd-dwarf/compression.ts';
import { oddForms } from '../support/odd-dwarf/forms.ts';
import { oddLengths } from '../support/odd-dwarf/lengths.ts';
import { oddLines } from '../support/odd-dwarf/lines.ts';
import { deepLocations, oddLocations } from '../support/odd-dwarf/locations.ts';
import { oddNumbers } from '../support/odd-dwarf/numbers.ts';
import { oddReferences } from '../support/odd-dwarf/references.ts';
import { type OddFiles, sound } from '../support/odd-dwarf/unit.ts';

const mostMemoryKiB = 512 * 1024;
const timeout = 120_000;

/** Neither a crash nor more memory than allowed; `exploreAll` sees to the time. */
const expectBounded = (explored: Readonly<Record<string, Explored>>): void => {
  const faulty = Object.entries(explored).flatMap(([name, { faults, peakKiB }]) =>
    faults.length > 0 || peakKiB > mostMemoryKiB ? [{ name, faults, peakMiB: Math.round(peakKiB / 1024) }] : [],
  );
  expect(faulty).toEqual([]);
};

/** Whether it was said that something could not be read. */
const isSaid = ({ notes, refused }: Explored): boolean => notes.length > 0 || refused.length > 0;

/** Odd, but there is nothing in it that can't be read. */
const whole = /^(sound|array|size|a name|function|call line|block|abbreviations and strings)/;

const groups: readonly { name: string; files: OddFiles; mustTell: (name: string) => boolean }[] = [
  { name: 'references to themselves and to nothing', files: oddReferences, mustTell: () => false },
  { name: 'lengths and counts', files: oddLengths, mustTell: (name) => !whole.test(name) },
  { name: 'much of one kind', files: oddNumbers, mustTell: () => false },
  { name: 'forms and range lists', files: oddForms, mustTell: () => false },
  { name: 'variables and their locations', files: oddLocations, mustTell: () => true },
  { name: 'variables nested deep', files: deepLocations, mustTell: () => false },
  { name: 'line programs', files: oddLines, mustTell: (name) => /version|range 0|base 0|behind|4 GB|2\^60/.test(name) },
  { name: 'compressed sections', files: oddCompression, mustTell: (name) => !whole.test(name) },
];

test.each(groups)(
  '$name: no crash, no hang, no flood of memory, and what is lost is told',
  ({ files, mustTell }) => {
    const explored = exploreAll(Object.fromEntries(Object.entries(files).map(([name, make]) => [name, make()])));
    expectBounded(explored);
    expect(Object.keys(explored).filter((name) => mustTell(name) && !isSaid(explored[name] as Explored))).toEqual([]);
  },
  timeout,
);

test(
  'what is sound is read whole',
  () => {
    const { sound: explored } = exploreAll({ sound: elfWith(sound()) });
    expect(explored).toMatchObject({ level: 'types', notes: [], refused: [], faults: [] });
  },
  timeout,
);

test(
  'sections cut short at each byte',
  () => {
    const line = lineProgram([lineOp.setAddress(0x40_0100), lineOp.copy, lineOp.endSequence]);
    const sections: DebugSections = { ...sound(), line };
    const cut = Object.entries(sections).flatMap(([name, bytes]) =>
      Array.from({ length: bytes.length }, (_, length) => [
        `${name} of ${length} bytes`,
        elfWith({ ...sections, [name]: bytes.subarray(0, length) }),
      ]),
    );
    const explored = exploreAll(Object.fromEntries(cut));
    expect(Object.keys(explored).length).toBeGreaterThan(100);
    expectBounded(explored);
    const silent = Object.entries(explored).flatMap(([name, one]) => (isSaid(one) ? [] : [name]));
    // No section at all is no damage.
    expect(silent.filter((name) => name.startsWith('info'))).toEqual(['info of 0 bytes']);
  },
  timeout,
);

/** A copy of the file in which some bytes of one debug section are others. */
const mutated = (path: string, random: () => number): Buffer => {
  using image = openImage(path);
  const sections = image.sections.filter(({ name }) => /^\.(z?debug_(?!gdb)|eh_frame$)/.test(name));
  const section = sections[Math.floor(random() * sections.length)];
  if (section === undefined) throw new Error(`${path} has no debug sections`);
  const bytes = Buffer.from(readFileSync(path));
  const changes = 1 + Math.floor(random() * random() * 60);
  for (let i = 0; i < changes; i++) {
    const at = Number(section.fileOffset) + Math.floor(random() * Number(section.size));
    bytes[at] = random() < 0.3 ? 0xff : Math.floor(random() * 256);
  }
  return bytes;
};

const programs = [
  'hello/full-release',
  'hello/full-dwarf5',
  'hello/lines-release',
  'hello/zlib-release',
  'hello/zstd-release',
  'hello/zdebug-release',
  'inlined/units',
  'types/release',
];

test(
  'programs with other bytes here and there',
  () => {
    const random = seeded(20);
    const copies = programs.flatMap((key) =>
      Array.from({ length: 12 }, (_, i) => [`${key}, copy ${i}`, mutated(fixture(key), random)]),
    );
    expectBounded(exploreAll(Object.fromEntries(copies)));
  },
  timeout,
);
