import { align } from './align.ts';
import { compareTexts } from './debug-form.ts';
import { providedName } from './function-name.ts';
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
  /** Events without a line, by function. */
  readonly extra: ReadonlyMap<string, number>;
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

const grouped = <Item extends { function: string; tid: number }>(
  items: readonly Item[],
  byThread: boolean,
): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = byThread ? `${item.tid} ${item.function}` : item.function;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};

/**
 * Judges the events of a run by the lines of the same run; or, without `byThread`, by those of another one of the same
 * program. Calls of a function are matched in order within their thread.
 */
export const judge = (printed: readonly PrintedCall[], calls: readonly TracedCall[], byThread: boolean): Judgement => {
  const traced = grouped(calls, byThread);
  const verdicts: Verdict[] = [];
  const extra = new Map<string, number>();
  const withEvents = new Set<string>();
  const judged = new Set<string>();
  for (const [key, lines] of grouped(printed, byThread)) {
    const name = lines[0]!.function;
    const provided = providedName(name);
    const other = provided === null ? key : key.replace(name, provided);
    const found = traced.has(key) ? key : other;
    const events = traced.get(found) ?? [];
    judged.add(found);
    if (events.length > 0) withEvents.add(name);
    const partners = align(lines, events, agreement);
    for (const [i, line] of lines.entries()) verdicts.push(...judgeCall(line, i + 1, partners[i] ?? null));
    const left = events.length - partners.filter((partner) => partner !== null).length;
    if (left > 0) extra.set(name, (extra.get(name) ?? 0) + left);
  }
  for (const [key, events] of traced) {
    const name = events[0]!.function;
    if (!judged.has(key)) extra.set(name, (extra.get(name) ?? 0) + events.length);
  }
  const names = new Set(printed.map((line) => line.function));
  return { verdicts, silent: [...names].filter((name) => !withEvents.has(name)), functions: names.size, extra };
};
