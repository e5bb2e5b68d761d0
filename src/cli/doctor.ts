import type { Command } from 'commander';
import { RsymError } from '../base/errors.ts';
import { examine } from '../query/doctor.ts';
import type { NoEvents } from '../query/no-events.ts';
import { doctorJson, doctorText, noEventsText } from '../report/doctor.ts';
import { paletteFor, write, writeJson } from './output.ts';
import { collectPids } from './pid.ts';

type Flags = { readonly json?: true; readonly pid: readonly number[] };

export const register = (program: Command): void => {
  program
    .command('doctor')
    .description(
      'what this machine allows, and what mends each refusal; with TARGET and FUNCTION: why there are no events',
    )
    .argument('[TARGET]', 'a file, or the short name of a library')
    .argument('[FUNCTION]', 'a function as trace takes it')
    .option('-p, --pid <PID>', 'look at this process (repeatable)', collectPids, [])
    .option('--json', 'one JSON document')
    .action(async (target: string | undefined, name: string | undefined, flags: Flags) => {
      if (target !== undefined && name === undefined)
        throw new RsymError('usage', 'a function is missing', { hints: ['rsym doctor TARGET FUNCTION'] });
      if (target === undefined && flags.pid.length > 0)
        throw new RsymError('usage', '-p needs a target and a function', {
          hints: ['rsym doctor TARGET FUNCTION -p PID'],
        });
      await answer(target, name, flags);
    });
};

const answer = async (target: string | undefined, name: string | undefined, flags: Flags): Promise<void> => {
  const report = await examine();
  let found: NoEvents | null = null;
  if (target !== undefined && name !== undefined) {
    const { whyNoEvents } = await import('../query/no-events.ts');
    found = whyNoEvents({ target, function: name, pids: flags.pid }, report);
  }
  if (flags.json) return writeJson(doctorJson(report, found));
  const palette = paletteFor(process.stdout);
  await write(process.stdout, found ? noEventsText(found, palette) : doctorText(report, palette));
};
