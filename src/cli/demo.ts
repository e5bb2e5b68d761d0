import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { shellCommand, shellWord } from '../base/shell.ts';
import { type Bundled, unpackProgram } from '../query/bundled.ts';
import { examine } from '../query/doctor.ts';
import { wouldProbe } from '../query/would-probe.ts';
import { stepText, untracedText } from '../report/demo.ts';
import { paletteFor, write } from './output.ts';
import { stopSignal } from './stop.ts';

const hello = 'helloworld::hello';

export const register = (program: Command): void => {
  program
    .command('demo')
    .description('list, show and trace a bundled program, each step with the command that does it')
    .action(demo);
};

const demo = async (): Promise<void> => {
  // From here on Ctrl-C reaches the running step, and the folder is removed before the demo ends.
  const stop = stopSignal();
  using bundled = unpackProgram();
  const target = `./${bundled.name}`;
  const unpack = `gunzip -c ${shellWord(bundled.packed)} >${bundled.name} && chmod +x ${bundled.name}`;
  await say('A small Rust program comes with rsym, built with optimisation.', unpack);
  await step(bundled, '\nIts own functions, those too that exist only inlined:', [
    'ls',
    '--inlined',
    target,
    'helloworld::**',
  ]);
  if (stop.aborted) return;
  await step(bundled, '\nWhat is left of one of them, and where its arguments are:', ['show', target, hello]);
  if (stop.aborted) return;
  const trace = ['trace', target, hello, '--', '1', '2', '3', '4'];
  const what = '\nIts calls, with arguments and results, while the program runs (its own output goes to stderr):';
  const report = await examine();
  // Awaited here: the folder goes when this function is left.
  if (report.launch.ok) return await step(bundled, what, trace);
  await say(what, shellCommand('rsym', ...trace));
  await write(process.stdout, untracedText(wouldProbe(join(bundled.folder, bundled.name), [hello]), report));
};

const say = (what: string, command: string): Promise<void> =>
  write(process.stdout, stepText(what, command, paletteFor(process.stdout)));

/** Shows a command and runs it as its user would: another rsym, in the program's folder. */
const step = async (bundled: Bundled, what: string, args: readonly string[]): Promise<void> => {
  await say(what, shellCommand('rsym', ...args));
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    cwd: bundled.folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const status = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  if (status === 0 || stopSignal().aborted) return;
  throw new RsymError('process', `the step 'rsym ${args[0]}' failed`, { reason: `it ended with status ${status}` });
};
