import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../support/process.ts';
import { Temporary } from '../../support/temporary.ts';
import type { ComparedArgument, ComparedCopy } from './places.ts';

type Bytes = Readonly<Record<string, number>>;

/** A parameter, read at its function's first call. */
export type RunArgument = {
  readonly copy: ComparedCopy;
  readonly argument: ComparedArgument;
  /** Bytes by rsym's places, which aren't all of the value's. */
  readonly own: Bytes;
  /** By gdb's; null: it doesn't list the parameter. */
  readonly gdb: Bytes | null;
  /** Instructions of the function until gdb read the same; null: it didn't, or wasn't asked again. */
  readonly steps: number | null;
  /** Of a reference: whether there is memory where it points to by rsym's places, or it is one to what has no size. */
  readonly readable: boolean | null;
};

const script = fileURLToPath(new URL('./run-places.py', import.meta.url));

const sizedReference = /^&(?:mut )?(?!\[|str$|\(?dyn )/;

const isPie = (file: string): boolean => readFileSync(file).readUInt16LE(16) === 3;

/** Runs the program with each of the commands, and reads the parameters of each copy out of line at its first call. */
export const runPlaces = (
  file: string,
  commands: readonly (readonly string[])[],
  copies: readonly ComparedCopy[],
  follow: (asked: { copy: ComparedCopy; argument: ComparedArgument }) => boolean,
): readonly RunArgument[] => {
  const found: RunArgument[] = [];
  const left = new Map(copies.filter(({ chosen }) => chosen.depth === 0).map((copy) => [copy.shown.address, copy]));
  for (const command of commands) {
    const plan = {
      command,
      pie: isPie(file),
      functions: [...left.values()].map((copy) => ({
        address: copy.shown.address,
        ranges: copy.shown.ranges.map(({ start, end }) => [Number(start), Number(end)]),
        args: copy.args.map((one, i) => ({
          name: one.shown.name,
          nth: copy.args.slice(0, i).filter((other) => other.shown.name === one.shown.name).length,
          places: one.shown.places,
          follow: follow({ copy, argument: one }),
          pointer: sizedReference.test(one.shown.type ?? ''),
        })),
      })),
    };
    for (const [address, answers] of Object.entries(readPlan(file, plan))) {
      const copy = left.get(address);
      if (copy === undefined) continue;
      left.delete(address);
      for (const [i, answer] of answers.entries()) found.push({ copy, argument: copy.args[i]!, ...answer });
    }
  }
  return found;
};

type Answers = Record<string, Pick<RunArgument, 'own' | 'gdb' | 'steps' | 'readable'>[]>;

const readPlan = (file: string, plan: object): Answers => {
  using folder = new Temporary();
  const result = join(folder.path, 'result.json');
  const env = { PLAN: folder.file('plan.json', JSON.stringify(plan)), RESULT: result };
  const { status, stderr } = run('gdb', ['-nx', '-batch', '-iex', 'set auto-load off', '-x', script, file], {
    env,
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`gdb ${file}: status ${status}\n${stderr}`);
  return JSON.parse(readFileSync(result, 'utf8')) as Answers;
};
