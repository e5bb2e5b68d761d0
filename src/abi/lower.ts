import type { GivenShape } from './given-shape.ts';
import type { ArgPlan, CallPlan, Place, Register, ReturnPlan } from './model.ts';
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

const vector = (reg: string, size: number): Place => ({
  kind: 'gone',
  reason: `in ${reg}: not visible to kernel probes`,
  size,
});

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

  take(shape: GivenShape): { places: readonly Place[]; note: string | null } {
    const pieces = piecesOf(shape);
    if (shape.kind === 'float') return { places: pieces.map((size) => this.#float(size)), note: null };
    if (shape.kind === 'int' && shape.bits === 128 && this.#integers > integerRegisters.length - 2) {
      this.#dependsOnCompiler = true;
      // rsp+8 is a multiple of 16 at the first instruction.
      this.#stack = 8 + Math.ceil((this.#stack - 8) / 16) * 16;
      return { places: pieces.map((size) => this.#slot(size)), note: stackNote };
    }
    const note = this.#dependsOnCompiler && pieces.length > 0 ? laterNote : null;
    return { places: pieces.map((size) => this.#integer(size)), note };
  }

  #integer(size: number): Place {
    const reg = integerRegisters[this.#integers];
    if (reg === undefined) return this.#slot(size);
    this.#integers++;
    return { kind: 'register', reg, size };
  }

  #float(size: number): Place {
    return this.#vectors < vectorRegisters ? vector(`xmm${this.#vectors++}`, size) : this.#slot(size);
  }

  #slot(size: number): Place {
    const offset = this.#stack;
    this.#stack += 8;
    return { kind: 'stack', offset, size };
  }
}

const returnRegisters: readonly Register[] = ['rax', 'rdx'];

const lowerReturn = ({ text, shape }: GivenType): ReturnPlan => {
  const pieces = piecesOf(shape);
  const mode =
    shape.kind === 'never' ? 'never' : pieces.length === 0 ? 'none' : pieces.length === 1 ? 'direct' : 'pair';
  const places = pieces.map((size, i): Place => {
    const reg = returnRegisters[i];
    return shape.kind === 'float' || reg === undefined ? vector('xmm0', size) : { kind: 'register', reg, size };
  });
  return { type: text, shape, mode, places, evidence: 'given', note: null };
};

/** Where the arguments are at a function's entry and its return value at its exits, by the signature that was given. */
export const lowerSignature = (signature: Signature): CallPlan => {
  const places = new Places();
  const args = signature.args.map(
    ({ name, text, shape }, i): ArgPlan => ({
      name: name ?? `arg${i}`,
      type: text,
      shape,
      ...places.take(shape),
      evidence: 'given',
    }),
  );
  return { args, ret: lowerReturn(signature.ret) };
};

/** With no signature: the registers that could hold arguments and a return value, uninterpreted. */
export const rawPlan = (): CallPlan => {
  const raw = (reg: Register) => ({
    type: 'register',
    shape: { kind: 'raw', name: reg } as const,
    places: [{ kind: 'register', reg, size: 8 }] as const,
    evidence: 'raw' as const,
    note: null,
  });
  return {
    args: integerRegisters.map((reg) => ({ name: reg, ...raw(reg) })),
    ret: { ...raw('rax'), mode: 'direct' },
  };
};
