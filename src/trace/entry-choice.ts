import { groupBy } from '../base/group-by.ts';
import { sanitize } from '../base/text.ts';
import type { BoolNode } from '../expr/tree.ts';
import type { EntryChoice } from './bpf/choose.ts';
import type { Surroundings } from './bpf/entry.ts';
import type { EntryCondition } from './entry-condition.ts';
import type { ProbeSite } from './site.ts';

/** Which of a function's calls its programs choose. */
export type Decided = {
  /** What of the condition on a call's beginning is left to the reader. */
  readonly rest: BoolNode | null;
  /** Whether programs take samples, and keep to the rate. */
  readonly sample: boolean;
  readonly rateLimit: boolean;
};

/** The choice among calls for which a condition holds comes behind it: so must what makes it. */
export const decisionsOn = (conditions: readonly EntryCondition[]): readonly Decided[] => {
  // A limit over all functions is kept to in one place.
  const rateLimit = conditions.every(({ rest }) => rest === null);
  return conditions.map(({ rest }) => ({ rest, sample: rest === null, rateLimit }));
};

/** Null: every call is told. */
export const choiceOf = (
  { code, rest, hasExit }: EntryCondition,
  decided: Decided,
  { thinning }: Surroundings,
): EntryChoice | null => {
  const sample = decided.sample ? (thinning?.sample ?? 1) : 1;
  const rateLimit = decided.rateLimit ? (thinning?.rateLimit ?? null) : null;
  const thins = sample !== 1 || rateLimit !== null;
  if (code === null && !thins) return null;
  return {
    when: code,
    keepsUndecided: code !== null && (rest !== null || hasExit),
    thinning: thins ? { sample, rateLimit } : null,
  };
};

/** What is told of conditions that the kernel decides not at all, or in part. */
export const notesOn = (
  sites: readonly ProbeSite[],
  conditions: readonly EntryCondition[],
  left: ReadonlySet<number>,
): string[] => {
  const notes: string[] = [];
  const reasons = groupBy(
    sites.flatMap(({ name }, fn) => {
      const { reason = null, code = null } = conditions[fn] ?? {};
      return reason === null ? [] : [{ name: sanitize(name), reason, isPart: code !== null }];
    }),
    ({ reason, isPart }) => `${isPart} ${reason}`,
  );
  for (const [, same] of reasons) {
    const [{ reason, isPart } = { reason: '', isPart: false }] = same;
    const names = [...new Set(same.map(({ name }) => name))];
    const of = names.length === 1 ? names[0] : `${names.length} functions`;
    notes.push(`--when is decided by rsym${isPart ? ' in part' : ''}, from events of ${of}: ${reason}`);
  }
  const late = conditions.filter(({ hasExit }, fn) => hasExit && !left.has(fn));
  if (late.length > 0) {
    const which = late.every(({ code }) => code !== null) ? 'those for which the rest holds' : 'every one';
    notes.push(`--when on a result or a duration is decided by rsym, when a call has ended: events come of ${which}`);
  }
  return notes;
};
