import type { Piece } from '../../abi/place.ts';
import { phaseOf, splitByPhase } from '../../expr/phase.ts';
import type { BoolNode, KeyNode } from '../../expr/tree.ts';
import { type Code, store } from '../bpf/asm.ts';
import { type KeyLayout, keyLayout } from '../bpf/expression/key-layout.ts';
import { type EarlyArea, earlyParts, lowerCondition, lowerEarly, lowerKey } from '../bpf/expression/lower.ts';
import type { ExpressionProbe } from '../bpf/expression/probe.ts';
import { Unlowerable } from '../bpf/expression/unlowerable.ts';
import { Labels } from '../bpf/follow/labels.ts';
import { operandOf } from '../bpf/jump-target.ts';
import { loadedPages } from '../bpf/memory/loaded-pages.ts';
import { PENDING } from '../bpf/records.ts';
import type { ConditionCode, SumEntry } from '../bpf/sums/entry.ts';
import { DURATION, type SumExit } from '../bpf/sums/exit.ts';
import { GROUP } from '../bpf/sums/records.ts';
import type { ExitSite, ProbeSite } from '../site.ts';
import { PT_REGS } from '../sys/uapi.ts';
import type { AggregateRun } from './model.ts';

/** Sizes that all programs of a run have in common, in bytes. */
export type SharedSizes = {
  /** Of a call under way. */
  readonly call: number;
  /** Of a group's key; 0: calls are told apart by their copies alone. */
  readonly key: number;
};

const wordSize = 8;

/** What is done about the calls of one copy, and where. */
export class SitePlan {
  readonly site: ProbeSite;
  readonly layout: KeyLayout | null;
  readonly #run: AggregateRun;
  readonly #fn: number;
  /** Calls are kept from entry to exit. */
  readonly isTracked: boolean;
  /** Calls are added to their groups where they return. */
  readonly #isLate: boolean;
  readonly #early: EarlyArea;
  readonly #condition: BoolNode | null;
  readonly #rest: BoolNode | null;

  /** Throws Unlowerable. */
  constructor(site: ProbeSite, fn: number, run: AggregateRun) {
    this.site = site;
    this.#fn = fn;
    this.#run = run;
    const { when, by, returns } = site;
    const isWatched = returns.mode !== 'none';
    const needsReturn = [when, by].some((node) => node !== undefined && phaseOf(node) === 'exit');
    this.#isLate = isWatched && (run.of === 'durations' || needsReturn);
    this.isTracked = isWatched && (this.#isLate || site.loopsToEntry);
    const split = this.#isLate && when !== undefined ? splitByPhase(when) : { entry: when ?? null, exit: null };
    this.#condition = split.entry;
    this.#rest = split.exit;
    this.layout = by === undefined ? null : keyLayout(by, run.maxText);
    const late = this.#isLate ? [this.#rest, by ?? null].filter((node) => node !== null) : [];
    this.#early = earlyParts(late, run.maxText);
  }

  get hasExpressions(): boolean {
    return this.site.when !== undefined || this.site.by !== undefined;
  }

  /** Whether there is anything to do. */
  get isIdle(): boolean {
    return this.#run.of === 'durations' && !this.#isLate;
  }

  /** Whether the key is made at entry. */
  get #hasEarlyKey(): boolean {
    const { by } = this.site;
    return !this.#isLate || by === undefined || phaseOf(by) === 'entry';
  }

