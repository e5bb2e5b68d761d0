import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from '../measure.js';
import { measured, notMeasured } from '../result.js';
import { rustFiles } from '../rust.js';

const row = '13';
const limitMs = 16;
const paintMs = 3_000;

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

const shown = (values) => [0.5, 0.95, 1].map((share) => quantile(values, share).toFixed(1)).join(' / ');

/** The screen on the driver library, in a process of its own for each run. */
export const screen = async ({ runs, scratch }) => {
  const { driver, missing = null } = rustFiles();
  const what = 'tui, driver library: a key to its frame';
  if (missing !== null) return [notMeasured({ row, what, rival: '-', budget: null, reason: missing })];
  const script = fileURLToPath(new URL('../screen-keys.js', import.meta.url));
  const results = [];
  for (let i = 0; i < runs; i++) {
    const stdout = join(scratch, row);
    await measure({ command: [process.execPath, script, driver], stdout, stderr: join(scratch, 'stderr') });
    results.push(JSON.parse(readFileSync(stdout, 'utf8')));
  }
  const parts = Object.keys(results[0].keys);
  const all = (kind, part) => results.flatMap((result) => result[kind][part]);
  const typed = results.map(({ keys }) => quantile([...keys.typing, ...keys.moving], 0.95));
  return [
    measured({
      row,
      what: `${what}, 95 of 100 of typing and moving`,
      unit: 'ms',
      rsymValues: typed,
      limit: limitMs,
      notes: [
        `limit: ${limitMs} ms`,
        'p50 / p95 / most, from when the key was due; in brackets the key alone, without waits for a processor:',
        ...parts.map((part) => `${part}: ${shown(all('keys', part))} (${shown(all('own', part))})`),
      ],
    }),
    measured({
      row,
      what: 'tui, driver library: from the start to the first frame',
      unit: 'ms',
      rsymValues: results.map(({ firstPaint }) => firstPaint),
      limit: paintMs,
      notes: [
        `limit: ${paintMs} ms; memory at the end: ${Math.round(Math.max(...results.map(({ memory }) => memory)) / 2 ** 20)} MiB`,
      ],
    }),
  ];
};
