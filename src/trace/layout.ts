import type { Register, ValuePlan } from '../abi/model.ts';
import type { Location, Piece as PlacedPiece } from '../abi/place.ts';
import type { ValueShape } from '../abi/shape.ts';
import { RsymError } from '../base/errors.ts';
import { ReadPlanner } from './bpf/reads/planner.ts';
import type { ReadLimits } from './bpf/reads/planning.ts';
import type { Reads } from './bpf/reads/reads.ts';
import { ENTER, EXIT, type Piece, type RecordLayout } from './bpf/records.ts';
import { between, holesOf, type Range } from './holes.ts';
import type { AfterWord, ExitSite, ProbeSite, StalePlace } from './site.ts';
import type { CapturedValue } from './snapshot.ts';
import { PT_REGS } from './sys/uapi.ts';

type Missing = CapturedValue['missing'][number];

/** Where one value's own bytes are in a record. */
export type ValueSlot = {
  readonly at: number;
  readonly size: number;
  /** Parts that never come. */
  readonly missing: readonly Missing[];
  /** Parts that come unless a read failed: its result is at `resultAt`. */
  readonly read: readonly { readonly start: number; readonly end: number; readonly resultAt: number }[];
  /** Parts that are the same at every hit. */
  readonly constants: readonly { readonly start: number; readonly bytes: Uint8Array }[];
};

export type CaptureLayout = RecordLayout & {
  readonly slots: readonly ValueSlot[];
  /** By value: its slots, one for each place that is claimed for it. */
  readonly values: readonly { readonly first: number; readonly count: number }[];
  /** Where the instruction pointer is; null where nobody needs it. */
  readonly ripAt: number | null;
  /** Memory that isn't believed: where the record has the registers that it is at. */
  readonly stale: readonly StaleSlot[];
  /** Nothing in it depends on the probed address. */
  readonly isAnywhere: boolean;
  /** Of a tail call: where it says that the memory of the result is handed on, so that it may change; null: not asked. */
  readonly passedAt: number | null;
};

/** `baseAt` null: at `displacement` alone. */
export type StaleSlot = {
  readonly baseAt: number | null;
  readonly indexAt: number | null;
  readonly scale: number;
  readonly displacement: bigint;
  readonly size: number;
};

export type CaptureLimits = ReadLimits & {
  /** Bytes of a record's blocks. */
  readonly blocks: number;
};

/** Offsets in a program's instructions are 16 bits with a sign. */
const maxRecordSize = 32_000;
/** Of a value's own bytes. */
const mostValue = 1_024;
const wordSize = 8;

const roundUp = (value: number): number => (value + 7) & ~7;

/** A call's values and the memory behind them, laid out in a record. */
class LayoutBuilder {
  readonly #pieces: Piece[] = [];
  readonly #slots: ValueSlot[] = [];
  readonly #values: { first: number; count: number }[] = [];
  readonly #follows: { at: number; reads: Reads }[] = [];
  readonly #limits: CaptureLimits;
  readonly #shares: number;
  readonly #saved: readonly Register[];
  /** The probed address as linked. */
  readonly #address: bigint | null;
  readonly #stale: StaleSlot[] = [];
  #passedAt: number | null = null;
  #isRelative = false;
  #at: number;

  /** `shares`: how many values share the reads. */
  constructor(
    start: number,
    limits: CaptureLimits,
    shares: number,
    address: bigint | null,
    saved: readonly Register[],
  ) {
    this.#at = start;
    this.#shares = Math.max(1, shares);
    this.#limits = limits;
    this.#address = address;
    this.#saved = saved;
  }

  add({ shape, pieces, candidates }: Pick<ValuePlan, 'shape' | 'pieces' | 'candidates'>): void {
    const first = this.#slots.length;
    const claims = candidates.length > 0 ? candidates.map((one) => one.pieces) : [pieces];
    for (const claim of claims) this.#slots.push(this.#slot(shape, claim));
    this.#values.push({ first, count: claims.length });
  }

  /** The words of a value that were saved at entry. */
  addSaved(shape: ValueShape, words: readonly AfterWord[]): void {
    const at = this.#at;
    this.#pieces.push(...words.map((one, i) => afterPiece(one, at + i * wordSize)));
    this.#at += words.length * wordSize;
    this.#values.push({ first: this.#slots.length, count: 1 });
    this.#slots.push({ at, size: words.length * wordSize, missing: [], read: [], constants: [] });
    this.#follow(shape, at, words.length * wordSize);
  }

