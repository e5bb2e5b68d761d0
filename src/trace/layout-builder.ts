import type { Register, ValuePlan } from '../abi/model.ts';
import type { Location, Piece as PlacedPiece } from '../abi/place.ts';
import type { ValueShape } from '../abi/shape.ts';
import { RsymError } from '../base/errors.ts';
import { ReadPlanner } from './bpf/reads/planner.ts';
import { hasDyn, hasKnownDyn, type Reads } from './bpf/reads/reads.ts';
import { mostRoom } from './bpf/reads/room.ts';
import type { Piece } from './bpf/records.ts';
import type { CaptureLayout, CaptureLimits, StaleSlot, ValueSlot } from './capture-layout.ts';
import { between, holesOf, type Range } from './holes.ts';
import type { AfterWord, StalePlace } from './site.ts';
import type { CapturedValue } from './snapshot.ts';
import { PT_REGS } from './sys/uapi.ts';

type Missing = CapturedValue['missing'][number];

/** Offsets in a program's instructions are 16 bits with a sign. */
const maxRecordSize = 32_000;
/** Of a value's own bytes. */
const mostValue = 1_024;
const wordSize = 8;

const roundUp = (value: number): number => (value + 7) & ~7;

/** A call's values and the memory behind them, laid out in a record. */
export class LayoutBuilder {
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

const afterPiece = (one: AfterWord, at: number): Piece => {
  if (typeof one === 'number') return { kind: 'saved', index: one, at };
  if ('result' in one) return { kind: 'count', ptRegs: PT_REGS.rax, size: one.result < 8 ? 4 : 8, at };
  const bytes = Buffer.alloc(wordSize);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, one.constant));
  return { kind: 'constant', bytes, at };
};
