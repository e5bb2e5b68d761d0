/** What made the code of a unit, as far as the calling convention depends on it. */
export type Compiler = {
  /** Rust's minor version (`1.x`), nightly or not; null: not rustc, or not told. */
  readonly rustc: number | null;
};

/** Reads DW_AT_producer: `clang LLVM (rustc version 1.95.0 (59807616e 2026-04-14))`. */
export const compilerOf = (producer: string | null): Compiler => {
  const [, minor] = /\brustc version 1\.(\d{1,4})\./.exec(producer ?? '') ?? [];
  return { rustc: minor === undefined ? null : Number(minor) };
};

/** Rules of `extern "Rust"` that changed over time; what the newest compilers do where the version isn't told. */
export type RustRules = {
  /** Bytes up to which an aggregate that is no scalar or pair is passed in registers. */
  readonly smallArgument: number;
  readonly smallReturn: number;
  /** Returned values of more than two words go through memory even if they are scalars. */
  readonly returnsAtMostTwoWords: boolean;
  /** Alignment of a 128-bit integer in bytes. */
  readonly wideAlign: 8 | 16;
  /** A 128-bit integer is never split between the last register and the stack (LLVM 20 and later). */
  readonly keepsWideWhole: boolean;
  /** Behind a 128-bit integer that found no registers, the others are not used any more (LLVM 17 to 19). */
  readonly wastesRegisters: boolean;
  /** Payloads of one size that differ in sign, or are integer and pointer, make an enum a pair. */
  readonly mixesPayloads: boolean;
  /** LLVM marks a function whose signature its dead argument elimination changed (LLVM 15 and later). */
  readonly marksChanges: boolean;
};

/** From the compiler's history: 1.48, 1.50, 1.61, 1.65, 1.77, 1.79, 1.84, and the LLVM that it came with. */
export const rustRules = ({ rustc }: Compiler): RustRules => {
  const version = rustc ?? Number.POSITIVE_INFINITY;
  return {
    smallArgument: version >= 50 && version < 61 ? 16 : 8,
    smallReturn: version >= 48 && version < 61 ? 16 : 8,
    returnsAtMostTwoWords: version >= 84,
    wideAlign: version >= 77 ? 16 : 8,
    keepsWideWhole: version >= 87,
    wastesRegisters: version >= 73 && version < 87,
    mixesPayloads: version >= 79,
    marksChanges: version >= 65,
  };
};

/** Versions before this had other rules, that are only read of, not tried. */
export const oldestTried = 61;
