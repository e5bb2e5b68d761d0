import { longestText } from '../../expr/longest-text.ts';
import { callEnvironment } from '../call-environment.ts';
import type { CallSink } from '../call-sink.ts';
import { captureLimits } from '../capture-limits.ts';
import type { EndedCall } from '../correlate.ts';
import type { CallEvent, EndEvent, Losses, ProgramEnd } from '../event.ts';
import type { LeftOut } from '../left-out.ts';
import { noLosses } from '../losses.ts';
import { nextReading } from '../next-reading.ts';
import type { ProbeSite } from '../site.ts';
import type { EnteredCall } from '../thread-calls.ts';
import { type TraceRequest, traceInto } from '../tracer.ts';
import { CallSums } from './call-sums.ts';
import type { AggregateGaps, AggregateReading, AggregateRun } from './model.ts';
import { isLate } from './phase.ts';

/** Sums up the calls of a trace: what the kernel can't do by itself. */
export async function* readerReadings(run: AggregateRun): AsyncGenerator<AggregateReading, void, void> {
  const sites = run.sites.map((site) => watchedSite(site, run.of));
  const sink = new SumSink(run, sites);
  const landings = sites.some(({ returns }) => returns.mode !== 'none') ? run.landings : [];
  const request: TraceRequest = {
    sites,
    landings,
    notes: [],
    scope: run.scope,
    children: run.children,
    coldPages: false,
    entries: true,
    texts: false,
    limits: captureLimits(textLimit(run)),
    ringBytes,
    maxPending: run.maxPending,
    ...(run.sample === undefined ? {} : { thinning: { sample: run.sample, rateLimit: null } }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
    ...(run.seconds === undefined ? {} : { seconds: run.seconds }),
    onAttached: (attached) => {
      sink.begin();
      run.onAttached?.(attached);
    },
  };
  yield* traceInto(request, () => sink);
}

const ringBytes = 32 << 20;

/** What is asked of a text may be about more of it than a key keeps. */
const leastText = 1_024;
const mostText = 4_096;

const textLimit = ({ sites, maxText }: AggregateRun): number => {
  const asked = sites.flatMap(({ when, by }) => [when, by].map((node) => (node === undefined ? 0 : longestText(node))));
  return Math.max(maxText + 1, leastText, Math.min(mostText, Math.max(0, ...asked) + 1));
};

/** Exits that nobody needs are not probed; where a loop goes to the entry they tell calls from its turns. */
const watchedSite = (site: ProbeSite, of: AggregateRun['of']): ProbeSite =>
  of === 'calls' && !isLate(site) && !site.loopsToEntry
    ? { ...site, returns: { mode: 'none', reason: 'calls are counted as they begin' } }
    : site;

/** Sums of calls in the place of their events. */
class SumSink implements CallSink<AggregateReading> {
  readonly #run: AggregateRun;
  readonly #sites: readonly ProbeSite[];
  readonly #isLate: readonly boolean[];
  readonly #sums: CallSums;
  readonly #unwound: bigint[];
  readonly #stepMs: number;
  #startedAt = 0;
  #readAt = Number.POSITIVE_INFINITY;
  #notes: string[] = [];
  #losses: Losses = noLosses;
  #end: { readonly program: ProgramEnd | null } | null = null;

  constructor(run: AggregateRun, sites: readonly ProbeSite[]) {
    this.#run = run;
    this.#sites = sites;
    this.#isLate = sites.map((site) => run.of === 'durations' || isLate(site));
    this.#sums = new CallSums(run);
    this.#unwound = sites.map(() => 0n);
    this.#stepMs = run.interval === undefined ? Number.POSITIVE_INFINITY : run.interval * 1_000;
  }

  begin(): void {
    this.#startedAt = performance.now();
    this.#readAt = this.#stepMs;
  }

  get isEmpty(): boolean {
    return this.#ms < this.#readAt;
  }

  get #ms(): number {
    return performance.now() - this.#startedAt;
  }

  take(leftOut: () => LeftOut | null): AggregateReading {
    this.#readAt = nextReading(this.#readAt, this.#stepMs, this.#ms);
    const { entries, exits, pending, threads, processes } = this.#losses;
    const notes = this.#notes;
    this.#notes = [];
    return {
      seconds: this.#ms / 1_000,
      groups: this.#sums.groups,
      gaps: this.#gaps(leftOut()),
      lost: {
        groups: this.#sums.lost,
        pending: BigInt(pending + threads),
        processes,
        events: BigInt(entries + exits),
      },
      notes,
      program: this.#end?.program ?? null,
      isLast: this.#end !== null,
    };
  }

  #gaps(leftOut: LeftOut | null): AggregateGaps {
    const undecided = this.#sites.map(() => 0n);
    const skipped = this.#sites.map(() => 0n);
    for (const { site, notSampled, ...own } of leftOut?.functions ?? []) {
      undecided[site] = BigInt(Object.values(own.undecided).reduce((sum, calls) => sum + calls, 0));
      skipped[site] = BigInt(notSampled);
    }
    return { undecided, skipped, unwound: [...this.#unwound] };
  }

  addCall({ enter }: EnteredCall, event: CallEvent['event'], ended: EndedCall | null): void {
    const site = this.#sites[enter.fn];
    const isLate = this.#isLate[enter.fn];
    if (site === undefined || isLate !== (event === 'call')) return;
    const call = callEnvironment(site, enter, ended?.ret ?? null, ended?.duration ?? null);
    switch (ended?.outcome) {
      case 'running':
        return;
      case 'unwound':
      case 'left':
      case 'exited':
        this.#unwound[enter.fn] = (this.#unwound[enter.fn] ?? 0n) + 1n;
        return;
      case 'entered':
        // Its end isn't watched: what needs it is undecided.
        if (this.#run.of === 'calls') this.#sums.add(enter.fn, call, null);
        return;
      default:
        this.#sums.add(enter.fn, call, ended?.duration ?? null);
    }
  }

  addNotes(texts: readonly string[]): void {
    this.#notes.push(...texts);
  }

  addLost({ losses }: { readonly losses: Losses }): void {
    const sum = (name: keyof Losses): number => this.#losses[name] + losses[name];
    this.#losses = {
      entries: sum('entries'),
      exits: sum('exits'),
      pending: sum('pending'),
      threads: sum('threads'),
      landings: sum('landings'),
      threadEnds: sum('threadEnds'),
      processes: sum('processes'),
    };
  }

  addEnd({ lost, program }: Omit<EndEvent, 'event' | 'time' | 'seq'>): void {
    this.#losses = lost;
    this.#end = { program };
  }
}
