import { agreements, classOf, disagreements, type PlaceClass, type Subject } from './classes.ts';
import type { Part } from './parts.ts';
import type { ComparedCopy, Comparison } from './places.ts';
import type { RunArgument } from './run-places.ts';

/** A program's part of the document. */
export type ProgramResult = {
  readonly name: string;
  readonly comparison: Comparison;
  /** Null: it was not run. */
  readonly runs: readonly RunArgument[] | null;
};

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (...cells: readonly (string | number)[]): string => `| ${cells.map(String).map(cell).join(' | ')} |`;
const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
const hex = (value: bigint): string => `0x${value.toString(16)}`;

const subjectsOf = (copies: readonly ComparedCopy[]): Subject[] =>
  copies.flatMap((copy) => copy.args.flatMap((argument) => argument.parts.map((part) => ({ copy, argument, part }))));

const counted = (subjects: readonly Subject[], one: PlaceClass): readonly Subject[] =>
  subjects.filter((subject) => classOf(subject) === one);

const example = ({ copy, argument, part }: Subject): string => {
  const bytes = part.from === 0 && part.to === argument.size ? '' : `, bytes ${part.from}–${part.to - 1}`;
  return `\`${shortened(copy.function, 70)}\` at ${hex(copy.at)}, \`${argument.shown.name ?? 'unnamed'}\`${bytes}: rsym ${part.own.text}, gdb ${part.gdb.text}`;
};

/** Places in which the two differ and that no class explains. */
export const unexplained = (comparison: Comparison): readonly Subject[] =>
  subjectsOf(comparison.copies).filter((subject) => classOf(subject) === null);

/** Markdown of one program: what was compared, where the tools agree, and each way in which they don't. */
export const sectionOf = ({ name, comparison, runs }: ProgramResult): string[] => {
  const { copies, left } = comparison;
  const subjects = subjectsOf(copies);
  const args = copies.flatMap((copy) => copy.args);
  const sizeless = args.filter(({ size, parts }) => size === null || parts.length === 0).length;
  const agreed = agreements.map((one) => [one, counted(subjects, one)] as const).filter(([, { length }]) => length > 0);
  const differing = disagreements
    .map((one) => [one, counted(subjects, one)] as const)
    .filter(([, { length }]) => length > 0);
  const same = agreed.reduce((sum, [, { length }]) => sum + length, 0);
  const percent = ((100 * same) / subjects.length).toFixed(1);
  const inlined = copies.filter(({ chosen }) => chosen.depth > 0).length;
  const unknown = unexplained(comparison);
  return [
    `## ${name}`,
    '',
    `${copies.length} functions: ${copies.length - inlined} copies out of line, ${inlined} inlined ones. They have ${args.length} parameters in`,
    `${subjects.length} places; ${sizeless} more have no size, or none that is known. **${same} places (${percent} %) are the same.**`,
    '',
    row('the same', 'places'),
    row('---', '---:'),
    ...agreed.map(([{ title }, { length }]) => row(title, length)),
    '',
    row('different', 'places', 'right', 'why', 'for example'),
    row('---', '---:', '---', '---', '---'),
    ...differing.map(([{ title, right, why }, found]) => row(title, found.length, right, why, example(found[0]!))),
    ...unknown.map((one) => row('unexplained', 1, 'open', '', example(one))),
    ...(left.length === 0 ? [] : ['', ...leftLines(left)]),
    ...(runs === null ? [] : ['', ...runLines(runs)]),
  ];
};

const leftLines = (left: Comparison['left']): string[] => {
  const reasons = new Map<string, number>();
  for (const { why } of left) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  return [`Left out: ${[...reasons].map(([why, count]) => `${count} copies (${why})`).join(', ')}.`];
};

/** Whether both tools read the same bytes of some parts; null: one of them reads none. */
const isSame = ({ own, gdb }: RunArgument, parts: readonly Part[]): boolean | null => {
  const known = Object.keys(own).filter(
    (at) => gdb?.[at] !== undefined && parts.some(({ from, to }) => Number(at) >= from && Number(at) < to),
  );
  return known.length === 0 ? null : known.every((at) => own[at] === gdb?.[at]);
};

/** One line for each class: at the first call of each function, the values by both tools' places. */
const runLines = (runs: readonly RunArgument[]): string[] => {
  const lines = [...agreements, ...disagreements].flatMap((one): string[] => {
    const found = runs.flatMap((run) => {
      const { copy, argument } = run;
      const parts = argument.parts.filter(
        (part) => part.own.kind !== 'gone' && classOf({ copy, argument, part }) === one,
      );
      return parts.length === 0 || argument.shown.evidence === 'conflict' ? [] : [{ run, same: isSame(run, parts) }];
    });
    if (found.length === 0) return [];
    const other = found.filter(({ same }) => same === false);
    const later = other.flatMap(({ run: { steps } }) => (steps === null ? [] : [steps]));
    const references = found.filter(({ run }) => run.readable !== null);
    return [
      row(
        one.title,
        found.length,
        found.filter(({ same }) => same === true).length,
        other.length,
        later.length === 0 ? '' : `${later.length}, after ${Math.max(...later)} instructions at most`,
        references.length === 0 ? '' : `${references.filter(({ run }) => run.readable).length} of ${references.length}`,
      ),
    ];
  });
  return [
    `Run: ${new Set(runs.map(({ copy }) => copy.shown.address)).size} of the functions out of line (the chosen ones, and all others that have a parameter in one slot for the whole function) were called.`,
    'At the first instruction of each first call:',
    '',
    row(
      'places',
      'parameters read',
      'gdb reads the same',
      'gdb reads something else',
      'and the same later',
      'references of rsym’s that hold',
    ),
    row('---', '---:', '---:', '---:', '---', '---:'),
    ...lines,
  ];
};