  #slot(shape: ValueShape, pieces: readonly PlacedPiece[]): ValueSlot {
    const whole = Math.max(shape.size, ...pieces.map((piece) => piece.valueOffset + piece.size));
    const size = Math.min(whole, mostValue);
    const at = this.#at;
    const holes = holesOf(shape, 0);
    // A register is stored whole, whatever the size of its piece.
    const region = size === 0 ? 0 : roundUp(size) + wordSize;
    this.#at += region;
    const missing: Missing[] = holes.map((hole) => ({ ...hole, why: 'redacted' }));
    const read: { start: number; end: number; resultAt: number }[] = [];
    const constants: { start: number; bytes: Uint8Array }[] = [];
    const covered: Range[] = [...holes];
    for (const piece of [...pieces].sort((a, b) => a.valueOffset - b.valueOffset)) {
      const [start, end] = [piece.valueOffset, Math.min(piece.valueOffset + piece.size, size)];
      if (start >= end) continue;
      const here = holes.filter((hole) => hole.start < end && hole.end > start);
      if (piece.location.kind === 'constant') {
        if (here.length === 0) {
          const bytes = piece.location.bytes.subarray(0, end - start);
          constants.push({ start, bytes });
          covered.push({ start, end });
          this.#pieces.push({ kind: 'constant', bytes, at: at + start });
        }
        continue;
      }
      for (const span of this.#spans(piece.location, { start, end }, here)) {
        const made = this.#piece(piece, span.start - start, span, at);
        if (made === null) continue;
        covered.push(span);
        this.#pieces.push(made);
        if (made.kind === 'memory') read.push({ ...span, resultAt: made.resultAt });
      }
    }
    const gaps = between(covered, size);
    for (const gap of gaps) missing.push({ ...gap, why: 'gone' });
    if (whole > size) missing.push({ start: size, end: whole, why: 'truncated' });
    if (this.#follow(shape, at, size)) {
      // The record's bytes are whatever was there before: no address that a program may follow.
      for (const { start, end } of [...holes, ...gaps].filter((one) => one.start < size))
        this.#pieces.push({ kind: 'constant', bytes: new Uint8Array(Math.min(end, size) - start), at: at + start });
    }
    return { at, size, missing, read, constants };
  }

  /** What of a piece is captured: of memory all but the holes, of a register all or nothing. */
  #spans(location: Location, { start, end }: Range, holes: readonly Range[]): Range[] {
    if (holes.length === 0) return [{ start, end }];
    if (location.kind !== 'memory' && location.kind !== 'stack') return [];
    const own = holes.map((hole) => ({ start: Math.max(0, hole.start - start), end: hole.end - start }));
    return between(own, end - start).map((span) => ({ start: start + span.start, end: start + span.end }));
  }

  /** How a part of a piece, `by` bytes into it, is captured; null where no probe can see it. */
  #piece({ location, atEntry }: PlacedPiece, by: number, { start, end }: Range, slot: number): Piece | null {
    const at = slot + start;
    switch (location.kind) {
      case 'register':
        return { kind: 'register', ptRegs: PT_REGS[location.reg], add: location.add, at };
      case 'stack':
        return this.#memory({ ptRegs: PT_REGS.rsp }, location.offset + BigInt(by), [], end - start, at);
      case 'memory': {
        const { base, offset, followed } = location;
        const last = followed.at(-1);
        const moved = last === undefined ? followed : [...followed.slice(0, -1), last + BigInt(by)];
        const first = last === undefined ? offset + BigInt(by) : offset;
        if (base !== null) return this.#memory(this.#baseOf(base, atEntry), first, moved, end - start, at);
        // An address as linked: as far from the probed one as in the process.
        if (this.#address === null) return null;
        this.#isRelative = true;
        return this.#memory({ ptRegs: PT_REGS.rip }, first - this.#address, moved, end - start, at);
      }
      default:
        return null;
    }
  }

  #baseOf(reg: Register, atEntry: true | undefined): { ptRegs: number } | { saved: number } {
    const saved = atEntry ? this.#saved.indexOf(reg) : -1;
    return saved < 0 ? { ptRegs: PT_REGS[reg] } : { saved };
  }

  #memory(
    base: { ptRegs: number } | { saved: number },
    offset: bigint,
    followed: readonly bigint[],
    size: number,
    at: number,
  ): Piece {
    const resultAt = this.#at;
    this.#at += wordSize;
    return { kind: 'memory', base, offset, followed, size, at, resultAt };
  }

  #follow(shape: ValueShape, at: number, size: number): boolean {
    const steps = Math.ceil(this.#limits.steps / this.#shares);
    const reads = new ReadPlanner({ ...this.#limits, steps }).of(shape, size);
    if (reads.length > 0) this.#follows.push({ at, reads });
    return reads.length > 0;
  }

  /** Notes whether the memory behind a saved address is handed on. */
  addPassed(index: number, size: number, by: readonly Register[]): void {
    this.#passedAt = this.#at;
    const registers = by.map((reg) => PT_REGS[reg]);
    this.#pieces.push({ kind: 'passed', index, size, registers, at: this.#at });
    this.#at += wordSize;
  }

  /** Notes the registers by which memory that isn't believed is found; only where memory is read at all. */
  addStale(places: readonly StalePlace[]): void {
    if (this.#follows.length === 0) return;
    const kept = new Map<number, number>();
    const at = (ptRegs: number): number => {
      const known = kept.get(ptRegs) ?? this.#at;
      if (known === this.#at) {
        this.#pieces.push({ kind: 'register', ptRegs, add: 0n, at: known });
        this.#at += wordSize;
        kept.set(ptRegs, known);
      }
      return known;
    };
    for (const { base, index, scale, displacement, size } of places) {
      const isLinked = base === null && index === null && this.#address !== null;
      this.#isRelative ||= isLinked;
      this.#stale.push({
        baseAt: base !== null ? at(PT_REGS[base]) : isLinked ? at(PT_REGS.rip) : null,
        indexAt: index === null ? null : at(PT_REGS[index]),
        scale,
        displacement: isLinked ? displacement - (this.#address ?? 0n) : displacement,
        size,
      });
    }
  }

  build(): CaptureLayout {
    const needsRip = this.#address !== null && this.#follows.some(({ reads }) => hasDyn(reads));
    const ripAt = needsRip ? this.#at : null;
    if (ripAt !== null) {
      this.#pieces.push({ kind: 'register', ptRegs: PT_REGS.rip, add: 0n, at: ripAt });
      this.#at += wordSize;
    }
    const blocks = roundUp(this.#at);
    // What takes much comes last: if the room ends, little is lost.
    this.#follows.sort((a, b) => mostRoom([a.reads]) - mostRoom([b.reads]));
    const room = Math.min(mostRoom(this.#follows.map(({ reads }) => reads)), this.#limits.blocks);
    if (blocks + room > maxRecordSize) {
      throw new RsymError('usage', 'so much of one call cannot be captured', {
        reason: `its record would take ${blocks + room} bytes, of at most ${maxRecordSize}`,
        hints: ['a smaller --max-string', 'a signature with fewer texts'],
      });
    }
    const dependsOnAddress = this.#follows.some(({ reads }) => hasKnownDyn(reads));
    return {
      pieces: this.#pieces,
      slots: this.#slots,
      values: this.#values,
      follows: this.#follows,
      ripAt,
      isAnywhere: ripAt === null && !dependsOnAddress && !this.#isRelative,
      passedAt: this.#passedAt,
      stale: this.#stale,
      blocks,
      size: blocks + roundUp(room),
      address: dependsOnAddress ? this.#address : null,
    };
  }
}

/** What one read takes, and those inside it, with its block's head. */
const mostRoom = (all: readonly Reads[]): number => all.flat().reduce((sum, read) => sum + roomOf(read), 0);

const blockHead = 16;

const roomOf = (read: Reads[number]): number => {
  const block = (size: number): number => blockHead + roundUp(Math.min(size, 2_048 + 16));
  switch (read.kind) {
    case 'if':
    case 'tagged':
      return mostRoom([read.then]);
    case 'block':
      return block(read.size) + mostRoom([read.then]);
    case 'c-string':
      return blockHead + roundUp(read.most);
    case 'span':
      return blockHead + roundUp(read.head + read.most * read.stride) + read.deep * mostRoom([read.each]);
    case 'elements':
      return read.most * (block(read.stride) + mostRoom([read.each]));
    case 'ring':
      return 2 * (blockHead + roundUp(read.most * read.stride) + read.deep * mostRoom([read.each]));
    case 'hash-table':
      return blockHead + roundUp(read.most) + read.most * (block(read.stride) + mostRoom([read.each]));
    case 'b-tree':
      return (
        6 * (blockHead + roundUp(read.inner.size)) +
        read.children * (blockHead + roundUp(read.leaf.size)) +
        (read.children + 1) * mostRoom(read.each)
      );
    case 'list':
      return read.most * (block(read.size) + mostRoom([read.each]));
    case 'dyn':
      return block(24) + block(16) + block(read.most) + Math.max(0, ...read.known.map(({ then }) => mostRoom([then])));
  }
};

const insideOf = (read: Reads[number]): readonly Reads[] => {
  switch (read.kind) {
    case 'if':
    case 'tagged':
    case 'block':
      return [read.then];
    case 'b-tree':
      return read.each;
    case 'dyn':
      return read.known.map(({ then }) => then);
    case 'c-string':
      return [];
    default:
      return [read.each];
  }
};

const some = (reads: Reads, test: (read: Reads[number]) => boolean): boolean =>
  reads.some((read) => test(read) || insideOf(read).some((inner) => some(inner, test)));

const hasDyn = (reads: Reads): boolean => some(reads, ({ kind }) => kind === 'dyn');
const hasKnownDyn = (reads: Reads): boolean => some(reads, (read) => read.kind === 'dyn' && read.known.length > 0);

const valuesWithMemory = (values: readonly ValuePlan[]): number =>
  values.filter(({ shape }) => new ReadPlanner({ string: 1, items: 1, steps: 1 }).of(shape).length > 0).length;

const afterPiece = (one: AfterWord, at: number): Piece => {
  if (typeof one === 'number') return { kind: 'saved', index: one, at };
  if ('result' in one) return { kind: 'count', ptRegs: PT_REGS.rax, size: one.result < 8 ? 4 : 8, at };
  const bytes = Buffer.alloc(wordSize);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, one.constant));
  return { kind: 'constant', bytes, at };
};

/** The record of an entry: every argument. */
export const entryLayout = (site: ProbeSite, limits: CaptureLimits): CaptureLayout => {
  const builder = new LayoutBuilder(ENTER.captured, limits, valuesWithMemory(site.plan.args), site.entryAddress, []);
  for (const argument of site.plan.args) builder.add(argument);
  builder.addStale(site.stale);
  return builder.build();
};

/**
 * The record of an exit (null: a uretprobe): the result, and the arguments that are read once more. A tail call leaves the
 * result to another function, but for one in memory that the other one can't know.
 */
export const exitLayout = (site: ProbeSite, exit: ExitSite | null, limits: CaptureLimits): CaptureLayout => {
  const builder = new LayoutBuilder(EXIT.captured, limits, 1 + site.after.length, exit?.address ?? null, site.saved);
  const { ret } = site.plan;
  const inMemory = exit?.kind === 'tail-call' ? savedResult(site) : null;
  if (inMemory !== null) {
    builder.add(inMemory.plan);
    builder.addPassed(inMemory.index, ret.shape.size, exit?.passes ?? []);
  }
  if (exit?.kind !== 'tail-call') {
    builder.add(exit?.result == null ? ret : { ...ret, pieces: exit.result, candidates: [] });
    for (const { shape, words } of site.after) builder.addSaved(shape, words);
  }
  return builder.build();
};

/** A result through memory, by the address that was saved at entry; null where there is none. */
const savedResult = ({ plan: { ret }, saved }: ProbeSite): { plan: ValuePlan; index: number } | null => {
  const index = saved.indexOf('rdi');
  if (ret.mode !== 'sret' || ret.evidence === 'gone' || index < 0) return null;
  const pieces = ret.pieces.map((piece) =>
    piece.location.kind === 'memory'
      ? { ...piece, location: { ...piece.location, base: 'rdi' as const }, atEntry: true as const }
      : piece,
  );
  return { plan: { ...ret, pieces, candidates: [] }, index };
};

/** More than texts are read behind the value: its records are large. */
export const bringsMemory = (shape: ValueShape): boolean =>
  new ReadPlanner({ string: 0, items: 1, steps: 8 })
    .of(shape)
    .some((read) => read.kind !== 'c-string' && !(read.kind === 'span' && read.stride === 1));
