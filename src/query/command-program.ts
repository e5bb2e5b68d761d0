import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { identityOf, isSame } from './processes.ts';
import type { NextProcess, WatchScope } from './watch-scope.ts';
import { splitWords } from './words.ts';

/** The file that a command's first word leads to, links resolved; null: none that may be run. */
export const programPath = (file: string): string | null => {
  const candidates = file.includes('/')
    ? [file]
    : (process.env['PATH'] ?? '').split(':').map((dir) => `${dir || '.'}/${file}`);
  for (const candidate of candidates) {
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return realpathSync(candidate);
    } catch {
      // not in this folder
    }
  }
  return null;
};

/**
 * The program of a command that runs another file than the one at `path`, such as a shell, where what it starts isn't
 * watched: the reason why nothing may be seen. Null in any other case.
 */
export const loneProgram = (
  path: string,
  { scope, children = false }: { readonly scope: WatchScope | NextProcess; readonly children?: boolean },
): string | null => {
  if (scope.kind !== 'command' || children) return null;
  const program = programPath(splitWords(scope.line)[0] ?? '');
  return program === null || isSame(identityOf(program), identityOf(path)) ? null : program;
};
