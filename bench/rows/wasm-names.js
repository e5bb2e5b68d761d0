import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave, measure } from '../measure.js';
import { compared, notMeasured } from '../result.js';

const row = '4';
const budget = 0.1;
const packages = { '@biomejs/wasm-nodejs': '2.5.14', '@webassemblyjs/wasm-parser': '1.14.1' };
const rival = '@webassemblyjs/wasm-parser';
const script = fileURLToPath(new URL('../wasm-parser.js', import.meta.url));

/** Outside the project: 46 MB that are of no use for anything else. */
const cache = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rsym-bench', 'npm');

/** Installs both packages once; says why that isn't possible. */
const obtain = (folder) => {
  const wanted = Object.entries(packages);
  const version = (name) => {
    try {
      return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
    } catch {
      return null;
    }
  };
  if (wanted.every(([name, wantedVersion]) => version(name) === wantedVersion)) return null;
  mkdirSync(folder, { recursive: true });
  const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const specs = wanted.map(([name, wantedVersion]) => `${name}@${wantedVersion}`);
  const npm = spawnSync('npm', ['install', '--prefix', folder, ...flags, ...specs], { encoding: 'utf8' });
  return npm.status === 0 ? null : `npm can't install ${specs.join(' ')}`;
};

const namesIn = (path, nameOf) => readFileSync(path, 'utf8').trimEnd().split('\n').map(nameOf).sort();

/** What precedes the name in a line of `ls --nm`: an address or blanks, and a letter for the kind. */
const beforeName = /^[0-9a-f ]* [A-Za-z?] /;

export const wasmNames = async ({ rsym, runs, scratch }) => {
  const folder = cache();
  const what = 'names of a 45 MB wasm module';
  const reason = obtain(folder);
  const module = join(folder, 'node_modules', '@biomejs/wasm-nodejs', 'biome_wasm_bg.wasm');
  if (reason !== null || !existsSync(module)) {
    return [notMeasured({ row, what, rival, budget, reason: reason ?? 'the package has no module' })];
  }
  const output = (name) => join(scratch, `${row}-${name}`);
  const run = (name, command) => () =>
    measure({ command, stdout: output(name), stderr: join(scratch, 'stderr'), memory: true });
  const results = await interleave(runs, {
    rival: run('rival', [process.execPath, script, folder, module]),
    rsym: run('rsym', [...rsym, 'ls', '--all', '--nm', '--mangled', module]),
  });
  const theirs = namesIn(output('rival'), (line) => line);
  const ours = namesIn(output('rsym'), (line) => line.replace(beforeName, ''));
  const same = theirs.filter((name, i) => name === ours[i]).length;
  const common = { row, rival: `${rival} ${packages[rival]}` };
  return [
    compared({
      ...common,
      what: `${what}: wall`,
      unit: 'ms',
      rivalValues: results.rival.map(({ wallMs }) => wallMs),
      rsymValues: results.rsym.map(({ wallMs }) => wallMs),
      budget,
      notes: [`${theirs.length} names there, ${ours.length} here, ${same} the same in sorted order`],
    }),
    compared({
      ...common,
      what: `${what}: peak memory`,
      unit: 'MiB',
      rivalValues: results.rival.map(({ peakKiB }) => peakKiB / 1024),
      rsymValues: results.rsym.map(({ peakKiB }) => peakKiB / 1024),
      budget: null,
    }),
  ];
};
