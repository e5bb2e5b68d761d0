import type { ValueShape } from '../../abi/shape.ts';
import { sanitize } from '../../base/text.ts';
import type { Snapshot } from '../snapshot.ts';
import { missing, type Shown, type Why } from './shown.ts';
import { emptySource, lack, memorySource, type Source, word } from './source.ts';

export type DecodeContext = {
  readonly memory: Snapshot;
  /** The shape of the concrete type whose vtable is at a run-time address; null: unknown. */
  readonly concrete: (vtable: bigint) => ValueShape | null;
  /** Elements of one sequence that are shown at most. */
  readonly items: number;
};

/** Counts of an Rc or an Arc; `weak` without the one that all the strong ones hold together. */
export type Counts = { readonly path: string; readonly strong: string; readonly weak: string };

export type Dispatch = (shape: ValueShape, source: Source, at: number, decoding: Decoding) => Shown;

// A damaged value may claim any length and form a ring: what is written is bounded, whatever the bytes are.
const maxDepth = 100;
const room = 1 << 18;
const nodeCost = 16;

/** One value under way: what may be looked up, where in the value we are, how much may still be written. */
export class Decoding {
  readonly context: DecodeContext;
  readonly counts: Counts[] = [];
  readonly #dispatch: Dispatch;
  readonly #path: (string | number)[] = [];
  #depth = 0;
  #left = room;

  constructor(context: DecodeContext, dispatch: Dispatch) {
    this.context = context;
    this.#dispatch = dispatch;
  }

  /** The value of `shape` at `at`. */
  part(shape: ValueShape, source: Source, at: number): Shown {
    if (this.#left <= 0) return missing('truncated');
    if (this.#depth === maxDepth) return missing('depth');
    this.#left -= nodeCost;
    this.#depth++;
    const shown = this.#dispatch(shape, source, at, this);
    this.#depth--;
    return shown;
  }

  /** `part`, where the path goes on by a field's name or an element's index. */
  member(step: string | number, shape: ValueShape, source: Source, at: number): Shown {
    this.#path.push(step);
    const shown = this.part(shape, source, at);
    this.#path.pop();
    return shown;
  }

  /** What `decode` gives, with the path one step further. */
  within(step: string | number, decode: () => Shown): Shown {
    this.#path.push(step);
    const shown = decode();
    this.#path.pop();
    return shown;
  }

  /** Takes room for characters or for work; how much of it there was. */
  spend(wanted: number): number {
    const got = Math.max(0, Math.min(wanted, this.#left));
    this.#left -= wanted;
    return got;
  }

  get isFull(): boolean {
    return this.#left <= 0;
  }

  /** What is known of the memory from an address on, or why nothing is. */
  source(address: bigint): Source | Why {
    const known = this.context.memory.from(address);
    if (known === null) return this.context.memory.isFull ? 'truncated' : 'depth';
    return known === 'unreadable' ? known : this.#believed(address, known);
  }

  /** As `source`, of memory that the shape asks for: what lies too deep was cut from it, so that only room was wanting. */
  wanted(address: bigint): Source | Why {
    const source = this.source(address);
    return source === 'depth' ? 'truncated' : source;
  }

  /** As `source`, of memory that is of no use with a part missing. */
  sound(address: bigint): Source | Why {
    const source = this.source(address);
    return typeof source !== 'string' && source.missing.length > 0 ? 'gone' : source;
  }

  #believed(address: bigint, bytes: Uint8Array): Source {
    const missing = this.context.memory.staleIn(address, bytes.length);
    return missing.length === 0 ? memorySource(bytes) : { bytes, missing };
  }

  /** Memory of which all of `size` bytes are known, else null. */
  whole(address: bigint, size: number): Source | null {
    if (size === 0) return emptySource;
    const known = this.context.memory.from(address);
    if (known === null || known === 'unreadable' || known.length < size) return null;
    return this.context.memory.staleIn(address, size).length > 0 ? null : memorySource(known);
  }

  /** A word in memory; null where it isn't known. */
  wordAt(address: bigint): bigint | null {
    const source = this.whole(address, 8);
    return source === null ? null : word(source, 0);
  }

  /** Notes the counts of an Rc or an Arc whose memory begins at `address`. */
  count(address: bigint, counts: { readonly strong: number; readonly weak: number } | null): void {
    if (counts === null) return;
    const strong = this.wordAt(address + BigInt(counts.strong));
    const weak = this.wordAt(address + BigInt(counts.weak));
    // No weak count of a value in use is 0.
    if (strong === null || weak === null || weak === 0n) return;
    // Arc's is at its largest while somebody asks whether he is alone: `weak_count` says 0 then.
    const users = weak === 0xffff_ffff_ffff_ffffn ? 0n : weak - 1n;
    this.counts.push({ path: this.#pathText(), strong: strong.toString(), weak: users.toString() });
  }

  #pathText(): string {
    return this.#path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${sanitize(step)}`)).join('');
  }
}

/** The word of a value at an offset, or why it isn't known. */
export const ownWord = (source: Source, at: number): bigint | Why => lack(source, at, at + 8) ?? word(source, at);
