import { groupBy } from '../base/group-by.ts';
import { sanitize } from '../base/text.ts';
import type { BoolNode } from '../expr/tree.ts';
import type { ProgramSpec } from './bpf/asm.ts';
import type { EntryChoice } from './bpf/choose.ts';
import { entryProgram, type Surroundings } from './bpf/entry.ts';
import { exitProgram, type JumpOperand } from './bpf/exit.ts';
import { memoryOf } from './bpf/memory/chosen-memory.ts';
import { type RecordLayout, SITE, siteSize } from './bpf/records.ts';
import type { CaptureLayout, CaptureLimits } from './capture-layout.ts';
import { type EntryCondition, entryCondition } from './entry-condition.ts';
import { entryLayout, exitLayout } from './layout.ts';
import { type ExitSite, type JumpTarget, maxInsideRanges, type ProbeSite } from './site.ts';
import { PT_REGS } from './sys/uapi.ts';

/** One program and the places where it is planted. */
export type PlannedProgram = {
  readonly spec: ProgramSpec;
  readonly uretprobe: boolean;
  readonly places: { readonly path: string; readonly offset: bigint; readonly cookie: bigint }[];
};

export type ProgramPlan = {
  readonly entryPrograms: readonly PlannedProgram[];
  readonly exitPrograms: readonly PlannedProgram[];
  readonly entryLayouts: readonly CaptureLayout[];
  /** By exit number: the record's layout, how a call ends there, and the site itself (null: a uretprobe). */
  readonly exitLayouts: readonly CaptureLayout[];
  readonly exitOutcomes: readonly ('returned' | 'tail-call')[];
  readonly exits: readonly (ExitSite | null)[];
  readonly tracked: readonly boolean[];
  /** By function: what its programs decide of which calls are told. */
  readonly decides: readonly Decided[];
  /** What a user should know of that: one plain line each. */
  readonly notes: readonly string[];
  /** Programs decide conditions. */
  readonly hasConditions: boolean;
};

export type Decided = {
  /** What of the condition on a call's beginning is left to the reader. */
  readonly rest: BoolNode | null;
  /** Whether programs take samples, and keep to the rate. */
  readonly sample: boolean;
  readonly rateLimit: boolean;
};

