import { HELPERS, type Helper, type ProgramSpec } from '../../src/trace/bpf/asm.ts';
import { assemble } from '../../src/trace/bpf/assemble.ts';
import type { MapSpec } from '../../src/trace/bpf/maps.ts';
import { PT_REGS, RINGBUF } from '../../src/trace/sys/uapi.ts';
import { BpfCopies } from './bpf-copies.ts';
import { type Host, interpret } from './bpf-interpreter.ts';
import { AddressSpace, Region, SparseMemory, u64 } from './bpf-memory.ts';
import { BpfRing } from './bpf-ring.ts';

/**
 * Runs BPF programs in plain Node, from their assembled bytes: what the kernel would do, with the checks of its
 * verifier that are cheap at run time (bounds, uninitialised registers and stack, released reservations).
 */
const E2BIG = -7n;
const ENOENT = -2n;
const EEXIST = -17n;

type VmMap = { readonly spec: MapSpec; readonly values: Map<string, { value: Region; address: bigint }> };

export type Registers = Partial<Record<keyof typeof PT_REGS, bigint>>;

/** The moment at which a program runs. */
export type Hit = {
  readonly tgid: number;
  readonly tid: number;
  readonly regs?: Registers;
  readonly cookie?: bigint;
  readonly comm?: string;
  /** Arguments of a raw tracepoint, instead of registers. */
  readonly tracepoint?: readonly bigint[];
};

