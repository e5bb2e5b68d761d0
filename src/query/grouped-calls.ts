import type { AggregateReading } from '../trace/aggregate/model.ts';
import { type KeyForm, keyForm, shownKey } from '../trace/aggregate/shown-key.ts';
import type { JsonValue } from '../trace/decode/decode.ts';
import type { CopyInfo, ProbeSite } from '../trace/site.ts';

/** Calls of one copy of a function. */
export type CopyCalls = { readonly copy: CopyInfo; readonly calls: bigint };

/** The calls of a function that have one key. */
export type GroupCalls = {
  readonly function: string;
  /** As JSON and as Rust's `Debug` form; null: calls are told apart by nothing but their function. */
  readonly key: { readonly value: JsonValue; readonly text: string } | null;
  readonly total: bigint;
  /** Since the reading before. */
  readonly recent: bigint;
  /** Copies that had such calls. */
  readonly copies: readonly CopyCalls[];
  /** There are, or may be, more calls than these. */
  readonly isLeast: boolean;
};

/** What isn't in any group. */
export type UngroupedCalls = {
  readonly function: string;
  readonly copy: CopyInfo;
  /** Whether they were wanted couldn't be told. */
  readonly undecided: bigint;
  /** They ended without the result that is needed: by an unwinder, another jump over frames, or with their thread. */
  readonly unwound: bigint;
};

type Group = { -readonly [Name in keyof GroupCalls]: GroupCalls[Name] } & { readonly copies: CopyCalls[] };

/** What doesn't change from reading to reading. */
export class GroupedSites {
  readonly sites: readonly ProbeSite[];
  readonly #forms: ReadonlyMap<string, KeyForm>;
  readonly #doubted: ReadonlySet<string>;

  /** `doubted`: functions of which some calls may not be seen. */
  constructor(sites: readonly ProbeSite[], doubted: readonly string[] = []) {
    this.sites = sites;
    this.#forms = formsOf(sites);
    this.#doubted = new Set(doubted);
  }

  isDoubted(name: string): boolean {
    return this.#doubted.has(name);
  }

  get hasDoubts(): boolean {
    return this.#doubted.size > 0;
  }

  formOf(name: string): KeyForm {
    return this.#forms.get(name) ?? [];
  }
}

/** A number is written alike for all copies of a function: as the widest of their types. */
const formsOf = (sites: readonly ProbeSite[]): Map<string, KeyForm> => {
  const forms = new Map<string, KeyForm>();
  for (const { name, by } of sites) {
    const form = by === undefined ? [] : keyForm(by);
    const known = forms.get(name);
    if (form.length > 0) forms.set(name, known === undefined ? form : form.map((one, i) => one && known[i] === true));
  }
  return forms;
};

/** The calls of all groups until a moment: all copies of a function together. */
export class GroupedCalls {
  readonly #groups: ReadonlyMap<string, Group>;
  /** Seconds since the reading before. */
  readonly recentSeconds: number;
  /** In groups. */
  readonly total: bigint;
  readonly recent: bigint;
  /** Calls for which there was no room for another group. */
  readonly crowdedOut: bigint;
  readonly crowdedOutRecently: bigint;
  /** There are, or may be, more calls than these. */
  readonly isLeast: boolean;
  /** By copy, where there are such calls. */
  readonly ungrouped: readonly UngroupedCalls[];
  readonly #seconds: number;

  constructor(
    known: GroupedSites,
    { groups, gaps, lost, seconds }: Pick<AggregateReading, 'groups' | 'gaps' | 'lost' | 'seconds'>,
    before: GroupedCalls | null,
  ) {
    const isLosing = lost.events > 0n || lost.pending > 0n || lost.processes > 0;
    const merged = new Map<string, Group>();
    for (const { site: number, key, calls } of groups) {
      const site = known.sites[number];
      if (site === undefined || calls === 0n) continue;
      const shown = key === null ? null : shownKey(key, known.formOf(site.name));
      const id = `${site.name}\0${shown?.text ?? ''}`;
      const isLeast = isLosing || known.isDoubted(site.name);
      const group = merged.get(id) ?? { function: site.name, key: shown, total: 0n, recent: 0n, copies: [], isLeast };
      merged.set(id, group);
      group.total += calls;
      group.copies.push({ copy: site.copy, calls });
    }
    const earlier = before === null ? null : before.#groups;
    for (const [id, group] of merged) group.recent = group.total - (earlier?.get(id)?.total ?? 0n);
    this.#groups = merged;
    this.#seconds = seconds;
    this.recentSeconds = before === null ? seconds : seconds - before.#seconds;
    this.total = Array.from(merged.values()).reduce((sum, { total }) => sum + total, 0n);
    this.recent = this.total - (before?.total ?? 0n);
    this.crowdedOut = lost.groups;
    this.crowdedOutRecently = lost.groups - (before?.crowdedOut ?? 0n);
    this.isLeast = isLosing || known.hasDoubts;
    this.ungrouped = known.sites.flatMap(({ name, copy }, i) => {
      const undecided = gaps.undecided[i] ?? 0n;
      const unwound = gaps.unwound[i] ?? 0n;
      return undecided > 0n || unwound > 0n ? [{ function: name, copy, undecided, unwound }] : [];
    });
  }

  /** No call was seen, not even one that isn't in a group. */
  get isNothing(): boolean {
    return this.total === 0n && this.crowdedOut === 0n && this.ungrouped.length === 0;
  }

  /** How many there are. */
  get groups(): number {
    return this.#groups.size;
  }

  /** Groups with the most calls first, all together or since the reading before; then by function and key. */
  most(count: number, by: 'total' | 'recent' = 'total'): GroupCalls[] {
    const other = by === 'total' ? 'recent' : 'total';
    return [...this.#groups.values()]
      .sort((a, b) => compare(b[by], a[by]) || compare(b[other], a[other]) || inOrder(a, b))
      .slice(0, count);
  }

  /** Every group: those with the most calls come first. */
  all(): GroupCalls[] {
    return this.most(this.#groups.size);
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const collator = new Intl.Collator('en', { numeric: true });

const inOrder = (a: GroupCalls, b: GroupCalls): number =>
  collator.compare(a.function, b.function) || collator.compare(a.key?.text ?? '', b.key?.text ?? '');
