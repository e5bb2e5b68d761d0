import type { Register } from './model.ts';

/** The vector registers that pass floats; a kernel probe can't read them. */
export type VectorRegister = `xmm${number}`;

/**
 * Where one piece of a value is at the probed address. The piece is bytes `valueOffset` up to `valueOffset + size` of
 * the value. Names that DWARF and the System V ABI use: `stack` is relative to the stack pointer.
 */
export type Location =
  /** The register's low bytes; with `add` those of the register's value plus it. */
  | { readonly kind: 'register'; readonly reg: Register; readonly add: bigint }
  | { readonly kind: 'vector'; readonly reg: VectorRegister }
  /** Bytes at rsp + `offset`. */
  | { readonly kind: 'stack'; readonly offset: bigint }
  /**
   * Bytes at `base` + `offset`, the address as linked where `base` is null. For each number in `followed`, the 8 bytes there
   * are an address, to which the number is added, and so on.
   */
  | {
      readonly kind: 'memory';
      readonly base: Register | null;
      readonly offset: bigint;
      readonly followed: readonly bigint[];
    }
  /** The same at every hit; lowest byte first. */
  | { readonly kind: 'constant'; readonly bytes: Uint8Array }
  | { readonly kind: 'gone'; readonly reason: string };

export type Piece = {
  readonly location: Location;
  readonly valueOffset: number;
  readonly size: number;
  /** LLVM passes a pointer here: its value, or that of the memory that holds the piece. */
  readonly isPointer?: true;
  /** Of a result: the register is that of the function's entry, not of its return. */
  readonly atEntry?: true;
};

export const inRegister = (reg: Register, valueOffset: number, size: number): Piece => ({
  location: { kind: 'register', reg, add: 0n },
  valueOffset,
  size,
});

export const inVector = (index: number, valueOffset: number, size: number): Piece => ({
  location: { kind: 'vector', reg: `xmm${index}` },
  valueOffset,
  size,
});

export const onStack = (offset: number, valueOffset: number, size: number): Piece => ({
  location: { kind: 'stack', offset: BigInt(offset) },
  valueOffset,
  size,
});

/** Whether two pieces of one size are the same place. */
export const sameLocation = (a: Location, b: Location): boolean => {
  switch (a.kind) {
    case 'register':
      return b.kind === 'register' && a.reg === b.reg && a.add === b.add;
    case 'vector':
      return b.kind === 'vector' && a.reg === b.reg;
    case 'stack':
      return b.kind === 'stack' && a.offset === b.offset;
    case 'memory':
      return (
        b.kind === 'memory' &&
        a.base === b.base &&
        a.offset === b.offset &&
        a.followed.length === b.followed.length &&
        a.followed.every((add, i) => add === b.followed[i])
      );
    case 'constant':
      return b.kind === 'constant' && Buffer.from(a.bytes).equals(b.bytes);
    case 'gone':
      return false;
  }
};

/** The place `by` bytes further into what a location describes; null where that has no bytes there. */
export const moved = (location: Location, by: number): Location | null => {
  if (by === 0) return location;
  switch (location.kind) {
    case 'stack':
      return { ...location, offset: location.offset + BigInt(by) };
    case 'memory': {
      const last = location.followed.at(-1);
      return last === undefined
        ? { ...location, offset: location.offset + BigInt(by) }
        : { ...location, followed: [...location.followed.slice(0, -1), last + BigInt(by)] };
    }
    case 'constant':
      return { ...location, bytes: location.bytes.subarray(by) };
    case 'gone':
      return location;
    default:
      return null;
  }
};
