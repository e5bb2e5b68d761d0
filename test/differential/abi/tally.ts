import type { Outcome, Verdict } from './judge.ts';

type Row = Record<Outcome, number>;

/** The groups that are counted apart: what the optimiser left alone, changed, merged with a like function, or removed. */
const groups = ['none', 'changed', 'aliased', 'gone'] as const;
const titles = { none: 'left alone', changed: 'changed', aliased: 'merged', gone: 'removed' } as const;

export type Tally = Readonly<Record<(typeof groups)[number], Row>>;

export const tally = (verdicts: readonly Verdict[]): Tally => {
  const empty = (): Row => ({ right: 0, wrong: 0, unknown: 0, absent: 0 });
  const counts = { none: empty(), changed: empty(), aliased: empty(), gone: empty() };
  for (const { entry, outcome } of verdicts) counts[entry.change.kind][outcome] += 1;
  return counts;
};

export const tallyText = (counts: Tally): string[] =>
  groups
    .filter((group) => Object.values(counts[group]).some((count) => count > 0))
    .map((group) => {
      const { right, wrong, unknown, absent } = counts[group];
      return `  ${titles[group].padEnd(11)} right ${right}, wrong ${wrong}, unknown ${unknown}, not shown ${absent}`;
    });

export const verdictText = ({ entry, outcome, why }: Verdict): string => {
  const changed =
    entry.change.kind === 'changed'
      ? ` [now ${entry.change.to}]`
      : entry.change.kind === 'none'
        ? ''
        : ` [${entry.change.kind}]`;
  return `${outcome} ${entry.name} (${entry.kind}, ${entry.compiler} O${entry.opt}) ${entry.signature}${changed}\n    ${why.join('\n    ')}`;
};
