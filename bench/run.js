// Measures rsym beside its rivals and prints a table. See README.md in this folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { notMeasured } from './result.js';
import { attachTime } from './rows/attach.js';
import { demangle } from './rows/demangle.js';
import { cargo, driver } from './rows/list.js';
import { live } from './rows/live.js';
import { screen } from './rows/screen.js';
import { show } from './rows/show.js';
import { entryOnly, safeReturns } from './rows/slowdown.js';
import { start } from './rows/start.js';
import { steady } from './rows/steady.js';
import { countCalls, latencies } from './rows/sums.js';
import { wasmNames } from './rows/wasm-names.js';
import { tableText } from './table.js';

const rows = {
  1: driver,
  2: cargo,
  3: demangle,
  4: wasmNames,
  5: show,
  6: entryOnly,
  7: safeReturns,
  8: steady,
  9: attachTime,
  10: countCalls,
  11: start,
  12: latencies,
  13: screen,
  14: live,
};

const usage = `usage: node bench/run.js [--only ROW,…] [--runs N] [--json] [--program FILE]
  --only      rows: ${Object.keys(rows).join(', ')}
  --runs      counted runs of each side (5)
  --program   rsym's main file (dist/cli/main.js, or RSYM_PROGRAM)
`;

const options = () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      program: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = values.only?.split(',') ?? Object.keys(rows);
  const unknown = chosen.filter((row) => !Object.hasOwn(rows, row));
  if (unknown.length > 0) throw new Error(`no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}`);
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 1000) throw new Error('--runs takes a whole number, 1 to 1000');
  const program =
    values.program ?? process.env.RSYM_PROGRAM ?? fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  return { chosen, runs, json: values.json, help: values.help, program };
};

/** What went wrong in one row doesn't take the others' figures away. */
const failed = (row, { message }) =>
  notMeasured({ row, what: 'failed', rival: '-', budget: null, reason: message.split('\n').slice(0, 5).join(' ') });

const main = async () => {
  const { chosen, runs, json, help, program } = options();
  if (help) return process.stdout.write(usage);
  const scratch = mkdtempSync(join(tmpdir(), 'rsym-bench-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const context = { rsym: [process.execPath, program], runs, scratch };
  const results = [];
  for (const row of chosen) {
    process.stderr.write(`row ${row} …\n`);
    try {
      results.push(...(await rows[row](context)));
    } catch (error) {
      results.push(failed(row, error));
      process.exitCode = 2;
    }
  }
  process.stdout.write(json ? `${JSON.stringify({ schema: 1, results }, null, 2)}\n` : tableText(results));
};

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}
