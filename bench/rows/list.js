import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { missingOf, versionOf } from '../installed.js';
import { interleave, measure } from '../measure.js';
import { compared, notMeasured } from '../result.js';
import { rustFiles } from '../rust.js';

const lines = (path) => {
  const bytes = readFileSync(path);
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
};

/** `nm -C` does one job of `ls`: the first form prints the same lines, the second is what a user types. */
const forms = [
  { flags: ['--all', '--nm'], name: 'ls --all --nm' },
  { flags: [], name: 'ls' },
];

const listRow =
  ({ row, nm, fileOf, budget }) =>
  async ({ rsym, runs, scratch }) => {
    const files = rustFiles();
    const missing = missingOf(nm) ?? files.missing ?? null;
    const rival = `${nm} -C`;
    if (missing !== null) return [notMeasured({ row, what: 'ls', rival, budget, reason: missing })];
    const file = fileOf(files);
    const run = (name, command) => () =>
      measure({ command, stdout: join(scratch, `${row}-${name}`), stderr: join(scratch, 'stderr'), memory: true });
    const contenders = { rival: run('rival', [nm, '-C', file]) };
    for (const { name, flags } of forms) contenders[name] = run(name, [...rsym, 'ls', ...flags, file]);
    const results = await interleave(runs, contenders);
    return forms.flatMap(({ name }) => {
      const count = `${lines(join(scratch, `${row}-${name}`))} lines; ${rival} wrote ${lines(join(scratch, `${row}-rival`))}`;
      const common = { row, rival: `${rival} ${basename(file).replace(/-[0-9a-f]+/, '')}`, budget };
      return [
        compared({
          ...common,
          what: `${name}: wall`,
          unit: 'ms',
          rivalValues: results.rival.map(({ wallMs }) => wallMs),
          rsymValues: results[name].map(({ wallMs }) => wallMs),
          notes: [`${count} (${versionOf(nm)})`],
        }),
        compared({
          ...common,
          what: `${name}: peak memory`,
          unit: 'MiB',
          rivalValues: results.rival.map(({ peakKiB }) => peakKiB / 1024),
          rsymValues: results[name].map(({ peakKiB }) => peakKiB / 1024),
        }),
      ];
    });
  };

export const driver = listRow({ row: '1', nm: 'nm', fileOf: (files) => files.driver, budget: 1 });
export const cargo = listRow({ row: '2', nm: 'llvm-nm', fileOf: (files) => files.cargo, budget: 0.9 });
