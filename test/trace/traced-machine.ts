import type { Register, ReturnPlan, ValuePlan } from '../../src/abi/model.ts';
import { inRegister, onStack, type Piece } from '../../src/abi/place.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import { fileOffset } from '../../src/base/units.ts';
import type { ProgramSpec } from '../../src/trace/bpf/asm.ts';
import type { Thinning } from '../../src/trace/bpf/choose.ts';
import type { Surroundings } from '../../src/trace/bpf/entry.ts';
import { landingProgram } from '../../src/trace/bpf/landing.ts';
import { execProgram, threadEndProgram } from '../../src/trace/bpf/lifecycle.ts';
import { type MapSizes, mapSpecs } from '../../src/trace/bpf/maps.ts';
import { FUNCTION_STATS, GLOBALS } from '../../src/trace/bpf/records.ts';
import type { CaptureLimits } from '../../src/trace/capture-layout.ts';
import { type ProgramPlan, planPrograms, siteValue } from '../../src/trace/programs.ts';
import { type Capture, readRecord, type TraceRecord } from '../../src/trace/record.ts';
import { RecordMemory } from '../../src/trace/record-memory.ts';
import type { ExitSite, ProbeSite } from '../../src/trace/site.ts';
import { PT_REGS } from '../../src/trace/sys/uapi.ts';
import { BpfMachine, type Registers } from '../support/bpf-vm.ts';
import { u64 } from './shown-values.ts';

export const argument = (name: string, shape: ValueShape, pieces: readonly Piece[]): ValuePlan => ({
  name,
  type: 'T',
  shape,
  pieces,
  evidence: 'given',
  note: null,
  candidates: [],
});
/** The word `at` bytes into a value. */
export const register = (reg: Register, at = 0): Piece => inRegister(reg, at, 8);
export const stack = (offset: number, at = 0): Piece => onStack(offset, at, 8);
export const inMemory = (
  base: Register | null,
  offset: bigint,
  size: number,
  followed: readonly bigint[] = [],
): Piece => ({
  location: { kind: 'memory', base, offset, followed },
  valueOffset: 0,
  size,
});
export const result: ReturnPlan = { ...argument('', u64, [register('rax')]), type: 'u64', mode: 'direct' };

/** The words of each captured value; of one that isn't whole, why. */
export const wordsOf = ({ slots }: Capture): (bigint | string)[][] =>
  slots.map(({ bytes, missing }) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 8 }, (_, i) => {
      const lost = missing.find(({ start, end }) => start < 8 * i + 8 && end > 8 * i);
      return lost?.why ?? view.getBigUint64(8 * i, true);
    });
  });

export const limits: CaptureLimits = { string: 16, items: 100, steps: 400, blocks: 4_096 };

export const exitSite = (given: Partial<ExitSite> = {}): ExitSite => ({
  offset: fileOffset(0x20n),
  address: 0x40_0020n,
  stackAdjust: 0,
  result: null,
  kind: 'return',
  condition: null,
  target: null,
  inside: [],
  passes: [],
  shared: false,
  ...given,
});
export const tailCall = (given: Partial<ExitSite> = {}): ExitSite => exitSite({ kind: 'tail-call', ...given });

export const probeSite = (given: Partial<ProbeSite> = {}): ProbeSite => ({
  name: 'app::f',
  path: '/bin/app',
  entry: fileOffset(0x10n),
  entryAddress: 0x40_0010n,
  stackAdjust: 0,
  saved: [],
  returns: { mode: 'sites', exits: [exitSite()] },
  loopsToEntry: false,
  plan: { args: [], ret: result },
  after: [],
  stale: [],
  concrete: () => null,
  copy: { kind: 'symbol', address: 0x10n, caller: null, callSite: null },
  ...given,
});

export type Thread = { readonly tgid: number; readonly tid: number };
export const mainThread: Thread = { tgid: 100, tid: 100 };

type Options = Partial<Omit<MapSizes, 'scope' | 'scratch'>> & {
  readonly scope?: Surroundings['scope'];
  readonly vma?: Surroundings['vma'];
  readonly limits?: Partial<CaptureLimits>;
  readonly coldPages?: boolean;
  /** Threads that have memory to make records in. */
  readonly scratchThreads?: number;
  readonly entriesOnly?: boolean;
  readonly thinning?: Thinning;
  readonly leavesConditions?: boolean;
};

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** A trace's programs and maps on the machine, hit by hand: no kernel, no process. */
export class TracedMachine {
  readonly machine: BpfMachine;
  readonly plan: ProgramPlan;
  readonly around: Surroundings;
  readonly #entries = new Map<number, ProgramSpec>();
  readonly #exits = new Map<number, { spec: ProgramSpec; cookie: bigint }>();
  readonly #numbers: number[][] = [];
  readonly #landings = new Map<number, ProgramSpec>();
  readonly #threadEnd: ProgramSpec;
  readonly #exec: ProgramSpec;

