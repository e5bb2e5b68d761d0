import type { Command } from 'commander';
import { examine } from '../query/doctor.ts';
import { doctorJson, doctorText } from '../report/doctor.ts';
import { paletteFor, write, writeJson } from './output.ts';

type Flags = { readonly json?: true };

export const register = (program: Command): void => {
  program
    .command('doctor')
    .description('what this machine allows, and what mends each refusal')
    .option('--json', 'one JSON document')
    .action(async (flags: Flags) => {
      const report = await examine();
      if (flags.json) await writeJson(doctorJson(report));
      else await write(process.stdout, doctorText(report, paletteFor(process.stdout)));
    });
};
