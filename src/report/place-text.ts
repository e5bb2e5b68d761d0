import type { ShownPiece } from '../query/show-model.ts';

/** Names of the general registers' low 4, 2 and 1 bytes, where they aren't made by a suffix. */
const narrow: Readonly<Record<string, readonly [string, string, string]>> = {
  rax: ['eax', 'ax', 'al'],
  rbx: ['ebx', 'bx', 'bl'],
  rcx: ['ecx', 'cx', 'cl'],
  rdx: ['edx', 'dx', 'dl'],
  rsi: ['esi', 'si', 'sil'],
  rdi: ['edi', 'di', 'dil'],
  rbp: ['ebp', 'bp', 'bpl'],
  rsp: ['esp', 'sp', 'spl'],
};

/** As an assembler names the part of a register that holds `size` bytes. */
const registerText = (reg: string, size: number): string => {
  if (reg.startsWith('xmm') || size > 4) return reg;
  const [dword, word, byte] = narrow[reg] ?? [`${reg}d`, `${reg}w`, `${reg}b`];
  return size > 2 ? dword : size === 2 ? word : byte;
};

const signed = (value: bigint): string =>
  value === 0n ? '' : value < 0n ? `-0x${(-value).toString(16)}` : `+0x${value.toString(16)}`;

/** Where a piece is, as an assembler would write it: `edi`, `[rsp+0x8]`, `[[rsp+0x10]+0x8]`. */
export const placeText = ({ location, size }: ShownPiece): string => {
  switch (location.kind) {
    case 'register':
      return registerText(location.reg, location.add === 0n ? size : 8) + signed(location.add);
    case 'vector':
      return location.reg;
    case 'stack':
      return `[rsp${signed(location.offset)}]`;
    case 'memory': {
      const { base, offset, followed } = location;
      const first = base === null ? `[0x${offset.toString(16)}]` : `[${base}${signed(offset)}]`;
      return followed.reduce((text, add) => `[${text}${signed(add)}]`, first);
    }
    case 'constant':
      return `always ${constantText(location.bytes)}`;
    case 'gone':
      return 'nowhere';
  }
};

const constantText = (bytes: Uint8Array): string => {
  if (bytes.length > 8) return `bytes ${Buffer.from(bytes).toString('hex')}`;
  const value = [...bytes].reduceRight((all, byte) => (all << 8n) | BigInt(byte), 0n);
  return value < 10n ? String(value) : `0x${value.toString(16)}`;
};
