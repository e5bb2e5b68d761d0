import type { Key } from '../../expr/key.ts';
import type { Undecided } from '../../expr/outcome.ts';
import type { ProgramEnd } from '../event.ts';
import type { LandingSite, ProbeSite } from '../site.ts';
import type { Scope } from '../target.ts';

/** Calls that are summed up instead of told one by one. */
export type AggregateRun = {
  /** With `when` and `by`: those of one function have keys of one kind. */
  readonly sites: readonly ProbeSite[];
  readonly landings: readonly LandingSite[];
  readonly scope: Scope;
  /** Descendants of the scope's processes are watched too. */
  readonly children: boolean;
  /** `calls` counts them as they begin, or where `when` or `by` need their result, as they return; `durations` as they return. */
  readonly of: 'calls' | 'durations';
  /** Groups of calls at one time, over all functions; calls of more are counted as `lost.groups`. */
  readonly maxGroups: number;
  /** Bytes of a text in a key; longer ones are told apart by so many. */
  readonly maxText: number;
  readonly maxPending: number;
  /** Take one of so many calls, of each copy by itself. */
  readonly sample?: number;
  /** Ends it; the last reading is still given. */
  readonly signal?: AbortSignal;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
  /** Told once every probe is planted, before a started program runs. */
  readonly onAttached?: (attached: Attached) => void;
};

export type Attached = {
  readonly probes: number;
  readonly pid: number | null;
  /** The first of the next reading's notes, which may be long in coming. */
  readonly notes?: readonly string[];
};

/** Calls of one copy and one key. */
export type AggregateGroup = {
  /** Its number among the sites. */
  readonly site: number;
  /** Null where nothing but the function tells them apart. */
  readonly key: Key | Undecided | null;
  readonly calls: bigint;
  /** Of `durations`: what is known of them. */
  readonly durations: Durations | null;
};

/** Durations of calls, ns. */
export type Durations = {
  readonly sum: bigint;
  readonly longest: bigint;
  /** Calls by bucket: see `bucketOf`. */
  readonly buckets: readonly bigint[];
};

/** By copy, what is in no group. */
export type AggregateGaps = {
  /** Whether they were wanted couldn't be told, by the reason. */
  readonly undecided: readonly bigint[];
  /** Not taken as a sample. */
  readonly skipped: readonly bigint[];
  /** Of `durations`: ended by an unwinder or another jump over frames, or with their thread. */
  readonly unwound: readonly bigint[];
};

export type AggregateReading = {
  /** Since it began. */
  readonly seconds: number;
  readonly groups: readonly AggregateGroup[];
  readonly gaps: AggregateGaps;
  readonly lost: {
    /** No room for another group. */
    readonly groups: bigint;
    /** No room in the table of calls under way, or in that of threads. */
    readonly pending: bigint;
    /** Children that there was no room to follow. */
    readonly processes: number;
    /** Events that did not reach us, where calls are summed up on our side. */
    readonly events: bigint;
  };
  readonly notes: readonly string[];
  /** How a started program ended; both null: it runs on. */
  readonly program: ProgramEnd | null;
  readonly isLast: boolean;
};
