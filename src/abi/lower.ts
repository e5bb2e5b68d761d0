import type { GivenShape } from './given-shape.ts';
import { givenValue } from './given-value.ts';
import type { CallPlan, Register, ReturnPlan, ValuePlan } from './model.ts';
import { inRegister, inVector, onStack, type Piece } from './place.ts';
import type { GivenType, Signature } from './signature.ts';

/*
 * The x86-64 convention of Rust and of C for the types that a signature can give; for scalars and pairs of them
 * the two agree. At the function's first instruction:
 *
 *   integers, pointers   rdi rsi rdx rcx r8 r9, then 8-byte slots from rsp+8 (rsp+0 is the return address)
 *   floats               xmm0 … xmm7, counted on their own, then the same slots
 *   pairs (&str, &[T])   two integers, placed independently: the length may be on the stack with the address in r9
 *   128-bit integers     two registers, or whole on the stack at a multiple of 16; later ones still use free registers
 */
const integerRegisters: readonly Register[] = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9'];
const vectorRegisters = 8;

/** The sizes in bytes of a shape's pieces, each passed as a scalar of its own. */
const piecesOf = (shape: GivenShape): readonly number[] => {
  switch (shape.kind) {
    case 'int':
      return shape.bits === 128 ? [8, 8] : [shape.bits / 8];
    case 'float':
      return [shape.bits / 8];
    case 'bool':
      return [1];
    case 'char':
      return [4];
    case 'pointer':
    case 'raw':
      return [8];
    case 'cstring':
      return shape.fat ? [8, 8] : [8];
    case 'str':
    case 'slice':
    case 'fat':
      return [8, 8];
    case 'option':
      return piecesOf(shape.some);
    case 'unit':
    case 'never':
      return [];
  }
};

const stackNote = 'placed as LLVM 22 and C compilers do; older LLVM place a 128-bit integer differently here';
const laterNote = 'comes after a 128-bit integer on the stack: placed as LLVM 22 and C compilers do';

/** Hands out places in the order of the arguments. */
class Places {
  #integers = 0;
  #vectors = 0;
  #stack = 8;
  #dependsOnCompiler = false;

  take(shape: GivenShape): { pieces: readonly Piece[]; note: string | null } {
    const sizes = piecesOf(shape);
    if (shape.kind === 'float') return { pieces: sizes.map((size) => this.#float(size)), note: null };
    if (shape.kind === 'int' && shape.bits === 128 && this.#integers > integerRegisters.length - 2) {
      this.#dependsOnCompiler = true;
      // rsp+8 is a multiple of 16 at the first instruction.
      this.#stack = 8 + Math.ceil((this.#stack - 8) / 16) * 16;
      return { pieces: sizes.map((size, i) => this.#slot(8 * i, size)), note: stackNote };
    }
    const note = this.#dependsOnCompiler && sizes.length > 0 ? laterNote : null;
    return { pieces: sizes.map((size, i) => this.#integer(8 * i, size)), note };
  }

  #integer(at: number, size: number): Piece {
    const reg = integerRegisters[this.#integers];
    if (reg === undefined) return this.#slot(at, size);
    this.#integers++;
    return inRegister(reg, at, size);
  }

  #float(size: number): Piece {
    return this.#vectors < vectorRegisters ? inVector(this.#vectors++, 0, size) : this.#slot(0, size);
  }

  #slot(at: number, size: number): Piece {
    const piece = onStack(this.#stack, at, size);
    this.#stack += 8;
    return piece;
  }
}

const returnRegisters: readonly Register[] = ['rax', 'rdx'];

const given = { evidence: 'given', candidates: [] } as const;

const lowerReturn = ({ text, shape }: GivenType): ReturnPlan => {
  const sizes = piecesOf(shape);
  const mode = shape.kind === 'never' ? 'never' : sizes.length === 0 ? 'none' : sizes.length === 1 ? 'direct' : 'pair';
  const pieces = sizes.map((size, i): Piece => {
    const reg = returnRegisters[i];
    return shape.kind === 'float' || reg === undefined ? inVector(0, 0, size) : inRegister(reg, 8 * i, size);
  });
  return { name: '', type: text, shape: givenValue(shape), mode, pieces, note: null, ...given };
};

/** Where the arguments are at a function's entry and its return value at its exits, by the signature that was given. */
export const lowerSignature = (signature: Signature): CallPlan => {
  const places = new Places();
  const args = signature.args.map(
    ({ name, text, shape }, i): ValuePlan => ({
      name: name ?? `arg${i}`,
      type: text,
      shape: givenValue(shape),
      ...places.take(shape),
      ...given,
    }),
  );
  return { args, ret: lowerReturn(signature.ret) };
};

/** With no signature: the registers that could hold arguments and a return value, uninterpreted. */
export const rawPlan = (): CallPlan => {
  const raw = (reg: Register) => ({
    type: 'register',
    shape: { kind: 'address', size: 8 } as const,
    pieces: [inRegister(reg, 0, 8)],
    evidence: 'raw' as const,
    note: null,
    candidates: [],
  });
  return {
    args: integerRegisters.map((reg) => ({ name: reg, ...raw(reg) })),
    ret: { name: '', ...raw('rax'), mode: 'direct' },
  };
};
