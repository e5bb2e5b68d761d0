import { align } from './align.ts';
import { compareTexts } from './debug-form.ts';
import { plainType, providedName } from './function-name.ts';
import type { PrintedCall, PrintedValue, TracedCall, TracedValue } from './lines.ts';

/** What became of one value that the program printed. */
export type Verdict = {
  readonly function: string;
  /** Of the function's calls, from 1. */
  readonly call: number;
  readonly value: PrintedValue;
  readonly traced: TracedValue | null;
  readonly copy: string | null;
} & (
  | { readonly kind: 'shown'; readonly evidence: string }
  | { readonly kind: 'wrong'; readonly at: string }
  | { readonly kind: 'not-shown'; readonly reason: string }
);

export type Judgement = {
  readonly verdicts: readonly Verdict[];
  /** Functions that were called and of which no event speaks. */
  readonly silent: readonly string[];
  readonly functions: number;
  /** How many more events than lines there are of functions whose calls are told. */
  readonly excess: ReadonlyMap<string, number>;
  /** Events of other functions. */
  readonly others: ReadonlyMap<string, number>;
};

type Found =
  | { kind: 'shown'; evidence: string }
  | { kind: 'wrong'; at: string }
  | { kind: 'not-shown'; reason: string };

const notShown = (reason: string): Found => ({ kind: 'not-shown', reason });

/** A HashMap's elements come in any order; so do those of a type whose fields aren't known here. */
const hasOrder = (type: string): boolean => type.includes('BTree') && !type.includes('Hash');

const isAddress = (text: string): boolean => /^0x[0-9a-f]+$/.test(text);

const judgeValue = (printed: PrintedValue, traced: TracedValue | null, absent: string): Found => {
  if (traced === null) return notShown(absent);
  if (traced.evidence === 'raw') return notShown('raw register');
  const missing = (traced.value as { $missing?: unknown } | null)?.$missing;
  if (typeof missing === 'string') return notShown(missing);
  if (isAddress(traced.text) && !isAddress(printed.text)) return notShown('address only');
  const comparison = compareTexts(printed.text, traced.text, hasOrder(printed.type));
  if (comparison.kind === 'different') return { kind: 'wrong', at: comparison.at };
  if (comparison.kind === 'part') return notShown(`in part: ${comparison.lacks.join(', ')}`);
  return { kind: 'shown', evidence: traced.evidence };
};

const argumentOf = (call: TracedCall, name: string): TracedValue | null =>
  call.args.find((argument) => argument.name === name) ?? null;

const absentResult = (call: TracedCall): string => `no result: ${call.copy}, ${call.outcome ?? 'no outcome'}`;

const judgeCall = (printed: PrintedCall, number: number, call: TracedCall | null): Verdict[] => {
  const verdict = (value: PrintedValue, traced: TracedValue | null, absent: string): Verdict => ({
    function: printed.function,
    call: number,
    value,
    traced,
    copy: call?.copy ?? null,
    ...judgeValue(value, traced, call === null ? 'no event' : absent),
  });
  const values = printed.args.map((value) =>
    verdict(value, call && argumentOf(call, value.name), 'no such argument in the event'),
  );
  if (printed.ret === null) return values;
  const result = verdict(printed.ret, call?.ret ?? null, call === null ? '' : absentResult(call));
  // A unit that isn't shown, or is, says nothing; another value in its place is wrong.
  return printed.ret.text === '()' && result.kind !== 'wrong' ? values : [...values, result];
};

/** How well an event fits a line: each argument or result that agrees speaks for it. */
const agreement = (printed: PrintedCall, call: TracedCall): number =>
  judgeCall(printed, 0, call).reduce((sum, { kind }) => sum + (kind === 'shown' ? 2 : kind === 'wrong' ? -2 : 0), 0);

const groupedBy = <Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

const add = (counts: Map<string, number>, key: string, count: number): void => {
  if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
};

/** Arguments' types of a call, to tell instances of one function apart. */
const instanceOf = (args: readonly { name: string; type: string }[], names: readonly string[]): string =>
  names.map((name) => plainType(args.find((argument) => argument.name === name)?.type ?? '')).join('; ');

/** Lines of one function in one thread, and its events; of each instance apart where there are several. */
const instances = (
  lines: readonly PrintedCall[],
  events: readonly TracedCall[],
): { lines: readonly PrintedCall[]; events: readonly TracedCall[] }[] => {
  const names = lines[0]!.args.map(({ name }) => name);
  const byInstance = groupedBy(lines, ({ args }) => instanceOf(args, names));
  if (byInstance.size === 1) return [{ lines, events }];
  const eventsOf = groupedBy(events, ({ args }) => instanceOf(args, names));
  const groups = [...byInstance].map(([key, group]) => ({ lines: group, events: eventsOf.get(key) ?? [] }));
  const unclaimed = [...eventsOf].filter(([key]) => !byInstance.has(key)).flatMap(([, group]) => group);
  return unclaimed.length === 0 ? groups : [...groups, { lines: [], events: unclaimed }];
};

/**
 * Judges the events of a run by the lines of the same run; or, without `byThread`, by those of another one of the same
 * program. Calls of a function are matched in order within their thread.
 */
export const judge = (printed: readonly PrintedCall[], calls: readonly TracedCall[], byThread: boolean): Judgement => {
  const keyOf = ({ tid, function: name }: PrintedCall | TracedCall): string => (byThread ? `${tid} ${name}` : name);
  const traced = groupedBy<TracedCall>(calls, keyOf);
  const told = new Set(printed.map((line) => line.function));
  const verdicts: Verdict[] = [];
  const excess = new Map<string, number>();
  const others = new Map<string, number>();
  const withEvents = new Set<string>();
  const judged = new Set<string>();
  for (const [key, all] of groupedBy<PrintedCall>(printed, keyOf)) {
    const name = all[0]!.function;
    const provided = providedName(name);
    const found = traced.has(key) || provided === null ? key : key.replace(name, provided);
    const ofFunction = traced.get(found) ?? [];
    judged.add(found);
    if (ofFunction.length > 0) withEvents.add(name);
    for (const { lines, events } of instances(all, ofFunction)) {
      const partners = align(lines, events, agreement);
      for (const [i, line] of lines.entries()) verdicts.push(...judgeCall(line, i + 1, partners[i] ?? null));
      add(excess, name, events.length - partners.filter((partner) => partner !== null).length);
    }
  }
  for (const [key, events] of traced) {
    const name = events[0]!.function;
    if (!judged.has(key)) add(told.has(name) ? excess : others, name, events.length);
  }
  return { verdicts, silent: [...told].filter((name) => !withEvents.has(name)), functions: told.size, excess, others };
};
