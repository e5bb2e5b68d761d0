import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { oddCompression } from '../support/odd-dwarf/compression.ts';
import { oddFiles } from '../support/odd-dwarf/index.ts';
import { oddNumbers } from '../support/odd-dwarf/numbers.ts';
import { Temporary } from '../support/temporary.ts';

const mostMemoryKiB = 512 * 1024;
const most = 10_000;

/** Run by Node before the program: at its end, the kernel's account of its memory goes into $PEAK_FILE. */
const watcher = `
import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  const peak = /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  writeFileSync(process.env.PEAK_FILE, peak[1]);
});`;

/** Every other file is asked for text, the others for JSON. */
const commands = (file: string, isText: boolean): string[][] =>
  [
    ['ls', '--inlined', file],
    ['show', file, 'odd'],
    ['info', file],
  ].map((args) => (isText ? args : [...args, '--json']));

/** What is wrong with a run, in words. It is killed, which is an error, when it takes longer than allowed. */
const faultsOf = (args: readonly string[], folder: Temporary): string[] => {
  const peakFile = join(folder.path, 'peak');
  const env = {
    XDG_CACHE_HOME: folder.path,
    PEAK_FILE: peakFile,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(watcher)}`,
  };
  const { status, signal, stdout, stderr } = cli(args, { env, timeout: most });
  const peak = Number(readFileSync(peakFile, 'utf8'));
  return [
    ...(status === 0 || status === 1 || status === 2 ? [] : [`it ended with ${status ?? signal}: ${stderr}`]),
    ...(peak <= mostMemoryKiB ? [] : [`it took ${Math.round(peak / 1024)} MiB`]),
    ...(/^\s+at .*:\d+:\d+\)?$/m.test(stderr) ? [`a stack trace: ${stderr}`] : []),
    ...(stdout === '' && stderr === '' ? ['nothing is said'] : []),
    ...(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(stdout + stderr) ? ['control characters'] : []),
  ].map((fault) => `${args.filter((arg) => !arg.startsWith('/')).join(' ')}: ${fault}`);
};

const chosen = Object.keys(oddFiles).filter(
  (name) =>
    name in oddCompression ||
    name in oddNumbers ||
    /itself|each other|length 0x|share|bound|name|double|rows|whole/.test(name),
);

test.each(chosen.map((name, i) => [name, i % 2 === 0] as const))(
  '%s',
  (name, isText) => {
    using folder = new Temporary();
    const path = folder.file('odd', (oddFiles[name] as () => Buffer)());
    const faults = commands(path, isText).flatMap((args) => faultsOf(args, folder));
    expect(faults).toEqual([]);
  },
  60_000,
);