  constructor(sites: readonly ProbeSite[], options: Options = {}) {
    const ringBytes = options.ringBytes ?? 1 << 20;
    this.around = {
      scope: options.scope ?? { kind: 'all', except: [1] },
      ringBytes,
      vma: options.vma === undefined ? { start: 0, end: 8 } : options.vma,
      ...(options.coldPages ? { coldPages: true } : {}),
      ...(options.entriesOnly ? { entriesOnly: true } : {}),
      ...(options.thinning ? { thinning: options.thinning } : {}),
    };
    const left = new Set(options.leavesConditions ? sites.keys() : []);
    this.plan = planPrograms(sites, this.around, { ...limits, ...options.limits }, left);
    const layouts = [...this.plan.entryLayouts, ...this.plan.exitLayouts];
    this.machine = new BpfMachine(
      mapSpecs({
        functions: sites.length,
        sites: this.plan.exits.length,
        pending: options.pending ?? 1000,
        threads: options.threads ?? 100,
        scope: 10,
        ringBytes,
        scratch: { threads: options.scratchThreads ?? 100, recordBytes: Math.max(...layouts.map(({ size }) => size)) },
      }),
    );
    for (const { spec, places } of this.plan.entryPrograms)
      for (const { cookie } of places) this.#entries.set(Number(cookie), spec);
    for (const { spec, places } of this.plan.exitPrograms) {
      for (const { cookie } of places) {
        const site = Number(cookie >> 32n);
        this.#exits.set(site, { spec, cookie });
        const fn = Number(cookie & 0xffff_ffffn);
        this.#numbers[fn] = [...(this.#numbers[fn] ?? []), site].sort((a, b) => a - b);
      }
    }
    this.plan.exits.forEach((exit, site) => {
      if (exit?.target) this.machine.update('sites', u32(site), siteValue(exit.target, exit.inside));
    });
    this.#threadEnd = threadEndProgram(this.around);
    this.#exec = execProgram(this.around);
  }

  watch(pid: number): void {
    this.machine.update('scope', u32(pid), u32(1));
  }

  enter(thread: Thread, fn: number, sp: bigint, regs: Registers = {}, comm = 'thread'): void {
    const spec = this.#entries.get(fn);
    if (!spec) throw new Error(`no function ${fn}`);
    this.machine.run(spec, { ...thread, regs: { ...regs, rsp: sp }, cookie: BigInt(fn), comm });
  }

  /** `which` of the function's exits is hit. */
  exit(thread: Thread, fn: number, sp: bigint, regs: Registers = {}, which = 0): void {
    const known = this.#exits.get(this.#numbers[fn]?.[which] ?? -1);
    if (!known) throw new Error(`function ${fn} has no exit ${which}`);
    this.machine.run(known.spec, { ...thread, regs: { ...regs, rsp: sp }, cookie: known.cookie });
  }

  landing(thread: Thread, sp: bigint, kind: 'unwinder' | 'longjmp' = 'unwinder', adjust = 0): void {
    let spec = this.#landings.get(adjust);
    if (!spec) {
      spec = landingProgram(adjust, this.around);
      this.#landings.set(adjust, spec);
    }
    const regs = { rsp: sp - BigInt(adjust) };
    this.machine.run(spec, { ...thread, regs, cookie: kind === 'unwinder' ? 0n : 1n });
  }

  threadEnd(thread: Thread, sp: bigint): void {
    this.machine.kernel.writeWord(this.machine.userRegisters + BigInt(PT_REGS.rsp), sp);
    this.machine.run(this.#threadEnd, { ...thread, tracepoint: [0n, 0n] });
  }

  /** `oldTid`: the number that the thread had before it replaced its process. */
  exec(thread: Thread, oldTid: number = thread.tid): void {
    this.machine.run(this.#exec, { ...thread, tracepoint: [0n, BigInt(oldTid), 0n] });
  }

  /** What the reader gets; the ring is empty afterwards. */
  records(): TraceRecord[] {
    return this.machine.take().flatMap((bytes) => {
      const memory = new RecordMemory(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
      const record = readRecord(memory, 0, bytes.length, {
        entry: (fn) => this.plan.entryLayouts[fn],
        exit: (site) => this.plan.exitLayouts[site],
      });
      return record ? [record] : [];
    });
  }

  /** Calls under way in the kernel's table. */
  pending(): { thread: bigint; sp: bigint; fn: number; callId: number }[] {
    return this.machine.entries('pending').map(({ key, value }) => ({
      thread: key.readBigUInt64LE(0),
      sp: key.readBigUInt64LE(8),
      fn: Number(key.readBigUInt64LE(16)),
      callId: Number(value.readBigUInt64LE(0)),
    }));
  }

  counter(fn: number, field: Exclude<keyof typeof FUNCTION_STATS, 'size'>): number {
    return Number(this.machine.entries('functions')[fn]?.value.readBigUInt64LE(FUNCTION_STATS[field]));
  }

  global(field: Exclude<keyof typeof GLOBALS, 'size'>): number {
    return Number(this.machine.entries('globals')[0]?.value.readBigUInt64LE(GLOBALS[field]));
  }
}
