import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { runProgram } from '../query/run-program.ts';
import { write } from './output.ts';
import { parsePid } from './pid.ts';
import { Stopped, stopReason, stopSignal } from './stop.ts';
import { requireTerminal } from './terminal.ts';

const details = `
Type to search, Enter shows a function, t traces it, ? shows the keys, q quits. A search is a part of a name, the begins of a
path's segments (mir::pre), a glob, /an expression/ or 0xADDRESS. Esc or an arrow leads to the list, where Space marks, v shows a
tree, s sorts, w saves what is marked to a file, and o opens such a file.`;

type Flags = { readonly pid?: number; readonly selection?: string };

const programOf = (pid: number | undefined): string => {
  if (pid !== undefined) return runProgram(pid);
  throw new RsymError('usage', 'a file is missing', { hints: ['rsym tui FILE', 'rsym tui -p PID'] });
};

export const register = (program: Command): void => {
  program
    .command('tui')
    .description('the screen: search functions, look at one, watch its calls; the same as `rsym FILE`')
    .usage('[FILE] [-p PID]')
    .argument(
      '[FILE]',
      'an executable, a library, or a wasm module; with -p the program of the process, if none is named',
    )
    .option('-p, --pid <pid>', 'trace this process: it is chosen when a trace is begun', parsePid)
    .option('--selection <FILE>', 'mark the functions of FILE: patterns, one a line, as the screen saves them')
    .addHelpText('after', details)
    .action(async (file: string | undefined, { pid, selection }: Flags) => {
      const path = file ?? programOf(pid);
      requireTerminal();
      const { runScreen } = await import('../tui/start.ts');
      const { interrupted, running } = await runScreen(path, {
        input: process.stdin,
        output: process.stdout,
        env: process.env,
        signal: stopSignal(),
        selection,
        ...(pid === undefined ? {} : { pid }),
      });
      for (const pid of running)
        await write(process.stderr, `rsym: the program that was started, PID ${pid}, runs on\n`);
      if (interrupted) throw stopReason() ?? new Stopped('interrupted', 130);
    });
};
