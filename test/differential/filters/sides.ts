import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { program as ownProgram } from '../../support/cli.ts';
import { type Finished, run } from '../../support/process.ts';
import { Temporary } from '../../support/temporary.ts';
import type { Given } from './judge.ts';
import { type Line, readEvents, readLines, type ToldCall, undecidedIn } from './lines.ts';

/** A way to have rsym decide: events filtered in the kernel or on its own side, and counters. */
export const sides = ['kernel', 'reader', 'count'] as const;
export type Side = (typeof sides)[number];
export const isSide = (text: string): text is Side => sides.some((side) => side === text);

/** What makes rsym decide on its own side. */
const onOwnSide = ['--when-in', 'rsym'];

export type Subject = { readonly binary: string; readonly function: string };

export type Ran<T> = { readonly lines: readonly Line[] } & (
  | { readonly given: T; readonly refusal?: undefined }
  | { readonly given: null; readonly refusal: string }
);

const ran = <T>({ binary, function: name }: Subject, command: readonly string[], read: (text: string) => T): Ran<T> => {
  using folder = new Temporary();
  const file = join(folder.path, 'answers');
  const [verb = '', ...options] = command;
  const args = [ownProgram, verb, binary, `filters::${name}`, '--json', '-o', file, ...options, '--', name];
  const done = run(process.execPath, args, { timeout: 120_000 });
  const lines = readLines(done.stdout, name);
  if (done.status !== 0) return { lines, given: null, refusal: refusalOf(done) };
  return { lines, given: read(readFileSync(file, 'utf8')) };
};

const refusalOf = ({ status, signal, stderr }: Finished): string => `status ${status ?? signal}: ${stderr.trim()}`;

/** The calls of a function without any expression. */
export const unfiltered = (subject: Subject): Ran<readonly ToldCall[]> =>
  ran(subject, ['trace'], (text) => readEvents(text).calls);

type CountDocument = {
  readonly calls: string;
  readonly ungrouped: readonly { readonly undecided: string; readonly unwound: string }[];
};

const readCount = (text: string): Given => {
  const { calls, ungrouped } = JSON.parse(text) as CountDocument;
  // Of a call that ended without a result it isn't asked in the kernel whether it was wanted; it is told apart.
  const untold = ungrouped.map(({ undecided, unwound }) => Number(undecided) + Number(unwound));
  return { calls: Number(calls), undecided: untold.reduce((sum, own) => sum + own, 0) };
};

const readTrace = (text: string): Given => {
  const { calls, end } = readEvents(text);
  return { calls: calls.map(({ time }) => time), undecided: undecidedIn(end) };
};

/** The calls for which an expression holds. */
export const filtered = (subject: Subject, expression: string, side: Side): Ran<Given> =>
  side === 'count'
    ? ran(subject, ['count', '--when', expression], readCount)
    : ran(subject, ['trace', '--when', expression, ...(side === 'reader' ? onOwnSide : [])], readTrace);
