import { Argument, type Command } from 'commander';
import type { ProgramDocs } from './command-docs.ts';
import type { Docs } from './commands.ts';
import { write } from './output.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const details = `
bash: source <(rsym completions bash), in ~/.bashrc to keep it
zsh: rsym completions zsh >FOLDER/_rsym, where FOLDER is in fpath
fish: rsym completions fish >~/.config/fish/completions/rsym.fish`;

export const register = (program: Command, docs: Docs): void => {
  program
    .command('completions')
    .description('completions of commands and options for a shell, on stdout')
    .addArgument(new Argument('<SHELL>', 'whose completions').choices(shells))
    .addHelpText('after', details)
    .action(async (shell: Shell) => {
      await write(process.stdout, await scriptFor(shell, await docs()));
    });
};

const scriptFor = async (shell: Shell, docs: ProgramDocs): Promise<string> => {
  switch (shell) {
    case 'bash':
      return (await import('./completion/bash.ts')).bashCompletion(docs);
    case 'zsh':
      return (await import('./completion/zsh.ts')).zshCompletion(docs);
    case 'fish':
      return (await import('./completion/fish.ts')).fishCompletion(docs);
  }
};
