import { launchProgram } from './bpf/lifecycle.ts';
import { GLOBALS } from './bpf/records.ts';
import { processNumbers } from './descendants.ts';
import type { KernelObjects } from './kernel-objects.ts';
import { kernelTypes } from './kernel-types.ts';
import { attachRawTracepoint } from './uprobe/attach.ts';
import { deleteElement, keysOf, lookupElement, u32, updateElement } from './uprobe/map.ts';

const launchTracepoint = 'sched_process_exec';

/** The processes that programs take notice of: the kernel's map `scope`, and the words of `globals` that go with it. */
export class ProcessScope {
  readonly #objects: KernelObjects;

  constructor(objects: KernelObjects) {
    this.#objects = objects;
  }

  /** True if this kernel's type information allows stopping a new program before its first instruction. */
  get canLaunch(): boolean {
    return kernelTypes().task !== null;
  }

  /** Makes the next program that this process starts stop at its first instruction, and adds it to the scope. */
  armLaunch(parent: number): Disposable {
    const { task } = kernelTypes();
    if (!task) throw new Error('launch is not possible here');
    using program = this.#objects.load(launchProgram(parent, task));
    const link = attachRawTracepoint(program, launchTracepoint);
    const globals = this.globals();
    globals.writeBigUInt64LE(1n, GLOBALS.launch);
    updateElement(this.#objects.map('globals'), u32(0), globals);
    return link;
  }

  /** Adds a process. */
  watch(pid: number): boolean {
    return updateElement(this.#objects.map('scope'), u32(pid), u32(1));
  }

  unwatch(pid: number): void {
    deleteElement(this.#objects.map('scope'), u32(pid));
  }

  /** The process that was waited for; null: it hasn't come. */
  get chosen(): number | null {
    const pid = Number(this.globals().readBigUInt64LE(GLOBALS.chosen));
    return pid === 0 ? null : pid;
  }

  watched(): number[] {
    return keysOf(this.#objects.map('scope'), 4).map((key) => key.readUInt32LE());
  }

  /** The value of the map `globals`. */
  globals(): Buffer {
    const value = Buffer.alloc(GLOBALS.size);
    lookupElement(this.#objects.map('globals'), u32(0), value);
    return value;
  }

  /** Children that there was no room to follow. */
  get lostProcesses(): number {
    return Number(this.globals().readBigUInt64LE(GLOBALS.lostProcesses));
  }
}

/** Whose calls are told: those of processes that are named later, of every one, or of the first new one alone. */
export type Watched = 'named' | 'all' | 'next';

/** How many processes a scope holds. With children: a process is forgotten when it ends, so this many live at one time. */
export const scopeSize = (children: boolean): number => (children ? 16_384 : 1_024);

/** Likewise where a new process is waited for: room for all that are there. */
export const roomForOld = (): number => 2 * processNumbers().length + 1_024;
