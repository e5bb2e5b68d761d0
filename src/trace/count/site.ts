import type { FileOffset } from '../../base/units.ts';
import type { BackJump } from '../bpf/count.ts';

/** A jump of a function to its own first instruction, and where it is. */
export type CountJump = BackJump & { readonly offset: FileOffset };

/** Copies of a file's functions, ready to be counted, by number: tens of thousands, of which no object is made. */
export class CountSites {
  readonly path: string;
  readonly #entries: number[] = [];
  readonly #jumps = new Map<number, readonly CountJump[]>();

  constructor(path: string) {
    this.path = path;
  }

  get length(): number {
    return this.#entries.length;
  }

  /** Places in the file where probes will be. */
  get probes(): number {
    let probes = this.length;
    for (const jumps of this.#jumps.values()) probes += jumps.length;
    return probes;
  }

  /** `entry`: the file's offset of an instruction that runs once for each call, and for each of `jumps` that is taken. */
  add(entry: number, jumps: readonly CountJump[]): void {
    if (jumps.length > 0) this.#jumps.set(this.length, jumps);
    this.#entries.push(entry);
  }

  entry(site: number): number {
    return this.#entries[site]!;
  }

  jumps(site: number): readonly CountJump[] {
    return this.#jumps.get(site) ?? noJumps;
  }
}

const noJumps: readonly CountJump[] = [];

/** The sites of functions by number: all of the first one, then all of the second, and so on. */
export class FunctionSites {
  readonly #starts: Uint32Array;

  /** `counts`: how many each function has. */
  constructor(counts: readonly number[]) {
    this.#starts = new Uint32Array(counts.length + 1);
    counts.forEach((count, fn) => {
      this.#starts[fn + 1] = this.#starts[fn]! + count;
    });
  }

  /** Functions. */
  get length(): number {
    return this.#starts.length - 1;
  }

  /** The first site of a function; of the one behind the last, how many sites there are. */
  start(fn: number): number {
    return this.#starts[fn]!;
  }

  count(fn: number): number {
    return this.#starts[fn + 1]! - this.#starts[fn]!;
  }
}