export class BpfMachine {
  readonly kernel = new SparseMemory();
  /** Mappings of the process, as find_vma knows them; `vma` says where the two fields are. */
  mappings: readonly { start: bigint; end: bigint }[] = [];
  vma = { start: 0, end: 8 };
  /** find_vma refuses (the lock is held by someone else). */
  busy = false;
  /** What get_current_task and get_current_task_btf give. */
  task = 0xffff_8000_0000_1000n;
  /** Where task_pt_regs points to, in kernel memory. */
  userRegisters = 0xffff_8000_0000_2000n;
  now = 1_000n;
  readonly signals: bigint[] = [];
  readonly #maps = new Map<string, VmMap>();
  readonly #memory = new AddressSpace();
  readonly #copies = new BpfCopies(this.#memory);
  readonly user = this.#copies.user;
  readonly cold = this.#copies.cold;
  /** Where programs asked for the process's memory. */
  readonly userReads = this.#copies.userReads;
  readonly #handles = new Map<bigint, VmMap>();
  readonly #code = new Map<ProgramSpec, Buffer>();
  readonly #ring = new BpfRing(this.#memory);
  #isSleepable = false;
  #hit: Hit = { tgid: 0, tid: 0 };
  readonly #host: Host = {
    memory: this.#memory,
    onlyValue: (fd) => this.#onlyValue(fd),
    call: (code, helper, arg) => this.#helper(code, helper, arg),
  };

  constructor(specs: readonly MapSpec[]) {
    specs.forEach((spec, fd) => {
      const map: VmMap = { spec, values: new Map() };
      this.#maps.set(spec.name, map);
      this.#handles.set(BigInt(fd), map);
      for (let i = 0; spec.type === 'array' && i < spec.maxEntries; i++) {
        const key = Buffer.alloc(4);
        key.writeUInt32LE(i);
        this.#put(map, key, Buffer.alloc(spec.valueSize));
      }
    });
  }

  #map(name: string): VmMap {
    const map = this.#maps.get(name);
    if (!map) throw new Error(`no map ${name}`);
    return map;
  }

  #put(map: VmMap, key: Buffer, value: Buffer): void {
    const region = new Region(`a value of ${map.spec.name}`, Buffer.from(value), true);
    map.values.set(key.toString('hex'), { value: region, address: this.#memory.add(region) });
  }

  /** What user space sees of a map: each key's value. */
  entries(name: string): { key: Buffer; value: Buffer }[] {
    return [...this.#map(name).values].map(([key, { value }]) => ({
      key: Buffer.from(key, 'hex'),
      value: value.bytes,
    }));
  }

  update(name: string, key: Buffer, value: Buffer): void {
    const map = this.#map(name);
    const known = map.values.get(key.toString('hex'));
    if (known) value.copy(known.value.bytes);
    else this.#put(map, key, value);
  }

  remove(name: string, key: Buffer): boolean {
    return this.#map(name).values.delete(key.toString('hex'));
  }

  /** The records handed over since the last call, in ring order up to the first unfinished one; their room is free again. */
  take(): Buffer[] {
    return this.#ring.take();
  }

  get wakeUps(): readonly bigint[] {
    return this.#ring.wakeUps;
  }

  /** Runs a program to its end; what it returns. Throws where the verifier would have refused it. */
  run(program: ProgramSpec, hit: Hit): bigint {
    this.#hit = hit;
    this.now += 10n;
    this.#isSleepable = program.isSleepable === true;
    const names = [...this.#maps.keys()];
    let code = this.#code.get(program);
    if (!code) {
      code = assemble(program.code, (name) => names.indexOf(name));
      this.#code.set(program, code);
    }
    const context = Buffer.alloc(hit.tracepoint ? hit.tracepoint.length * 8 : 168);
    if (hit.tracepoint) for (const [i, word] of hit.tracepoint.entries()) context.writeBigUInt64LE(u64(word), i * 8);
    for (const [name, value] of Object.entries(hit.regs ?? {}))
      context.writeBigUInt64LE(u64(value), PT_REGS[name as keyof typeof PT_REGS]);
    const at = this.#memory.add(new Region('the context', context, true));
    const result = interpret(code, 0, [at], this.#host);
    this.#memory.drop(at);
    if (this.#ring.isBusy) throw new Error('a reservation is not released');
    return result;
  }

  #onlyValue(fd: bigint): bigint {
    const [value] = this.#handles.get(fd)?.values.values() ?? [];
    if (!value) throw new Error('no map with one value');
    return value.address;
  }

  #helper(code: Buffer, number: number, arg: (reg: number) => bigint): bigint {
    const name = (Object.keys(HELPERS) as Helper[]).find((helper) => HELPERS[helper] === number);
    const map = (): VmMap => {
      const found = this.#handles.get(arg(1));
      if (!found) throw new Error(`${name}: r1 is no map`);
      return found;
    };
    const key = (of: VmMap): Buffer => Buffer.from(this.#memory.load(arg(2), of.spec.keySize));
    switch (name) {
      case 'map_lookup_elem': {
        const of = map();
        return of.values.get(key(of).toString('hex'))?.address ?? 0n;
      }
      case 'map_update_elem':
        return this.#update(map(), key(map()), Buffer.from(this.#memory.load(arg(3), map().spec.valueSize)), arg(4));
      case 'map_delete_elem': {
        const of = map();
        const known = of.values.get(key(of).toString('hex'));
        if (!known) return ENOENT;
        this.#memory.drop(known.address);
        of.values.delete(key(of).toString('hex'));
        return 0n;
      }
      case 'ktime_get_ns':
        return this.now++;
      case 'get_current_pid_tgid':
        return (BigInt(this.#hit.tgid) << 32n) | BigInt(this.#hit.tid);
      case 'get_attach_cookie':
        this.#memory.load(arg(1), 8);
        return this.#hit.cookie ?? 0n;
      case 'get_current_comm': {
        const comm = Buffer.alloc(Number(arg(2)));
        comm.write(this.#hit.comm ?? 'thread', 0, comm.length - 1, 'utf8');
        this.#memory.store(arg(1), comm);
        return 0n;
      }
      case 'get_current_task':
      case 'get_current_task_btf':
        return this.task;
      case 'task_pt_regs':
        if (arg(1) !== this.task) throw new Error('task_pt_regs: r1 is no task');
        return this.userRegisters;
      case 'probe_read_user':
        return this.#copies.fixed(this.user, arg);
      case 'probe_read_kernel':
        return this.#copies.fixed(this.kernel, arg);
      case 'probe_read_user_str':
        return this.#copies.userText(arg);
      case 'send_signal':
        this.signals.push(arg(1));
        return 0n;
      case 'copy_from_user':
        if (!this.#isSleepable) throw new Error('copy_from_user: the program may not wait');
        if (this.#ring.isBusy) throw new Error('copy_from_user: waits while a record is reserved');
        return this.#copies.waiting(arg);
      case 'probe_read_kernel_str':
        return this.#copies.text(arg);
      case 'ringbuf_reserve':
        return this.#ring.reserve(Number(arg(2)), this.#ringOf(map()));
      case 'ringbuf_output':
        return this.#ring.output(this.#memory.load(arg(2), Number(arg(3))), this.#ringOf(map()), arg(4));
      case 'ringbuf_query':
        if (arg(2) !== BigInt(RINGBUF.availableData)) throw new Error('ringbuf_query: unknown selector');
        map();
        return BigInt(this.#ring.used);
      case 'ringbuf_submit':
      case 'ringbuf_discard': {
        this.#ring.finish(arg(1), name === 'ringbuf_submit' ? 'ready' : 'discarded', arg(2));
        return 0n;
      }
      case 'loop':
        return this.#loop(code, arg);
      case 'find_vma':
        return this.#findMapping(code, arg);
      default:
        throw new Error(`helper ${number}`);
    }
  }

  #update(map: VmMap, key: Buffer, value: Buffer, flags: bigint): bigint {
    if (flags !== 0n && flags !== 1n) throw new Error('map_update_elem: flags');
    const known = map.values.get(key.toString('hex'));
    if (known && flags === 1n) return EEXIST;
    if (known) value.copy(known.value.bytes);
    else if (map.spec.type === 'array') return E2BIG;
    else {
      if (map.values.size >= map.spec.maxEntries) {
        if (map.spec.type !== 'lruHash') return E2BIG;
        map.values.delete(map.values.keys().next().value ?? '');
      }
      this.#put(map, key, value);
    }
    return 0n;
  }

  #ringOf(map: VmMap): number {
    if (map.spec.type !== 'ringbuf') throw new Error('r1 is no ring');
    return map.spec.maxEntries;
  }

  #loop(code: Buffer, arg: (reg: number) => bigint): bigint {
    if (arg(4) !== 0n) throw new Error('loop: flags');
    for (let round = 0n; round < arg(1); round++)
      if (interpret(code, Number(arg(2)), [round, arg(3)], this.#host) !== 0n) return round + 1n;
    return arg(1);
  }

  #findMapping(code: Buffer, arg: (reg: number) => bigint): bigint {
    if (arg(1) !== this.task) throw new Error('find_vma: r1 is no task');
    if (arg(5) !== 0n) throw new Error('find_vma: flags');
    if (this.busy) return -16n;
    const at = arg(2);
    const found = this.mappings.find(({ start, end }) => at >= start && at < end);
    if (!found) return ENOENT;
    const vma = Buffer.alloc(256);
    vma.writeBigUInt64LE(found.start, this.vma.start);
    vma.writeBigUInt64LE(found.end, this.vma.end);
    const place = this.#memory.add(new Region('the mapping', vma, true));
    interpret(code, Number(arg(3)), [this.task, place, arg(4)], this.#host);
    this.#memory.drop(place);
    return 0n;
  }
}
