import { fileOffset } from '../base/units.ts';
import type { Image, Section } from './model.ts';

export const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800n;

/** ch_type of a compressed section's header (gABI). */
const methods: Readonly<Record<number, Compression>> = { 1: 'zlib', 2: 'zstd' };

/** How a section is compressed; `zlib-gnu` is the form from before the gABI's, with sections named `.zdebug_…`. */
export type Compression = 'zlib' | 'zstd' | 'zlib-gnu' | 'other';

/** The section of debug info with this name behind `debug_`, if the file has its bytes: `.debug_info`, `.zdebug_info`, `__debug_info`. */
export const debugSection = (image: Image, name: string): Section | undefined =>
  image.sections.find(
    (section) =>
      section.size > 0n &&
      !(image.format === 'elf' && section.type === SHT_NOBITS) &&
      [`.debug_${name}`, `.zdebug_${name}`, `__debug_${name}`, `__zdebug_${name}`].includes(unsegmented(section.name)),
  );

/** Mach-O names a section with its segment: `__DWARF,__debug_info`. */
const unsegmented = (name: string): string => name.slice(name.lastIndexOf(',') + 1);

/** Whether the file itself has DWARF. */
export const hasDebugInfo = (image: Image): boolean => debugSection(image, 'info') !== undefined;

/** Null for a section that is not compressed. Throws RsymError `input` where the file ends too early. */
export const compressionOf = (image: Image, section: Section): Compression | null => {
  if (/^[._]+zdebug_/.test(unsegmented(section.name))) return 'zlib-gnu';
  if (image.format !== 'elf' || (headerFlags(image, section) & SHF_COMPRESSED) === 0n) return null;
  const header = Buffer.from(image.readBytes(section.fileOffset, 4));
  return methods[image.littleEndian ? header.readUInt32LE() : header.readUInt32BE()] ?? 'other';
};

/**
 * sh_flags of a section's header:
 *   ELF header      32 bits: e_shoff at 0x20, e_shentsize at 0x2e     64 bits: at 0x28, at 0x3a
 *   section header  32 bits: sh_flags, 4 bytes at 8                   64 bits: 8 bytes at 8
 */
const headerFlags = (image: Image, section: Section): bigint => {
  const number = (at: bigint, size: 2 | 4 | 8): bigint => {
    const bytes = image.readBytes(fileOffset(at), size);
    return (image.littleEndian ? bytes.reverse() : bytes).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  };
  const wide = image.bits === 64;
  const headers = number(wide ? 0x28n : 0x20n, wide ? 8 : 4);
  const headerSize = number(wide ? 0x3an : 0x2en, 2);
  return number(headers + BigInt(image.sections.indexOf(section)) * headerSize + 8n, wide ? 8 : 4);
};
