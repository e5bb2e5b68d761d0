import { sanitize } from '../base/text.ts';
import { placeOf } from './browse-branch.ts';
import type { Entries } from './browse-entries.ts';

/** A branch that is on the screen or near it: a crate, a module or a type. Its name is safe on a terminal. */
export type Branch = {
  readonly name: string;
  /** What tells it from all others, and stays the same while the tree grows. */
  readonly path: string;
  readonly isOpen: boolean;
  /** Its functions, those of its branches too, are these of `TreeView.sorted`. */
  readonly first: number;
  readonly end: number;
};

/** A tree as lines. */
export type TreeView = {
  /** Functions by their rows; branches as `branchLine` of an index of `branches`. */
  readonly lines: Uint32Array;
  /** For each line, how many branches it is in. */
  readonly depths: Uint8Array;
  readonly branches: readonly Branch[];
  /** All functions, also those of branches that are closed. */
  readonly sorted: Uint32Array;
  /** Every function has its place. */
  readonly isWhole: boolean;
};

/** No row of a table is that high. */
const firstBranch = 2 ** 31;
export const branchLine = (index: number): number => firstBranch + index;
/** The index of a branch; null for the line of a function. */
export const branchIndex = (line: number): number | null => (line >= firstBranch ? line - firstBranch : null);

type Node = {
  readonly name: string;
  readonly path: string;
  readonly children: Map<string, number>;
  /** The same by name. */
  readonly sorted: number[];
};

const newNode = (name: string, path: string): Node => ({ name, path, children: new Map(), sorted: [] });

/** Names are taken apart in steps of so many, a few µs each. */
const stepRows = 128;
/** A depth that no screen has room for. */
const deepest = 32;
const noNode = 0;

const nothing: TreeView = {
  lines: new Uint32Array(),
  depths: new Uint8Array(),
  branches: [],
  sorted: new Uint32Array(),
  isWhole: false,
};

/** Functions by crate, module and type. Places are worked out in steps, once for each function. */
export class Tree {
  readonly #entries: Entries;
  readonly #rows: Uint32Array;
  readonly #nodes: Node[] = [newNode('', '')];
  /** By row: its node; `noNode`: not known yet. */
  readonly #nodeOf: Uint32Array;
  #at = 0;

  constructor(entries: Entries, rows: Uint32Array) {
    this.#entries = entries;
    this.#rows = rows;
    this.#nodeOf = new Uint32Array(entries.count);
  }

  get done(): boolean {
    return this.#at >= this.#rows.length;
  }

  step(): void {
    const end = Math.min(this.#at + stepRows, this.#rows.length);
    for (; this.#at < end; this.#at++) {
      const row = this.#rows[this.#at] ?? 0;
      this.#nodeOf[row] = this.#node(placeOf(this.#entries.name(row)).branch);
    }
  }

  /** These functions in their branches; the functions of a branch in the order given, below its branches. */
  view(rows: Uint32Array, open: ReadonlySet<string>): TreeView {
    if (this.#at === 0 && !this.done) return nothing;
    const own = this.#counts(rows);
    const starts = new Uint32Array(this.#nodes.length);
    const ends = new Uint32Array(this.#nodes.length);
    const total = this.#lay(own, starts, ends);
    const sorted = this.#sort(rows, ends, own, total);
    const lines: number[] = [];
    const depths: number[] = [];
    const branches: Branch[] = [];
    const walk = (id: number, depth: number): void => {
      for (const child of this.#childrenOf(id)) {
        const [first, end] = [starts[child] ?? 0, ends[child] ?? 0];
        const { name, path } = this.#nodes[child] as Node;
        if (first === end) continue;
        const isOpen = open.has(path);
        lines.push(branchLine(branches.length));
        depths.push(depth);
        branches.push({ name: sanitize(name), path, isOpen, first, end });
        if (!isOpen) continue;
        walk(child, depth + 1);
        for (let at = end - (own[child] ?? 0); at < end; at++) {
          lines.push(sorted[at] ?? 0);
          depths.push(depth + 1);
        }
      }
    };
    walk(0, 0);
    return { lines: Uint32Array.from(lines), depths: Uint8Array.from(depths), branches, sorted, isWhole: this.done };
  }

  #node(branch: readonly string[]): number {
    let id = 0;
    let path = '';
    for (const name of branch.slice(0, deepest)) {
      const { children } = this.#nodes[id] as Node;
      path = path === '' ? name : `${path}::${name}`;
      const known = children.get(name);
      if (known === undefined) {
        const parent = this.#nodes[id] as Node;
        id = this.#nodes.length;
        this.#nodes.push(newNode(name, path));
        children.set(name, id);
        parent.sorted.splice(this.#placeOf(parent, name), 0, id);
      } else id = known;
    }
    return id;
  }

  /** How many of the rows are in each node itself. */
  #counts(rows: Uint32Array): Uint32Array {
    const own = new Uint32Array(this.#nodes.length);
    for (const row of rows) {
      const node = this.#nodeOf[row] ?? noNode;
      if (node !== noNode) own[node] = (own[node] ?? 0) + 1;
    }
    return own;
  }

  /** Gives each node a range for the functions of its branches, then its own; returns how many there are. */
  #lay(own: Uint32Array, starts: Uint32Array, ends: Uint32Array): number {
    const lay = (id: number, from: number): number => {
      starts[id] = from;
      let at = from;
      for (const child of this.#childrenOf(id)) at = lay(child, at);
      at += own[id] ?? 0;
      ends[id] = at;
      return at;
    };
    return lay(0, 0);
  }

  #sort(rows: Uint32Array, ends: Uint32Array, own: Uint32Array, total: number): Uint32Array {
    const sorted = new Uint32Array(total);
    const next = ends.map((end, node) => end - (own[node] ?? 0));
    for (const row of rows) {
      const node = this.#nodeOf[row] ?? noNode;
      if (node === noNode) continue;
      const at = next[node] ?? 0;
      sorted[at] = row;
      next[node] = at + 1;
    }
    return sorted;
  }

  /** Where a name belongs among those of a node; most come last, since functions come by name. */
  #placeOf({ sorted }: Node, name: string): number {
    let at = sorted.length;
    while (at > 0 && this.#nameOf(sorted[at - 1] ?? 0) > name) at--;
    return at;
  }

  #nameOf(id: number): string {
    return this.#nodes[id]?.name ?? '';
  }

  #childrenOf(id: number): readonly number[] {
    return this.#nodes[id]?.sorted ?? [];
  }
}
