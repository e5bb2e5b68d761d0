import { join } from 'node:path';
import { interleave, measure } from '../measure.js';
import { compared } from '../result.js';

/** So short a run needs more of them. */
const times = 5;

export const start = async ({ rsym, runs, scratch }) => {
  const run = (command) => () => measure({ command, stdout: join(scratch, '11-out'), stderr: join(scratch, 'stderr') });
  const results = await interleave(runs * times, {
    rival: run([process.execPath, '-e', '0']),
    rsym: run([...rsym, '--version']),
  });
  return [
    compared({
      row: '11',
      what: 'rsym --version: wall',
      rival: 'node -e 0',
      unit: 'ms',
      rivalValues: results.rival.map(({ wallMs }) => wallMs),
      rsymValues: results.rsym.map(({ wallMs }) => wallMs),
      budget: 1.5,
      notes: [`node ${process.version}`],
    }),
  ];
};
