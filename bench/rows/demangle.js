import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { missingOf, versionOf } from '../installed.js';
import { interleave, measure } from '../measure.js';
import { mangledNames, writeNames } from '../names.js';
import { compared, notMeasured } from '../result.js';
import { rustFiles } from '../rust.js';

const row = '3';
const many = 1_000_000;
const few = 100_000;
const more = 2_000_000;
const rivals = [
  { name: 'rustfilt', budget: 0.6 },
  { name: 'c++filt', budget: 1 },
];
/** What a process may hold more for twice the names, if it holds none of them. Below that Node's heap still grows. */
const flat = 1.1;

/** How many of the first lines of two files are the same. */
const sameLines = (a, b) => {
  const [left, right] = [a, b].map((path) =>
    head(path, 64 << 20)
      .split('\n')
      .slice(0, few),
  );
  return left.filter((line, i) => line === right[i]).length;
};

const head = (path, bytes) => {
  const buffer = Buffer.alloc(bytes);
  const fd = openSync(path, 'r');
  try {
    return buffer.latin1Slice(0, readSync(fd, buffer, 0, bytes, 0));
  } finally {
    closeSync(fd);
  }
};

export const demangle = async ({ rsym, runs, scratch }) => {
  const files = rustFiles();
  const source = files.missing ?? missingOf('nm');
  const refused = (name, budget, reason) =>
    notMeasured({ row, what: `demangle ${many} names`, rival: name, budget, reason });
  if (source !== null) return rivals.map(({ name, budget }) => refused(name, budget, source));
  const names = mangledNames(files.driver);
  const input = {
    many: join(scratch, 'names-many'),
    few: join(scratch, 'names-few'),
    more: join(scratch, 'names-more'),
  };
  writeNames(input.many, names, many);
  writeNames(input.few, names, few);
  writeNames(input.more, names, more);
  const output = (name) => join(scratch, `${row}-${name}`);
  const run = (name, command, stdin) => () =>
    measure({ command, stdin, stdout: output(name), stderr: join(scratch, 'stderr'), memory: true });
  const present = rivals.filter(({ name }) => missingOf(name) === null);
  const contenders = { rsym: run('rsym', [...rsym, 'demangle'], input.many) };
  for (const { name } of present) contenders[name] = run(name, [name], input.many);
  const results = await interleave(runs, contenders);
  const memory = await interleave(
    1,
    {
      few: run('few', [...rsym, 'demangle'], input.few),
      more: run('more', [...rsym, 'demangle'], input.more),
    },
    { warmUp: false },
  );
  const walls = (name) => results[name].map(({ wallMs }) => wallMs);
  const peaks = (name) => (results[name] ?? memory[name]).map(({ peakKiB }) => peakKiB / 1024);
  return [
    ...rivals.map(({ name, budget }) => {
      const missing = missingOf(name);
      if (missing !== null) return refused(name, budget, missing);
      const notes = [
        `${sameLines(output('rsym'), output(name))} of the first ${few} lines are the same (${versionOf(name)})`,
      ];
      return compared({
        row,
        what: `demangle ${many} names: wall`,
        rival: `${name} < names`,
        unit: 'ms',
        rivalValues: walls(name),
        rsymValues: walls('rsym'),
        budget,
        notes,
      });
    }),
    compared({
      row,
      what: `demangle: peak memory, ${more} names`,
      rival: `rsym, ${many} names`,
      unit: 'MiB',
      rivalValues: peaks('rsym'),
      rsymValues: peaks('more'),
      budget: flat,
      notes: [
        `${names.length} real names, then variants of them, ${(statSync(input.many).size / 2 ** 20).toFixed(0)} MiB`,
        `peak for ${few} names: ${Math.max(...peaks('few')).toFixed(1)} MiB`,
        ...present.map(({ name }) => `peak of ${name}: ${Math.max(...peaks(name)).toFixed(1)} MiB`),
      ],
    }),
  ];
};
