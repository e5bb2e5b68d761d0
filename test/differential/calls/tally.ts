import type { Judgement, Verdict } from './judge.ts';
import type { Trace } from './lines.ts';

/** How often each comes, the most frequent first. */
const counted = (keys: Iterable<string>): [string, number][] => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
};

const list = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([key, count]) => `${key} ${count}`).join(', ');

const percent = (part: number, whole: number): string => `${((100 * part) / Math.max(whole, 1)).toFixed(1)} %`;

export type Counts = { readonly printed: number; readonly shown: number; readonly wrong: number };

export const countsOf = ({ verdicts }: Judgement): Counts => ({
  printed: verdicts.length,
  shown: verdicts.filter(({ kind }) => kind === 'shown').length,
  wrong: verdicts.filter(({ kind }) => kind === 'wrong').length,
});

const place = ({ function: name, call, value }: Verdict): string =>
  `${name} call ${call}, ${value.name}: ${value.type}`;

const wrongText = (verdict: Verdict & { kind: 'wrong' }): string[] => [
  `  WRONG ${place(verdict)} [${verdict.copy}, ${verdict.traced?.evidence}] ${verdict.at}`,
  `    printed ${verdict.value.text}`,
  `    shown   ${verdict.traced?.text}`,
];

/** What was found, in lines; `isVerbose` adds each value that isn't shown, and each event that no line explains. */
export const tallyText = (title: string, judgement: Judgement, trace: Trace, isVerbose: boolean): string[] => {
  const { printed, shown, wrong } = countsOf(judgement);
  const { verdicts, silent, functions } = judgement;
  const missing = verdicts.filter((verdict) => verdict.kind === 'not-shown');
  const lost = Object.entries(trace.lost ?? {}).filter(([, count]) => count > 0);
  const events = (title: string, counts: ReadonlyMap<string, number>): string => {
    const sorted = [...counts].sort(([, a], [, b]) => b - a);
    const sum = sorted.reduce((all, [, count]) => all + count, 0);
    return `  ${title}${sum}${isVerbose && sum > 0 ? `: ${list(sorted)}` : ''}`;
  };
  return [
    ...verdicts.flatMap((verdict) => (verdict.kind === 'wrong' ? wrongText(verdict) : [])),
    ...(isVerbose
      ? missing.map(
          (verdict) =>
            `  ${verdict.reason}: ${place(verdict)}${verdict.traced?.note ? ` (${verdict.traced.note})` : ''}`,
        )
      : []),
    `${title}: ${printed} values of ${functions} functions printed`,
    `  shown      ${percent(shown, printed)}: ${list(counted(verdicts.flatMap((verdict) => (verdict.kind === 'shown' ? [verdict.evidence] : []))))}`,
    `  wrong      ${wrong}`,
    `  not shown  ${missing.length}: ${list(counted(missing.map(({ reason }) => reason)))}`,
    `  functions without an event  ${silent.length}${isVerbose && silent.length > 0 ? `: ${silent.join(', ')}` : ''}`,
    events('events without a call       ', judgement.excess),
    events('events of other functions   ', judgement.others),
    ...(trace.lost === null ? ['  the trace has no end'] : []),
    ...(lost.length === 0 ? [] : [`  lost: ${list(lost)}`]),
    ...(isVerbose ? trace.notes.map((note) => `  note: ${note}`) : []),
  ];
};
