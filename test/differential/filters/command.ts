import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Temporary } from '../../support/temporary.ts';
import { buildFilters, isLevel, type Level } from './build.ts';
import { isUnseen, judge } from './judge.ts';
import { filterProgram } from './program.ts';
import { filtered, isSide, type Side, sides, unfiltered } from './sides.ts';

export type Fault = {
  readonly function: string;
  readonly expression: string;
  readonly side: Side;
  readonly what: string;
};

export type Findings = {
  readonly pairs: number;
  readonly faults: readonly Fault[];
  /** Answers that were compared; those that rsym couldn't give, and those that nobody can. */
  readonly decided: number;
  readonly excused: number;
  readonly undecidable: number;
  /** Functions of which no call can be seen. */
  readonly unseen: readonly string[];
};

export type Request = {
  readonly seed: number;
  readonly pairs: number;
  readonly level: Level;
  readonly sides: readonly Side[];
  /** Told of each fault as it is found. */
  readonly onFault?: (fault: Fault) => void;
  /** Only these functions. */
  readonly only?: readonly string[];
};

/** Builds the program of a seed in `folder`, and judges rsym by what it prints. */
export const judgeFilters = (
  { seed, pairs, level, sides: chosen, onFault, only }: Request,
  folder: string,
): Findings => {
  const program = filterProgram(seed, pairs);
  const binary = buildFilters(program, level, folder);
  const faults: Fault[] = [];
  const unseen: string[] = [];
  let judged = 0;
  const sums = { decided: 0, excused: 0, undecidable: 0 };
  for (const { name, expressions } of program.functions) {
    if (only !== undefined && !only.includes(name)) continue;
    const subject = { binary, function: name };
    const whole = unfiltered(subject);
    if (whole.given === null) {
      unseen.push(`${name}: ${whole.refusal}`);
      continue;
    }
    // Both runs make the same calls, one after the other.
    const before = whole.lines.map((line) => whole.given?.find(({ time }) => line.began <= time && time <= line.ended));
    for (const [index, expression] of expressions.entries()) {
      judged += 1;
      for (const side of chosen) {
        const add = (what: string): void => {
          const fault = { function: name, expression, side, what };
          faults.push(fault);
          onFault?.(fault);
        };
        const { lines, given, refusal } = filtered(subject, expression, side);
        const known = lines.map((_, call) => before[call]?.known ?? null);
        if (given === null) {
          if (isUnseen(expression, known)) sums.excused += known.length;
          else add(refusal);
          continue;
        }
        const verdict = judge({ expression, index, lines, known }, given);
        for (const what of verdict.faults) add(what);
        for (const key of ['decided', 'excused', 'undecidable'] as const) sums[key] += verdict[key];
      }
    }
  }
  return { pairs: judged, faults, unseen, ...sums };
};

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Gives the exit status: 1 where anything is wrong. */
export const judgeCommand = (args: readonly string[]): number => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      pairs: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      level: { type: 'string', multiple: true, default: ['debug', 'release'] },
      side: { type: 'string', multiple: true, default: [...sides] },
      only: { type: 'string', multiple: true },
      keep: { type: 'string' },
    },
  });
  let faults = 0;
  for (const level of values.level.filter(isLevel)) {
    using temporary = new Temporary();
    const folder = values.keep === undefined ? temporary.path : join(values.keep, level);
    mkdirSync(folder, { recursive: true });
    const found = judgeFilters(
      {
        seed: Number(values.seed),
        pairs: Number(values.pairs),
        level,
        sides: values.side.filter(isSide),
        onFault: ({ function: name, expression, side, what }) =>
          print(`FAULT ${level} ${side} ${name} '${expression}': ${what}`),
        ...(values.only === undefined ? {} : { only: values.only }),
      },
      folder,
    );
    for (const name of found.unseen) print(`unseen ${name}`);
    print(
      `${level}, seed ${values.seed}: ${found.pairs} pairs, ${found.faults.length} faults; ` +
        `${found.decided} answers agree or are faults above, ${found.undecidable} can't be given, ` +
        `${found.excused} aren't since a value isn't known`,
    );
    faults += found.faults.length;
  }
  return faults > 0 ? 1 : 0;
};
