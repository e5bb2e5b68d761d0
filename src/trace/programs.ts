import type { ProgramSpec } from './bpf/asm.ts';
import { entryProgram, type Surroundings } from './bpf/entry.ts';
import { exitProgram } from './bpf/exit.ts';
import { operandOf } from './bpf/jump-target.ts';
import { memoryOf } from './bpf/memory/chosen-memory.ts';
import { type RecordLayout, SITE, siteSize } from './bpf/records.ts';
import type { CaptureLayout, CaptureLimits } from './capture-layout.ts';
import { choiceOf, type Decided, decisionsOn, notesOn } from './entry-choice.ts';
import { entryCondition } from './entry-condition.ts';
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
  /** Functions whose entry programs decide conditions. */
  readonly conditional: ReadonlySet<number>;
};

const key = (shape: unknown): string =>
  JSON.stringify(shape, (_, value) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );

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
 * take long. `left`: functions whose conditions are left to the reader.
 */
export const planPrograms = (
  sites: readonly ProbeSite[],
  around: Surroundings,
  limits: CaptureLimits,
  left: ReadonlySet<number> = new Set(),
): ProgramPlan & { readonly limits: CaptureLimits } => {
  for (let cut = limits; ; ) {
    const plan = planWith(sites, around, cut, left);
    const sizes = [...plan.entryPrograms, ...plan.exitPrograms].map(({ spec }) => spec.code.length);
    const isLong = sizes.some((size) => size > mostInOne);
    const isLarge = sizes.reduce((sum, size) => sum + size, 0) > mostInstructions;
    const fewest = isLong ? 0 : fewestSteps;
    if (!(isLong || isLarge) || cut.steps <= fewest) return { ...plan, limits: cut };
    cut = { ...cut, steps: Math.max(fewest, Math.floor(cut.steps / stepCut)) };
  }
};

/** Functions of one shape share one program; which function it was, the cookie says. */
const planWith = (
  sites: readonly ProbeSite[],
  around: Surroundings,
  limits: CaptureLimits,
  left: ReadonlySet<number>,
): ProgramPlan => {
  const entries = new Map<string, PlannedProgram>();
  const exits = new Map<string, PlannedProgram>();
  const entryLayouts: CaptureLayout[] = [];
  const exitLayouts: CaptureLayout[] = [];
  const exitOutcomes: ('returned' | 'tail-call')[] = [];
  const exitSites: (ExitSite | null)[] = [];
  const tracked: boolean[] = [];
  const memory = memoryOf(around.coldPages === true);
  const conditions = sites.map((site, fn) => entryCondition(site, memory, left.has(fn)));
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
    conditional: new Set(conditions.flatMap(({ code }, fn) => (code === null ? [] : [fn]))),
    notes: notesOn(sites, conditions, left),
  };
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
