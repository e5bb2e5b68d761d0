import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cli } from './cli.ts';
import type { Finished, ProcessOptions } from './process.ts';
import { Temporary } from './temporary.ts';

/** A value as `trace --json` prints it. */
export type TracedValue = {
  readonly name: string;
  readonly type: string;
  readonly value: unknown;
  readonly text: string;
  readonly evidence: string;
  readonly counts?: readonly unknown[];
};

export type TracedCall = {
  readonly event: 'call';
  readonly ts_ns: string;
  readonly seq: number;
  readonly call_id: number;
  readonly parent: number | null;
  readonly depth: number;
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
  readonly function: string;
  readonly copy: { readonly kind: 'symbol' | 'instance' | 'inlined' };
  readonly args: readonly TracedValue[];
  readonly ret: TracedValue | null;
  readonly after?: readonly TracedValue[];
  readonly outcome: string;
};

type TracedEnd = {
  readonly calls: number;
  readonly lost: Readonly<Record<string, number>>;
  readonly program: { readonly status: number | null; readonly signal: string | null } | null;
};

export type Traced = Finished & { readonly calls: readonly TracedCall[]; readonly end: TracedEnd };

/** `rsym trace` to its end, its answers in a file: the program's own streams are untouched. */
export const traced = (args: readonly string[], options: ProcessOptions = {}): Traced => {
  using folder = new Temporary();
  const file = join(folder.path, 'trace');
  const done = cli(['trace', '--json', '-o', file, ...args], options);
  if (!existsSync(file)) throw new Error(`no trace: ${done.stderr}`);
  const events = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const calls = events.filter(({ event }) => event === 'call') as TracedCall[];
  return { ...done, calls, end: events.at(-1) };
};

export const lostIn = ({ end }: Traced): number => Object.values(end.lost).reduce((sum, count) => sum + count, 0);
