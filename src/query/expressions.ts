import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { Scope } from '../expr/context.ts';
import { UnknownName } from '../expr/fault.ts';
import { parseFilter, parseGrouping } from '../expr/filter.ts';
import type { BoolNode, KeyNode } from '../expr/tree.ts';
import type { ProbeSite } from '../trace/site.ts';

export type Expressions = {
  /** Which calls are wanted. */
  readonly when?: string | undefined;
  /** What calls are told apart by. */
  readonly by?: string | undefined;
};

export type TypedSites = {
  readonly sites: readonly ProbeSite[];
  /** Functions that an expression doesn't fit, one plain line each. */
  readonly notes: readonly string[];
};

/**
 * Types expressions for each copy. Functions that they don't fit are left out, with a note.
 *
 * @throws {RsymError} `usage` where they fit none.
 */
export const typeExpressions = (sites: readonly ProbeSite[], { when, by }: Expressions): TypedSites => {
  if (when === undefined && by === undefined) return { sites, notes: [] };
  const typed = new Map<ProbeSite, ProbeSite>();
  const faults = new Map<string, RsymError>();
  for (const site of sites) {
    try {
      const scope = scopeOf(site);
      typed.set(site, {
        ...site,
        ...(when === undefined ? {} : { when: parseFilter(when, scope) }),
        ...(by === undefined ? {} : { by: parseGrouping(by, scope) }),
      });
    } catch (error) {
      if (!(error instanceof RsymError)) throw error;
      if (!faults.has(site.name)) faults.set(site.name, error);
    }
  }
  if (typed.size === 0 && faults.size > 0) throw withSignatureHint(mostTelling(faults), sites);
  const fitting = new Set([...typed.keys()].map(({ name }) => name));
  const notes = [...faults].flatMap(([name, error]) =>
    fitting.has(name) ? [] : [`${sanitize(name)} is left out: ${error.message.split('\n', 1)[0]}`],
  );
  return {
    sites: sites.flatMap(
      (site) => typed.get(site) ?? (fitting.has(site.name) ? [undecidable(site, { when, by })] : []),
    ),
    notes,
  };
};

/** Of a function that has what is named; where there are others, it is told which. */
const mostTelling = (faults: ReadonlyMap<string, RsymError>): RsymError => {
  const all = [...faults];
  const known = all.find(([, fault]) => !(fault instanceof UnknownName));
  const [name, fault] = (known ?? all[0]) as (typeof all)[number];
  if (known === undefined || all.every(([, other]) => other.message === fault.message)) return fault;
  const { code, message, reason, hints, cause } = fault;
  return new RsymError(code, `of ${sanitize(name)}: ${message}`, { reason, hints, cause });
};

/** Registers that nobody gave names and types may be what was meant. */
const withSignatureHint = (fault: RsymError, sites: readonly ProbeSite[]): RsymError => {
  const raw = sites.find(({ plan }) => plan.args.some(({ evidence }) => evidence === 'raw'));
  if (raw === undefined) return fault;
  const example = `'${sanitize(raw.name)}(s: *const c_char, n: usize) -> usize'`;
  const { code, message, reason, hints, cause } = fault;
  return new RsymError(code, message, {
    reason,
    hints: [...hints, `with a signature arguments have names and types: ${example}`],
    cause,
  });
};

/** What isn't known of a copy, as of one without types, can't be named for it. */
const scopeOf = ({ plan: { args, ret } }: ProbeSite): Scope => ({ args, ret: ret.mode === 'unknown' ? null : ret });

/** A copy that lacks what other copies of its function have: nothing is known of its calls. */
const undecidable = (site: ProbeSite, { when, by }: Expressions): ProbeSite => ({
  ...site,
  ...(when === undefined ? {} : { when: nothing }),
  ...(by === undefined ? {} : { by: { kind: 'bool', node: nothing } satisfies KeyNode }),
});

/** Of an argument that no call has. */
const nothing: BoolNode = {
  kind: 'bool',
  place: { kind: 'own', root: { kind: 'argument', index: Number.MAX_SAFE_INTEGER }, offset: 0 },
};
