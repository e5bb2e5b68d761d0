import { lstatSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { nearest } from '../query/nearest.ts';
import { commandNames } from './commands.ts';

/** What the command line asks for, seen from its first plain argument. */
export type Request =
  | { readonly kind: 'help' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'command'; readonly name: string }
  | { readonly kind: 'file'; readonly args: readonly string[] };

const exists = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // a name too long, a NUL in it, or a folder that may not be searched
  }
};

/**
 * A command's name wins over a file of that name (`./ls` means the file). Anything else that exists, or has a `/`, is
 * a file for the screen. Throws RsymError `usage` for a word that is neither.
 */
export const requestOf = (args: readonly string[]): Request => {
  const at = args.findIndex((arg) => arg !== '--debug');
  const first = args[at];
  if (first === undefined) return { kind: 'nothing' };
  if (first === 'help' && args[at + 1] === undefined) return { kind: 'help' };
  if (first === 'help') return requestOf([args[at + 1] ?? '', '--help']);
  if (first === '--help' || first === '-h') return { kind: 'help' };
  if (commandNames.includes(first)) return { kind: 'command', name: first };
  const file = first === '--' ? args[at + 1] : first;
  if (file !== undefined && (first === '--' || !first.startsWith('-')) && (file.includes('/') || exists(file)))
    return { kind: 'file', args: [...args.slice(0, at), 'tui', ...args.slice(at)] };
  throw unknown(first);
};

const unknown = (word: string): RsymError => {
  if (word.startsWith('-')) return new RsymError('usage', `unknown option '${word}'`, { hints: ['rsym --help'] });
  const near = nearest(word, commandNames, 1);
  return new RsymError('usage', `'${word}' is neither a command nor a file`, {
    hints: near.length > 0 ? near.map((name) => `rsym ${name}`) : ['rsym --help'],
  });
};
