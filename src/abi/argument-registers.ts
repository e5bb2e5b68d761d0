import type { Register } from './model.ts';
import { inRegister, inVector, onStack, type Piece } from './place.ts';

/** Where the machine's C convention puts scalars; LLVM uses the same for `extern "Rust"`. */
export type ArgumentRegisters = {
  readonly integers: readonly Register[];
  readonly vectors: number;
  /** Bytes from the stack pointer at entry to the first argument there: behind the return address. */
  readonly stackStart: number;
  readonly results: readonly Register[];
  readonly vectorResults: number;
};

/** System V x86-64. LLVM returns a third word in rcx. */
export const x86_64: ArgumentRegisters = {
  integers: ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'],
  vectors: 8,
  stackStart: 8,
  results: ['rax', 'rdx', 'rcx'],
  vectorResults: 2,
};

/** How 128-bit integers are placed when registers run out. */
export type WideManner = { readonly keepsWhole: boolean; readonly wastesRegisters: boolean; readonly align: number };

/** Hands out places in the order of the scalars. */
export class ArgumentPlaces {
  readonly #file: ArgumentRegisters;
  #integers = 0;
  #vectors = 0;
  #stack: number;

  constructor(file: ArgumentRegisters) {
    this.#file = file;
    this.#stack = file.stackStart;
  }

  get integersLeft(): number {
    return this.#file.integers.length - this.#integers;
  }

  get vectorsLeft(): number {
    return this.#file.vectors - this.#vectors;
  }

  integer(valueOffset: number, size: number): Piece {
    const reg = this.#file.integers[this.#integers];
    if (reg === undefined) return this.stack(valueOffset, size, 8);
    this.#integers++;
    return inRegister(reg, valueOffset, size);
  }

  float(valueOffset: number, size: number): Piece {
    if (this.vectorsLeft === 0) return this.stack(valueOffset, size, 8);
    return inVector(this.#vectors++, valueOffset, size);
  }

  /** A 128-bit integer, or an integer of 9 to 15 bytes that small aggregates were once passed as. */
  wide(valueOffset: number, size: number, manner: WideManner): Piece[] {
    if (this.integersLeft < 2 && manner.keepsWhole) return [this.stack(valueOffset, size, 16)];
    if (this.integersLeft < 2 && manner.wastesRegisters) {
      this.#integers = this.#file.integers.length;
      return [this.stack(valueOffset, size, manner.align)];
    }
    return [this.integer(valueOffset, 8), this.integer(valueOffset + 8, size - 8)];
  }

  /** Bytes on the stack, aligned at least to a word. */
  stack(valueOffset: number, size: number, align: number): Piece {
    const start = this.#file.stackStart;
    const step = Math.max(8, align);
    const at = start + Math.ceil((this.#stack - start) / step) * step;
    this.#stack = at + Math.ceil(size / 8) * 8;
    return onStack(at, valueOffset, size);
  }
}

/** Hands out the registers of a result; null when there are no more: it is returned through memory then. */
export class ResultPlaces {
  readonly #file: ArgumentRegisters;
  #integers = 0;
  #vectors = 0;

  constructor(file: ArgumentRegisters) {
    this.#file = file;
  }

  integer(valueOffset: number, size: number): Piece | null {
    const reg = this.#file.results[this.#integers++];
    return reg === undefined ? null : inRegister(reg, valueOffset, size);
  }

  float(valueOffset: number, size: number): Piece | null {
    return this.#vectors < this.#file.vectorResults ? inVector(this.#vectors++, valueOffset, size) : null;
  }
}