  /** Where a tracked call's key begins, behind what else is kept of its entry. */
  get #keyAt(): number {
    return this.isTracked ? PENDING.size + this.#early.size : 0;
  }

  /** Bytes of a call under way that this copy needs. `key`: of a group's key. */
  callBytes(key: number): number {
    return this.isTracked ? this.#keyAt + (this.#hasEarlyKey ? key : 0) : 0;
  }

  /** Throws Unlowerable. */
  entry({ call, key }: SharedSizes): SumEntry {
    const { site, isTracked } = this;
    const probe: ExpressionProbe = {
      pieces: (root) => (root.kind === 'argument' ? argumentPieces(site, root.index) : null),
      address: site.entryAddress,
      saved: [],
      stale: site.stale,
      memory: loadedPages,
      duration: null,
      labels: new Labels(),
    };
    const { sample = 1 } = this.#run;
    const hasKey = key > 0 && this.#hasEarlyKey;
    return {
      stackAdjust: site.stackAdjust,
      tracked: isTracked,
      loops: site.loopsToEntry,
      saved: site.saved.map((reg) => PT_REGS[reg]),
      timed: this.#isLate,
      condition: conditionCode(this.#condition, probe),
      hasRest: this.#rest !== null,
      sample: sample === 1 ? null : sample,
      room: isTracked ? call : hasKey ? key : 0,
      notes: [
        lowerEarly(this.#early.parts, probe, PENDING.size),
        hasKey ? this.#key(site.by, probe, this.#keyAt, key) : [],
      ],
      noted: this.callBytes(key),
      counted: this.#isLate ? null : { key: hasKey ? { base: 'r8', at: this.#keyAt } : null },
    };
  }

  /** `exit` null: a uretprobe. Throws Unlowerable. */
  exit(exit: ExitSite | null, { key }: SharedSizes): SumExit {
    const { site } = this;
    const isCounted = this.#isLate;
    const probe: ExpressionProbe = {
      pieces: (root) => (root.kind === 'result' ? resultPieces(site, exit) : null),
      address: exit?.address ?? null,
      saved: site.saved,
      stale: [],
      memory: loadedPages,
      duration: DURATION,
      labels: new Labels(),
      early: { parts: this.#early.parts, at: PENDING.size },
    };
    const hasLateKey = isCounted && key > 0 && !this.#hasEarlyKey;
    const place = hasLateKey ? ({ base: 'r8', at: 0 } as const) : ({ base: 'r9', at: this.#keyAt } as const);
    return {
      condition: exit?.condition ?? null,
      operand: exit?.target ? operandOf(exit.target) : null,
      stackAdjust: exit?.stackAdjust ?? -wordSize,
      timed: isCounted,
      needsSaved: isCounted && this.hasExpressions && site.saved.length > 0,
      rest: isCounted ? conditionCode(this.#rest, probe) : null,
      room: hasLateKey ? key : 0,
      notes: hasLateKey ? this.#key(site.by, probe, 0, key) : [],
      counted: isCounted
        ? { key: key > 0 ? place : null, adds: this.#run.of === 'durations' ? 'duration' : 'call' }
        : null,
    };
  }

  /** Writes a group's key at r8 + `at`. */
  #key(by: KeyNode | undefined, probe: ExpressionProbe, at: number, size: number): Code {
    const own = this.layout?.size ?? 0;
    return [
      store(8, 'r8', at + GROUP.site, this.#fn),
      by === undefined || this.layout === null ? [] : lowerKey(by, this.layout, probe, at + GROUP.key),
      Array.from({ length: (size - GROUP.key - own) / wordSize }, (_, i) =>
        store(8, 'r8', at + GROUP.key + own + wordSize * i, 0),
      ),
    ];
  }
}

const conditionCode = (node: BoolNode | null, probe: ExpressionProbe): ConditionCode | null =>
  node && ((to) => lowerCondition(node, probe, to));

/** Of several places that are claimed for a value none is believed. */
const argumentPieces = ({ plan: { args } }: ProbeSite, index: number): readonly Piece[] | null => {
  const plan = args[index];
  return plan === undefined || plan.evidence === 'conflict' ? null : plan.pieces;
};

const resultPieces = ({ plan: { ret }, saved }: ProbeSite, exit: ExitSite | null): readonly Piece[] | null => {
  if (exit?.kind === 'tail-call') {
    if (ret.mode === 'sret' && ret.evidence !== 'gone' && saved.includes('rdi'))
      throw new Unlowerable('a result in memory may be left to a function that is jumped to');
    return null;
  }
  if (ret.evidence === 'conflict') return null;
  return exit?.result ?? ret.pieces;
};
