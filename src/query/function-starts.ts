import type { SymbolTable } from '../elf/symbols.ts';
import { partRows } from './locate.ts';

/** Where functions begin and end; parts that compilers moved away (`name.cold`, `name.warm`) are none. */
export class FunctionStarts {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;

  constructor(symbols: SymbolTable) {
    const all = symbols.functions();
    const cold = new Set(partRows(symbols));
    const rows = symbols.sort(cold.size === 0 ? all : all.filter((row) => !cold.has(row)), 'address');
    this.#starts = new Float64Array(rows.length);
    this.#ends = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const start = Number(symbols.address(rows[i]!));
      this.#starts[i] = start;
      this.#ends[i] = start + Number(symbols.size(rows[i]!));
    }
  }

  /** Whether an address is a function's first or in the code that its symbol speaks of. */
  covers(at: number): boolean {
    const behind = this.#firstAtLeast(at + 1);
    // Several symbols may name one begin, not all with a size.
    for (let i = behind - 1; i >= 0 && this.#starts[i] === this.#starts[behind - 1]; i--)
      if (this.#starts[i] === at || at < this.#ends[i]!) return true;
    return false;
  }

  /** Whether a function begins there. */
  has(at: number): boolean {
    return this.#starts[this.#firstAtLeast(at)] === at;
  }

  /** What lies between functions from one address up to and without another. */
  *gaps(from: number, to: number): Generator<{ readonly start: number; readonly end: number }> {
    let end = from;
    for (let i = this.#firstAtLeast(from); end < to; i++) {
      const next = Math.min(this.#starts[i] ?? to, to);
      if (next > end) yield { start: end, end: next };
      end = Math.max(end, next === to ? to : this.#ends[i]!);
    }
  }

  /** The next begin behind an address. */
  after(at: number): number {
    return this.#starts[this.#firstAtLeast(at + 1)] ?? Number.POSITIVE_INFINITY;
  }

  #firstAtLeast(at: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
