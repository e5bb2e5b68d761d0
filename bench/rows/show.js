import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { corpusFile } from '../../scripts/corpus.js';
import { debugSize } from '../elf-size.js';
import { missingOf, versionOf } from '../installed.js';
import { interleave, measure } from '../measure.js';
import { compared, notMeasured } from '../result.js';

const row = '5';
const program = 'fd-release';
const functionName = 'fd::construct_config';
const budgets = { first: 0.5, again: 3 };

export const show = async ({ rsym, runs, scratch }) => {
  const what = 'show: first answer';
  const rival = `gdb -batch -ex 'info scope ${functionName}'`;
  const file = corpusFile(program);
  const reason = missingOf('gdb') ?? (file === null ? `no ${program}: node scripts/corpus.js build ${program}` : null);
  if (reason !== null) return [notMeasured({ row, what, rival, budget: budgets.first, reason })];
  const output = (name) => join(scratch, `${row}-${name}`);
  const run = (name, command, cache) =>
    measure({
      command: ['env', `XDG_CACHE_HOME=${cache}`, ...command],
      stdout: output(name),
      stderr: join(scratch, 'stderr'),
    });
  const answer = [...rsym, 'show', file, functionName];
  const warm = join(scratch, `${row}-cache`);
  mkdirSync(warm);
  await run('again', answer, warm);
  const results = await interleave(runs, {
    rival: () => run('rival', ['gdb', '-nx', '-batch', '-ex', `info scope ${functionName}`, file], warm),
    first: async () => {
      const cold = mkdtempSync(join(scratch, `${row}-cold-`));
      try {
        return await run('first', answer, cold);
      } finally {
        rmSync(cold, { recursive: true });
      }
    },
    again: () => run('again', answer, warm),
    version: () => run('version', [...rsym, '--version'], warm),
  });
  const walls = (name) => results[name].map(({ wallMs }) => wallMs);
  const common = { row, unit: 'ms' };
  return [
    compared({
      ...common,
      what,
      rival,
      rivalValues: walls('rival'),
      rsymValues: walls('first'),
      budget: budgets.first,
      notes: [`${basename(file)} with ${(debugSize(file) / 1e6).toFixed(1)} MB of debug info (${versionOf('gdb')})`],
    }),
    compared({
      ...common,
      what: 'show: from the cache',
      rival: 'rsym --version',
      rivalValues: walls('version'),
      rsymValues: walls('again'),
      budget: budgets.again,
    }),
  ];
};
