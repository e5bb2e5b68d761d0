/** First opcode bytes of common instructions that the kernel steps over without harm, whatever follows. */
const stepped: ReadonlySet<number> = new Set([
  0x01, 0x03, 0x09, 0x0b, 0x21, 0x23, 0x29, 0x2b, 0x31, 0x33, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x63, 0x80, 0x81,
  0x83, 0x84, 0x85, 0x88, 0x89, 0x8a, 0x8b, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf,
]);

/**
 * What a probe costs on the instruction at a position, as `probeCost` says, but only for the instructions that nearly all
 * functions begin with: a few comparisons instead of a disassembler. Null: ask that.
 */
export const quickCost = (bytes: Uint8Array, at: number): 'emulated' | 'stepped' | null => {
  const first = bytes[at] ?? 0;
  const next = bytes[at + 1] ?? 0;
  if (isPush(first) || (first === 0x41 && isPush(next))) return 'emulated';
  if (first >> 4 === 7 || first === 0xe8 || first === 0xe9 || first === 0xeb) return 'emulated';
  if (first === 0x0f && next >> 4 === 8) return 'emulated';
  const hasRex = first >> 4 === 4;
  const opcode = hasRex ? next : first;
  const modrm = bytes[at + (hasRex ? 2 : 1)] ?? 0;
  // `lea` of a register is no instruction.
  if (opcode === 0x8d) return modrm < 0xc0 ? 'stepped' : null;
  return stepped.has(opcode) ? 'stepped' : null;
};

/** The last byte of `push` of a register. */
export const isPush = (byte: number): boolean => byte >> 3 === 0x50 >> 3;
