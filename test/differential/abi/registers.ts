import { atCommas } from './llvm-ir.ts';

/**
 * Where a piece of a value is at a function's entry: in a register, `stack` bytes above the stack pointer, or behind a pointer
 * that is in either. `offset` and `size` are the piece's in the value.
 */
export type Piece = { readonly offset: number; readonly size: number; readonly indirect: boolean } & (
  | { readonly reg: string; readonly stack?: never }
  | { readonly stack: number; readonly reg?: never }
);

type Scalar = { readonly size: number; readonly align: number; readonly float: boolean };

const argumentRegisters = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];
const resultRegisters = ['rax', 'rdx', 'rcx'];

const roundUp = (value: number, align: number): number => Math.ceil(value / align) * align;

/** Size and alignment in bytes of LLVM's scalar types on x86-64; i128 is aligned to 16 since LLVM 18. */
const scalar = (type: string, llvm: number): Scalar => {
  if (type === 'ptr') return { size: 8, align: 8, float: false };
  if (type === 'float') return { size: 4, align: 4, float: true };
  if (type === 'double') return { size: 8, align: 8, float: true };
  const bits = Number(/^i(\d+)$/.exec(type)?.[1]);
  if (!(bits > 0)) throw new Error(`not a scalar: ${type}`);
  const size = Math.ceil(bits / 8);
  return { size, align: size > 8 ? (llvm >= 18 ? 16 : 8) : 2 ** Math.ceil(Math.log2(size)), float: false };
};

/** Scalars that a first-class aggregate is made of, with their offsets. */
const elements = (type: string, llvm: number): { type: string; offset: number }[] => {
  const array = /^\[(\d+) x (.*)\]$/.exec(type);
  const types = array
    ? Array.from({ length: Number(array[1]) }, () => array[2]!)
    : type.startsWith('{')
      ? atCommas(type.slice(1, -1))
      : [type];
  let end = 0;
  return types.map((element) => {
    const { size, align } = scalar(element, llvm);
    const offset = roundUp(end, align);
    end = offset + size;
    return { type: element, offset };
  });
};

export const sizeOf = (type: string, llvm: number): number => {
  const last = elements(type, llvm).at(-1);
  return last === undefined ? 0 : last.offset + scalar(last.type, llvm).size;
};

export const alignOf = (type: string, llvm: number): number =>
  Math.max(...elements(type, llvm).map((element) => scalar(element.type, llvm).align));

/**
 * LLVM's C calling convention on x86-64 (`CC_X86_64_C`), which `fastcc` shares there. An i128 for which two registers aren't left:
 * LLVM before 19 gives its halves what is left, later ones put it whole on the stack.
 */
export class ArgumentRegisters {
  readonly #llvm: number;
  #integers = 0;
  #floats = 0;
  #stack = 8;

  constructor(llvm: number) {
    this.#llvm = llvm;
  }

  /** Pieces of a value of a first-class type that begins `offset` bytes into an argument. */
  take(type: string, offset: number): Piece[] {
    return elements(type, this.#llvm).flatMap((element) => this.#scalar(element.type, offset + element.offset));
  }

  /** A copy on the stack (`byval`). */
  copied(size: number, align: number): Piece[] {
    return [{ stack: this.#slot(size, align), offset: 0, size, indirect: false }];
  }

  #slot(size: number, align = 8): number {
    const at = roundUp(this.#stack - 8, Math.max(8, align)) + 8;
    this.#stack = at + roundUp(size, 8);
    return at;
  }

  #scalar(type: string, offset: number): Piece[] {
    const { size, float } = scalar(type, this.#llvm);
    if (float) {
      return [
        this.#floats < 8
          ? { reg: `xmm${this.#floats++}`, offset, size, indirect: false }
          : { stack: this.#slot(size), offset, size, indirect: false },
      ];
    }
    if (size > 8 && this.#llvm >= 19 && this.#integers > 4) {
      if (this.#llvm === 19) this.#integers = 6;
      return [{ stack: this.#slot(16, 16), offset, size: 16, indirect: false }];
    }
    const words = Math.ceil(size / 8);
    return Array.from({ length: words }, (_, word): Piece => {
      const part = { offset: offset + 8 * word, size: Math.min(8, size - 8 * word), indirect: false };
      const reg = argumentRegisters[this.#integers];
      if (reg === undefined) return { stack: this.#slot(8), ...part };
      this.#integers += 1;
      return { reg, ...part };
    });
  }
}

/** Pieces of a result in registers; null where it doesn't fit, so that LLVM returns it through a hidden pointer. */
export const resultPieces = (type: string, llvm: number): Piece[] | null => {
  let integers = 0;
  let floats = 0;
  const pieces: Piece[] = [];
  for (const element of elements(type, llvm)) {
    const { size, float } = scalar(element.type, llvm);
    for (let from = 0; from < size; from += 8) {
      const reg = float ? ['xmm0', 'xmm1'][floats++] : resultRegisters[integers++];
      if (reg === undefined) return null;
      pieces.push({ reg, offset: element.offset + from, size: Math.min(8, size - from), indirect: false });
    }
  }
  return pieces;
};
