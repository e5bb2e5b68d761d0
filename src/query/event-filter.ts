import { evaluate } from '../expr/evaluate.ts';
import { isUndecided } from '../expr/outcome.ts';
import type { BoolNode } from '../expr/tree.ts';
import type { CallEvent } from '../trace/event.ts';
import type { CopyInfo, ProbeSite } from '../trace/site.ts';
import { typeExpressions } from './expressions.ts';

/** A condition on events that are there, as `--when` is one on calls that come. */
export type EventFilter = {
  /** Functions that it doesn't fit, one plain line each: none of their calls passes. */
  readonly notes: readonly string[];
  /** Whether it holds for a call; null: what is known of the call doesn't tell. */
  readonly test: (call: CallEvent) => boolean | null;
};

/**
 * Types a condition for the functions that are watched.
 *
 * @throws {RsymError} `usage` where it can't be read, or fits none of them.
 */
export const eventFilter = (sites: readonly ProbeSite[], text: string): EventFilter => {
  const typed = typeExpressions(sites, { when: text });
  const conditions = new Map<CopyInfo, BoolNode>();
  for (const { copy, when } of typed.sites) if (when !== undefined) conditions.set(copy, when);
  return {
    notes: typed.notes,
    test: ({ copy, environment }) => {
      const condition = conditions.get(copy);
      if (condition === undefined) return false;
      if (environment === undefined) return null;
      const holds = evaluate(condition, environment);
      return isUndecided(holds) ? null : holds;
    },
  };
};
