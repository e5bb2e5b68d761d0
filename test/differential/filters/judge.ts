import type { Line } from './lines.ts';

/** A function's calls with one expression: what the program says of them, and what rsym would say without it. */
export type Case = {
  readonly expression: string;
  /** The number of the expression among those of its function. */
  readonly index: number;
  readonly lines: readonly Line[];
  /** By call, the values that are known without the expression; null: that call isn't seen. */
  readonly known: readonly (ReadonlySet<string> | null)[];
};

/** What rsym says with the expression. */
export type Given = { readonly calls: readonly bigint[] | number; readonly undecided: number };

export type Verdict = {
  readonly faults: readonly string[];
  /** Calls that were decided, and those that weren't because a value isn't known without the expression either. */
  readonly decided: number;
  readonly excused: number;
  readonly undecidable: number;
};

const within = (line: Line, time: bigint): boolean => line.began <= time && time <= line.ended;

/** The values that an expression needs. */
const rootsOf = (expression: string): string[] => [
  ...new Set(expression.match(/(?<![\w."])(?:a\d+|ret|duration)\b/g) ?? []),
];

/** Whether an expression needs a value that no call shows. */
export const isUnseen = (expression: string, known: Case['known']): boolean =>
  rootsOf(expression).some((root) => known.every((values) => !values?.has(root)));

/** Compares what is shown of a function's calls with what the program printed. */
export const judge = ({ expression, index, lines, known }: Case, given: Given): Verdict => {
  const roots = rootsOf(expression);
  const faults: string[] = [];
  const shown = given.calls;
  const told = lines.map((line, call) => ({
    answer: line.answers[index] ?? '?',
    isExcused: roots.some((root) => !known[call]?.has(root)),
    isShown: typeof shown === 'number' ? null : shown.some((time) => within(line, time)),
  }));
  const count = (test: (one: (typeof told)[number]) => boolean): number => told.filter(test).length;
  const unsure = count(({ answer }) => answer === '?');
  const excused = count(({ answer, isExcused }) => isExcused && (answer === 'T' || answer === 'F'));
  const [yes, no, neither] = (['T', 'F', 'U'] as const).map((wanted) => count(({ answer }) => answer === wanted));
  if (typeof shown !== 'number') {
    for (const [call, { answer, isShown, isExcused }] of told.entries()) {
      if (isShown && (answer === 'F' || answer === 'U')) faults.push(`call ${call} is shown, and is ${answer}`);
      if (!isShown && answer === 'T' && !isExcused) faults.push(`call ${call} isn't shown, and is T`);
    }
    const strangers = shown.filter((time) => !lines.some((line) => within(line, time))).length;
    if (strangers > 0) faults.push(`${strangers} calls are shown that the program didn't make`);
    if (shown.length > lines.length) faults.push(`${shown.length} calls are shown of ${lines.length}`);
  }
  const [number, wanted = 0, undecidable = 0] = [typeof shown === 'number' ? shown : shown.length, yes, neither];
  const [least, most] = [wanted - count(({ answer, isExcused }) => isExcused && answer === 'T'), wanted + unsure];
  if (number < least || number > most)
    faults.push(`${number} calls, not ${least === most ? most : `${least} to ${most}`}`);
  // What isn't shown though it holds must at least be counted as undecided.
  const silent = Math.max(0, wanted - number) + undecidable - given.undecided;
  if (silent > 0)
    faults.push(`${given.undecided} undecided, not ${given.undecided + silent}: calls are missing silently`);
  const surplus = given.undecided - undecidable - excused - unsure;
  if (surplus > 0) faults.push(`${given.undecided} undecided, not ${undecidable}, and the values are known`);
  return { faults, decided: wanted + (no ?? 0) - excused, excused, undecidable };
};
