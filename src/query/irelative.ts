import { closeSync, openSync, readSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { type Address, address } from '../base/units.ts';
import type { Image, Section } from '../elf/model.ts';
import type { MappedFile } from './mappings.ts';

const SHT_RELA = 4;
const R_X86_64_IRELATIVE = 37n;
/** Elf64_Rela: r_offset, r_info (symbol:32, type:32), r_addend. */
const entrySize = 24;
const pageSize = 4096n;

/** Nothing where the section is damaged: there are other ways to learn what an IFUNC chose. */
const bytesOf = (image: Image, section: Section): Buffer => {
  try {
    return Buffer.from(image.readBytes(section.fileOffset, Number(section.size)));
  } catch (error) {
    if (!(error instanceof RsymError) || error.code !== 'input') throw error;
    return Buffer.alloc(0);
  }
};

/** The slots into which the dynamic linker writes what the resolver at `resolver` answers. */
const slotsOf = (image: Image, resolver: Address): Address[] => {
  const slots: Address[] = [];
  for (const section of image.sections) {
    if (section.type !== SHT_RELA || !section.loaded) continue;
    const bytes = bytesOf(image, section);
    for (let at = 0; at + entrySize <= bytes.length; at += entrySize) {
      const type = bytes.readBigUInt64LE(at + 8) & 0xffff_ffffn;
      if (type === R_X86_64_IRELATIVE && bytes.readBigUInt64LE(at + 16) === resolver) {
        slots.push(address(bytes.readBigUInt64LE(at)));
      }
    }
  }
  return slots;
};

/**
 * What a running process's own linker chose for an IFUNC of `image`: read from a relocated slot of the file in that
 * process, and found to lie in the file's code there. Undefined if it has no such slot, or may not be read.
 */
export const chosenBy = (
  image: Image,
  pid: number,
  files: readonly MappedFile[],
  resolver: Address,
): Address | undefined => {
  const code = files.find(({ executable }) => executable);
  // A mapping begins at a page, so a little before the segment does.
  const segment = image.segments.find(
    (s) => s.executable && code && s.fileOffset + s.fileSize > code.offset && s.fileOffset < code.offset + pageSize,
  );
  if (!code || !segment) return undefined;
  const bias = code.start - code.offset - (segment.address - segment.fileOffset);
  const word = Buffer.alloc(8);
  for (const slot of slotsOf(image, resolver)) {
    if (!readMemory(pid, slot + bias, word)) continue;
    const chosen = word.readBigUInt64LE() - bias;
    const isCode = image.segments.some((s) => s.executable && chosen >= s.address && chosen < s.address + s.fileSize);
    if (isCode && chosen !== resolver) return address(chosen);
  }
  return undefined;
};

const readMemory = (pid: number, at: bigint, into: Buffer): boolean => {
  try {
    const fd = openSync(`/proc/${pid}/mem`, 'r');
    try {
      return readSync(fd, into, 0, into.length, at) === into.length;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
};