const key = (shape: unknown): string =>
  JSON.stringify(shape, (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );

const operandOf = (target: JumpTarget): JumpOperand => {
  switch (target.kind) {
    case 'register':
      return { kind: 'register', reg: target.reg };
    case 'memory':
      return { kind: 'memory', base: target.base, index: target.index };
    case 'pointer':
      return { kind: 'pointer' };
  }
};

const wordSize = 8;

/** What of a layout a program depends on. */
const readsOf = ({ pieces, follows, blocks, size, address }: CaptureLayout): RecordLayout => ({
  pieces,
  follows,
  blocks,
  size,
  address,
});

/** Instructions of all programs together: the kernel's verifier takes about a microsecond for each. */
const mostInstructions = 500_000;
/** How much is read behind values is cut by this, and not below that, until the programs are small enough. */
const stepCut = 3;
const fewestSteps = 12;
/** Instructions of one program: no jump is longer than 32,767. A longer one is cut to no steps at all, if need be. */
const mostInOne = 28_000;

/**
 * Plans programs, with fewer reads behind values where so many functions are watched that loading the programs would
 * take long.
 */
export const planPrograms = (
  sites: readonly ProbeSite[],
  around: Surroundings,
  limits: CaptureLimits,
): ProgramPlan & { readonly limits: CaptureLimits } => {
  for (let cut = limits; ; ) {
    const plan = planWith(sites, around, cut);
    const sizes = [...plan.entryPrograms, ...plan.exitPrograms].map(({ spec }) => spec.code.length);
    const isLong = sizes.some((size) => size > mostInOne);
    const isLarge = sizes.reduce((sum, size) => sum + size, 0) > mostInstructions;
    const fewest = isLong ? 0 : fewestSteps;
    if (!(isLong || isLarge) || cut.steps <= fewest) return { ...plan, limits: cut };
    cut = { ...cut, steps: Math.max(fewest, Math.floor(cut.steps / stepCut)) };
  }
};

/** Functions of one shape share one program; which function it was, the cookie says. */
const planWith = (sites: readonly ProbeSite[], around: Surroundings, limits: CaptureLimits): ProgramPlan => {
  const entries = new Map<string, PlannedProgram>();
  const exits = new Map<string, PlannedProgram>();
  const entryLayouts: CaptureLayout[] = [];
  const exitLayouts: CaptureLayout[] = [];
  const exitOutcomes: ('returned' | 'tail-call')[] = [];
  const exitSites: (ExitSite | null)[] = [];
  const tracked: boolean[] = [];
  const isOurs = around.leavesConditions === true;
  const memory = memoryOf(around.coldPages === true);
  const conditions = sites.map((site) => entryCondition(site, memory, isOurs));
  const decides = decisionsOn(conditions);
  const place = (
    programs: Map<string, PlannedProgram>,
    shape: unknown,
    build: () => ProgramSpec,
    uretprobe: boolean,
  ): PlannedProgram => {
    const id = key(shape);
    const known = programs.get(id);
    if (known) return known;
    const made = { spec: build(), uretprobe, places: [] };
    programs.set(id, made);
    return made;
  };

  sites.forEach((site, fn) => {
    const layout = entryLayout(site, limits);
    entryLayouts.push(layout);
    const isTracked = site.returns.mode !== 'none';
    tracked.push(isTracked);
    const [condition, decided] = [conditions[fn], decides[fn]];
    const choice = condition && decided ? choiceOf(condition, decided, around) : null;
    const shape = {
      layout: readsOf(layout),
      tracked: isTracked,
      loops: site.loopsToEntry,
      stackAdjust: site.stackAdjust,
      saved: site.saved.map((reg) => PT_REGS[reg]),
      ...(choice === null ? {} : { choice }),
    };
    place(entries, shape, () => entryProgram(shape, around), false).places.push({
      path: site.path,
      offset: site.entry,
      cookie: BigInt(fn),
    });
    const layouts = new Map<string, CaptureLayout>();
    const addExit = (offset: bigint, exit: ExitSite | null): void => {
      const outcome = exit?.kind === 'tail-call' ? 'tail-call' : 'returned';
      const exitNumber = exitLayouts.length;
      // Returns at several instructions are mostly alike.
      const kind = exit === null ? 'uretprobe' : `${exit.kind} ${exit.passes.join(' ')}`;
      const known = exit?.result == null ? layouts.get(kind) : undefined;
      const captured = known ?? exitLayout(site, exit, limits);
      if (exit?.result == null && captured.isAnywhere) layouts.set(kind, captured);
      exitLayouts.push(captured);
      exitOutcomes.push(outcome);
      exitSites.push(exit);
      const exitShape = {
        layout: readsOf(captured),
        stackAdjust: exit?.stackAdjust ?? -wordSize,
        needsSaved: site.saved.length > 0,
        condition: exit?.condition ?? null,
        operand: exit?.target ? operandOf(exit.target) : null,
        // That there is no call under way means nothing either where calls aren't told.
        shared: (exit?.shared ?? false) || choice !== null,
      };
      place(exits, exitShape, () => exitProgram(exitShape, around), exit === null).places.push({
        path: site.path,
        offset,
        cookie: (BigInt(exitNumber) << 32n) | BigInt(fn),
      });
    };
    if (site.returns.mode === 'sites') for (const exit of site.returns.exits) addExit(exit.offset, exit);
    if (site.returns.mode === 'uretprobe') addExit(site.entry, null);
  });

  return {
    entryPrograms: [...entries.values()],
    exitPrograms: [...exits.values()],
    entryLayouts,
    exitLayouts,
    exitOutcomes,
    exits: exitSites,
    tracked,
    decides,
    hasConditions: conditions.some(({ code }) => code !== null),
    notes: notesOn(sites, conditions, isOurs),
  };
};

/** The choice among calls for which a condition holds comes behind it: so must what makes it. */
const decisionsOn = (conditions: readonly EntryCondition[]): readonly Decided[] => {
  // A limit over all functions is kept to in one place.
  const rateLimit = conditions.every(({ rest }) => rest === null);
  return conditions.map(({ rest }) => ({ rest, sample: rest === null, rateLimit }));
};

/** Null: every call is told. */
const choiceOf = (
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
const notesOn = (sites: readonly ProbeSite[], conditions: readonly EntryCondition[], isOurs: boolean): string[] => {
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
  const late = conditions.filter(({ hasExit }) => hasExit);
  if (late.length > 0 && !isOurs) {
    const which = late.every(({ code }) => code !== null) ? 'those for which the rest holds' : 'every one';
    notes.push(`--when on a result or a duration is decided by rsym, when a call has ended: events come of ${which}`);
  }
  return notes;
};

/** The value in the map `sites` for an exit by this jump. */
export const siteValue = (target: JumpTarget, inside: ExitSite['inside']): Buffer => {
  const value = Buffer.alloc(siteSize);
  if (target.kind === 'memory') {
    value.writeBigInt64LE(target.displacement, SITE.displacement);
    value.writeBigInt64LE(BigInt(Math.log2(target.scale)), SITE.shift);
  }
  if (target.kind === 'pointer') value.writeBigInt64LE(target.distance, SITE.displacement);
  inside.slice(0, maxInsideRanges).forEach((range, i) => {
    value.writeBigInt64LE(range.start, SITE.ranges + i * SITE.rangeSize);
    value.writeBigInt64LE(range.end, SITE.ranges + i * SITE.rangeSize + 8);
  });
  return value;
};
