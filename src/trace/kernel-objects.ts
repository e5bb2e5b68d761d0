import type { ProgramSpec } from './bpf/asm.ts';
import type { MapSpec } from './bpf/maps.ts';
import { closeAll } from './keeper/links.ts';
import type { OwnedFd } from './sys/fd.ts';
import { attachRawTracepoint } from './uprobe/attach.ts';
import { createMap } from './uprobe/map.ts';
import { loadProgram } from './uprobe/program.ts';

/** Maps of the kernel, the programs that use them, and those programs' tracepoints. All of it goes when this is disposed of. */
export class KernelObjects implements Disposable {
  readonly #owned: Disposable[] = [];
  readonly #maps = new Map<string, OwnedFd>();
  readonly #tracepoints: OwnedFd[] = [];

  own<Owned extends Disposable>(owned: Owned): Owned {
    this.#owned.push(owned);
    return owned;
  }

  createMaps(specs: readonly MapSpec[]): void {
    for (const spec of specs) this.#maps.set(spec.name, this.own(createMap(spec)));
  }

  map(name: string): OwnedFd {
    const map = this.#maps.get(name);
    if (!map) throw new Error(`no map ${name}`);
    return map;
  }

  /** Loads a program whose life is its reader's business. */
  load(spec: ProgramSpec): OwnedFd {
    return loadProgram(spec, (name) => this.map(name));
  }

  /** Runs a program at a tracepoint. */
  watch(tracepoint: string, spec: ProgramSpec): void {
    this.#tracepoints.push(attachRawTracepoint(this.own(this.load(spec)), tracepoint));
  }

  /** No program runs at a tracepoint any more. */
  async unwatch(): Promise<void> {
    await closeAll(this.#tracepoints);
  }

  [Symbol.dispose](): void {
    for (const link of this.#tracepoints.splice(0)) link[Symbol.dispose]();
    for (const owned of this.#owned.splice(0).reverse()) owned[Symbol.dispose]();
  }
}
