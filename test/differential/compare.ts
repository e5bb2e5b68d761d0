import { parseArgs } from 'node:util';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { Image } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { compareFrames, randomAddresses, symbolName } from './frames.ts';
import { compareNames } from './linkage-names.ts';
import { seeded } from './seeded.ts';
import { llvmCounts, ourCounts } from './statistics.ts';
import { compareTypes } from './type-layouts.ts';

type Subject = { readonly file: string; readonly image: Image; readonly info: DebugInfo };
type Wanted = {
  readonly addresses: number;
  readonly types: number;
  readonly show: number;
  readonly random: () => number;
};

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const examples = (items: readonly unknown[], show: number): void => {
  const text = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value);
  for (const item of items.slice(0, show)) say(`  ${JSON.stringify(item, text)}`);
};

const counted = (kinds: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join('; ');
};

/** Each says what it found and gives the number of differences. */
const comparisons: Readonly<Record<string, (subject: Subject, wanted: Wanted) => number>> = {
  frames: ({ file, image, info }, { addresses, show, random }) => {
    const chosen = randomAddresses(image, info, addresses, random);
    const differences = compareFrames(info, image, file, chosen);
    const covered = chosen.filter((at) => info.frames(at).length > 0).length;
    say(
      `frames: ${chosen.length} addresses, ${covered} with frames, ${differences.length} differ from llvm-symbolizer`,
    );
    const kindOf = ({ kind, addr2lineAgrees }: (typeof differences)[number]): string =>
      `${kind}${addr2lineAgrees ? ' (addr2line agrees with rsym)' : ''}`;
    if (differences.length > 0) say(`  ${counted(differences.map(kindOf))}`);
    const unexplained = differences.filter(({ kind }) => kind !== symbolName);
    examples(unexplained, show);
    return unexplained.length;
  },
  counts: ({ file, info }) => {
    const [ours, theirs] = [ourCounts(info), llvmCounts(file)];
    say(`counts: ${JSON.stringify(info.counts)}; llvm-dwarfdump ${JSON.stringify(theirs)}`);
    return Number(ours.outOfLine !== theirs.outOfLine) + Number(ours.inlined !== theirs.inlined);
  },
  names: ({ info }, { show }) => {
    const differences = compareNames(info);
    say(`names: ${info.functionCount} functions, ${differences.length} differ from rustfilt`);
    examples(differences, show);
    return differences.length;
  },
  types: ({ file, info }, { types: count, show, random }) => {
    if (info.types === null) {
      say('types: there are none');
      return 0;
    }
    const { compared, unknown, reached, ambiguous, differences } = compareTypes(info, info.types, file, count, random);
    say(
      `types: ${compared} of ${reached} compared, ${differences.length} differ from gdb (${ambiguous} ambiguous names left out)`,
    );
    if (unknown.length > 0) say(`  gdb does not know ${unknown.length}: ${unknown.slice(0, show).join('; ')}`);
    examples(differences, show);
    return differences.length;
  },
};

/** Gives the exit status. */
export const compare = (args: readonly string[]): number => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      addresses: { type: 'string', default: '2000' },
      types: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      show: { type: 'string', default: '5' },
      only: { type: 'string', default: Object.keys(comparisons).join() },
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    process.stderr.write(
      'usage: node scripts/compare-debug.js FILE [--addresses N] [--types N] [--seed N] [--show N] [--only NAME,…]\n',
    );
    return 2;
  }
  const random = seeded(Number(values.seed));
  const wanted = {
    addresses: Number(values.addresses),
    types: Number(values.types),
    show: Number(values.show),
    random,
  };
  using image = openImage(file);
  using info = openDebugInfo(image);
  for (const note of info.notes) say(`note: ${note}`);
  let differences = 0;
  for (const name of values.only.split(',')) differences += comparisons[name]?.({ file, image, info }, wanted) ?? 0;
  return differences === 0 ? 0 : 1;
};
