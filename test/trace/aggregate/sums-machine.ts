import type { AggregateRun } from '../../../src/trace/aggregate/model.ts';
import { planSums } from '../../../src/trace/aggregate/plan.ts';
import { sumsOf, sumWords } from '../../../src/trace/aggregate/sums.ts';
import type { ProgramSpec } from '../../../src/trace/bpf/asm.ts';
import type { Surroundings } from '../../../src/trace/bpf/entry.ts';
import { FUNCTION_STATS, PENDING } from '../../../src/trace/bpf/records.ts';
import { sumExecProgram, sumLandingProgram, sumThreadEndProgram } from '../../../src/trace/bpf/sums/endings.ts';
import { sumMapSpecs } from '../../../src/trace/bpf/sums/maps.ts';
import { CALLS, DURATIONS } from '../../../src/trace/bpf/sums/records.ts';
import type { ProbeSite } from '../../../src/trace/site.ts';
import { BpfMachine, type Registers } from '../../support/bpf-vm.ts';
import type { Thread } from '../traced-machine.ts';

type Options = Pick<AggregateRun, 'of' | 'sample'> & { readonly pending?: number; readonly threads?: number };

/** The programs and maps that sum up calls on the machine, hit by hand. */
export class SumsMachine {
  readonly machine: BpfMachine;
  readonly #of: AggregateRun['of'];
  readonly #entries = new Map<number, ProgramSpec>();
  readonly #exits = new Map<string, { readonly spec: ProgramSpec; readonly cookie: bigint }>();
  readonly #around: Surroundings = { scope: { kind: 'all', except: [1] }, ringBytes: 0, vma: { start: 0, end: 8 } };

  constructor(sites: readonly ProbeSite[], { of, pending = 1_000, threads = 100, ...rest }: Options) {
    this.#of = of;
    const run: AggregateRun = {
      sites,
      landings: [],
      scope: { kind: 'everywhere' },
      children: false,
      of,
      maxGroups: 10,
      maxText: 16,
      maxPending: pending,
      ...rest,
    };
    const plan = planSums(run, this.#around);
    this.machine = new BpfMachine(
      sumMapSpecs({
        functions: sites.length,
        sites: plan.exitSites.length,
        pending,
        threads,
        scope: 10,
        callBytes: Math.max(PENDING.size, plan.callBytes),
        sumBytes: of === 'durations' ? DURATIONS.size : CALLS.size,
        groups: plan.keys && { most: 10, keyBytes: plan.keys.bytes },
        scratchBytes: plan.scratchBytes,
      }),
    );
    this.machine.mappings = [{ start: 0x1000n, end: 0x9_0000n }];
    for (const { spec, places } of plan.entries)
      for (const { cookie } of places) this.#entries.set(Number(cookie), spec);
    const counts = new Map<number, number>();
    for (const [number] of plan.exitSites.entries()) {
      const found = plan.exits.flatMap(({ spec, places }) =>
        places.flatMap(({ cookie }) => (Number(cookie >> 32n) === number ? [{ spec, cookie }] : [])),
      )[0];
      if (found === undefined) throw new Error(`exit ${number} is nowhere`);
      const fn = Number(found.cookie & 0xffff_ffffn);
      const which = counts.get(fn) ?? 0;
      counts.set(fn, which + 1);
      this.#exits.set(`${fn} ${which}`, found);
    }
  }

  enter(thread: Thread, fn: number, sp: bigint, regs: Registers = {}): void {
    const spec = this.#entries.get(fn);
    if (spec === undefined) throw new Error(`no function ${fn}`);
    this.machine.run(spec, { ...thread, regs: { ...regs, rsp: sp }, cookie: BigInt(fn) });
  }

  exit(thread: Thread, fn: number, sp: bigint, which = 0, regs: Registers = {}): void {
    const known = this.#exits.get(`${fn} ${which}`);
    if (known === undefined) throw new Error(`function ${fn} has no exit ${which}`);
    this.machine.run(known.spec, { ...thread, regs: { ...regs, rsp: sp }, cookie: known.cookie });
  }

  landing(thread: Thread, sp: bigint): void {
    this.machine.run(sumLandingProgram(0, this.#around), { ...thread, regs: { rsp: sp }, cookie: 0n });
  }

  threadEnd(thread: Thread): void {
    this.machine.run(sumThreadEndProgram(this.#around, null, false), { ...thread, tracepoint: [0n, 0n] });
  }

  exec(thread: Thread, oldTid: number): void {
    this.machine.run(sumExecProgram(false), { ...thread, tracepoint: [0n, BigInt(oldTid), 0n] });
  }

  sums(fn: number): ReturnType<typeof sumsOf> {
    const value = this.machine.entries('sums')[fn]?.value;
    if (value === undefined) throw new Error(`no sums of ${fn}`);
    const words = BigUint64Array.from({ length: sumWords(this.#of) }, (_, i) => value.readBigUInt64LE(8 * i));
    return sumsOf(words, this.#of);
  }

  counter(fn: number, field: Exclude<keyof typeof FUNCTION_STATS, 'size'>): number {
    return Number(this.machine.entries('functions')[fn]?.value.readBigUInt64LE(FUNCTION_STATS[field]));
  }

  /** Calls under way. */
  get pending(): number {
    return this.machine.entries('pending').length;
  }
}
