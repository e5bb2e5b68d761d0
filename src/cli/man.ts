import type { Command } from 'commander';
import type { Docs } from './commands.ts';
import { write } from './output.ts';

const details = `
rsym man | man -l - shows it. A global installation by npm puts it where man finds it: man rsym.`;

export const register = (program: Command, docs: Docs): void => {
  program
    .command('man')
    .description('the manual page rsym(1) as roff, on stdout')
    .addHelpText('after', details)
    .action(async () => {
      const [{ manPage }, { helpSections }] = await Promise.all([import('./manual/page.ts'), import('../tui/keys.ts')]);
      await write(process.stdout, manPage(await docs(), helpSections('list')));
    });
};
