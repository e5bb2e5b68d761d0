/** The parts of an x86-64 instruction's encoding that the kernel's probe code looks at. */
export type Encoding = {
  /** Legacy prefixes, in order. */
  readonly prefixes: readonly number[];
  /** The REX prefix, 0 without one. */
  readonly rex: number;
  /** Whether a VEX or EVEX prefix takes the place of the legacy opcode map. */
  readonly vector: boolean;
  /** The first opcode byte; of VEX and EVEX instructions the only one. */
  readonly opcode: number;
  /** The bytes behind `opcode`: a second opcode byte, or ModRM. */
  readonly rest: readonly number[];
};

const legacyPrefixes: ReadonlySet<number> = new Set([0xf0, 0xf2, 0xf3, 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]);
// From the VEX or EVEX prefix's first byte to the opcode.
const vectorPrefixes: ReadonlyMap<number, number> = new Map([
  [0xc5, 2],
  [0xc4, 3],
  [0x62, 4],
]);

/** Splits one instruction, `bytes` being exactly its bytes. In 64-bit code `c4`, `c5` and `62` are always prefixes. */
export const encodingOf = (bytes: Uint8Array): Encoding => {
  let at = 0;
  while (legacyPrefixes.has(bytes[at] ?? 0)) at++;
  const prefixes = [...bytes.subarray(0, at)];
  const rex = (bytes[at] ?? 0) >> 4 === 4 ? (bytes[at++] ?? 0) : 0;
  const skip = rex === 0 ? vectorPrefixes.get(bytes[at] ?? 0) : undefined;
  at += skip ?? 0;
  return { prefixes, rex, vector: skip !== undefined, opcode: bytes[at] ?? 0, rest: [...bytes.subarray(at + 1)] };
};
