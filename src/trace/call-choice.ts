import { evaluate } from '../expr/evaluate.ts';
import { isUndecided, type Outcome } from '../expr/outcome.ts';
import { splitByPhase } from '../expr/phase.ts';
import type { BoolNode } from '../expr/tree.ts';
import type { Thinning } from './bpf/choose.ts';
import { reasons } from './bpf/expression/doubt.ts';
import { callEnvironment } from './call-environment.ts';
import type { EndedCall } from './correlate.ts';
import type { Decided } from './entry-choice.ts';
import { type LeftOut, LeftOutCounts } from './left-out.ts';
import type { EnterRecord } from './record.ts';
import { isSample, samplesAmong } from './sample.ts';
import type { FunctionStatistics } from './session-statistics.ts';
import type { ProbeSite } from './site.ts';

/**
 * What is known of a call at its beginning. `open`: it is wanted if the part of the condition holds that is known where it
 * returns.
 */
export type Prospect = 'wanted' | 'open' | 'dropped';

/** One that is false decides. */
const both = (a: Outcome<boolean>, b: Outcome<boolean>): Outcome<boolean> =>
  a === false || b === true ? a : b === false || a === true ? b : a;

/** Decides what programs don't, of calls one after the other, in the order in which they began and ended. */
export class CallChoice {
  readonly #sites: readonly ProbeSite[];
  readonly #thinning: Thinning;
  readonly #decided: readonly Decided[];
  readonly #exitParts: (BoolNode | null | undefined)[] = [];
  readonly #counts = new LeftOutCounts();
  /** Wanted calls of each copy so far. */
  readonly #wanted: number[] = [];
  #second = -1;
  #inSecond = 0;
  /** By its number, what was found of a call under way that isn't simply wanted. */
  readonly #underWay = new Map<number, Outcome<boolean>>();

  /** `decided`: by function, what programs decide. */
  constructor(sites: readonly ProbeSite[], thinning: Thinning, decided: readonly Decided[]) {
    this.#sites = sites;
    this.#thinning = thinning;
    this.#decided = decided;
  }

  entered(enter: EnterRecord): Prospect {
    const { rest = null } = this.#decided[enter.fn] ?? {};
    const exit = this.#exitPart(enter.fn);
    const holds = both(enter.undecided ?? true, rest === null ? true : this.#evaluate(rest, enter, null));
    if (holds === true && this.#takes(enter)) {
      if (exit === null) return 'wanted';
      this.#underWay.set(enter.sequence, true);
      return 'open';
    }
    this.#underWay.set(enter.sequence, holds === true ? false : holds);
    return 'dropped';
  }

  /** Whether a call is shown. */
  ended(call: EndedCall): boolean {
    const { enter } = call;
    const atEntry = this.#underWay.get(enter.sequence);
    if (atEntry === undefined) return true;
    this.#underWay.delete(enter.sequence);
    if (atEntry === false) return false;
    const exit = this.#exitPart(enter.fn);
    const holds = both(atEntry, exit === null ? true : this.#evaluate(exit, enter, call));
    if (isUndecided(holds)) this.#counts.addUndecided(enter.fn, holds.undecided);
    return holds === true;
  }

  /** `statistics`: what programs have counted, by function. */
  leftOut(statistics: readonly FunctionStatistics[]): LeftOut {
    const counts = this.#counts.copy();
    const { sample } = this.#thinning;
    statistics.forEach(({ wanted, overRate, undecided }, fn) => {
      for (const [i, why] of reasons.entries()) counts.addUndecided(fn, why, undecided[i]);
      counts.addNotSampled(fn, wanted - samplesAmong(wanted, sample));
      counts.addOverRate(fn, overRate);
    });
    return counts.of(this.#sites);
  }

  #exitPart(fn: number): BoolNode | null {
    const known = this.#exitParts[fn];
    if (known !== undefined) return known;
    const when = this.#sites[fn]?.when;
    const made = when === undefined ? null : splitByPhase(when).exit;
    this.#exitParts[fn] = made;
    return made;
  }

  #evaluate(node: BoolNode, enter: EnterRecord, ended: EndedCall | null): Outcome<boolean> {
    const site = this.#sites[enter.fn];
    if (site === undefined) return false;
    return evaluate(node, callEnvironment(site, enter, ended?.ret ?? null, ended?.duration ?? null));
  }

  /** Whether a call that is wanted is taken: as a sample, and in this second. */
  #takes(enter: EnterRecord): boolean {
    const { sample, rateLimit } = this.#thinning;
    const decided = this.#decided[enter.fn];
    if (decided?.sample !== true && !this.#isSample(enter.fn, sample)) {
      this.#counts.addNotSampled(enter.fn);
      return false;
    }
    if (rateLimit === null || decided?.rateLimit === true || this.#isInRate(enter, rateLimit)) return true;
    this.#counts.addOverRate(enter.fn);
    return false;
  }

  #isSample(fn: number, sample: number): boolean {
    const before = this.#wanted[fn] ?? 0;
    this.#wanted[fn] = before + 1;
    return isSample(before, sample);
  }

  #isInRate({ time }: EnterRecord, rateLimit: number): boolean {
    const second = Number(time / 1_000_000_000n);
    if (second > this.#second) {
      this.#second = second;
      this.#inSecond = 0;
    }
    // Of a second that is over it isn't known any more how many there were.
    if (second < this.#second || this.#inSecond >= rateLimit) return false;
    this.#inSecond++;
    return true;
  }
}
