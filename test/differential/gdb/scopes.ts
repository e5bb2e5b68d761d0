import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddressRange } from '../../../src/elf/function-model.ts';
import { run } from '../../support/process.ts';
import { Temporary } from '../../support/temporary.ts';

export type ScopeQuestion = {
  readonly at: bigint;
  /** Inlined copies that it is within. */
  readonly depth: number;
  readonly ranges: readonly AddressRange[];
};

/** gdb's name of the function, and of each parameter its name, bytes of its type, and where gdb says that it is. */
export type ScopeAnswer =
  | { readonly error: string }
  | {
      readonly function: string;
      readonly slide: number;
      readonly parameters: readonly (readonly [string, number, string])[];
    };

const script = fileURLToPath(new URL('./scopes.py', import.meta.url));

/** All asked of one gdb. */
export const askScopes = (file: string, questions: readonly ScopeQuestion[]): readonly ScopeAnswer[] => {
  using folder = new Temporary();
  const answers = join(folder.path, 'answers.json');
  const asked = questions.map(({ at, depth, ranges }) => ({
    at: Number(at),
    depth,
    ranges: ranges.map(({ start, end }) => [Number(start), Number(end)]),
  }));
  const env = { QUESTIONS: folder.file('questions.json', JSON.stringify(asked)), ANSWERS: answers };
  const { status, stderr } = run('gdb', ['-nx', '-batch', '-iex', 'set auto-load off', '-x', script, file], {
    env,
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`gdb ${file}: status ${status}\n${stderr}`);
  return JSON.parse(readFileSync(answers, 'utf8')) as ScopeAnswer[];
};
