import type { Command } from 'commander';
import type { ProgramDocs } from './command-docs.ts';
import { type PlainCommand, readLine } from './option-table.ts';

/** What all commands' definitions say, for those that write it down. */
export type Docs = () => Promise<ProgramDocs>;

type CommandModule = { readonly register: (program: Command, docs: Docs) => void; readonly plain?: PlainCommand };

/** Every command and the file that registers it; only the named one is loaded. `rsym --help` lists them in this order. */
const commands: Record<string, () => Promise<CommandModule>> = {
  ls: () => import('./ls.ts'),
  show: () => import('./show.ts'),
  info: () => import('./info.ts'),
  demangle: () => import('./demangle.ts'),
  trace: () => import('./trace.ts'),
  count: () => import('./count.ts'),
  latency: () => import('./latency.ts'),
  tui: () => import('./tui.ts'),
  doctor: () => import('./doctor.ts'),
  demo: () => import('./demo.ts'),
  completions: () => import('./completions.ts'),
  man: () => import('./man.ts'),
};

export const commandNames: readonly string[] = Object.keys(commands);

/** Adds one command to the program, or all of them for the general help. */
export const registerCommands = async (program: Command, name: string | undefined, docs: Docs): Promise<void> => {
  const wanted = name === undefined ? Object.values(commands) : [commands[name]];
  for (const load of wanted) (await load?.())?.register(program, docs);
};

/** Answers a line that needs no help, suggestion or complaint; false: commander is to read it. */
export const answerPlainly = async ([name = '', ...args]: readonly string[]): Promise<boolean> => {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const plain = load && (await load()).plain;
  const line = plain && readLine(plain, args);
  if (!line) return false;
  await plain.answer(line.words, line.flags, args);
  return true;
};
