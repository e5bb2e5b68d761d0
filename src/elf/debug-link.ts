import { hexDigits } from '../core/wire.ts';
import type { Image } from './model.ts';

/** What `.gnu_debuglink` says: the debug file's name, and the CRC-32 of all its bytes. */
export type DebugLink = { readonly name: string; readonly crc: number };

/** What `.gnu_debugaltlink` says: the file that dwz moved the common part of several files' DWARF to. */
export type AlternateLink = { readonly name: string; readonly buildId: string };

/** A section of a link that can't be one; the message says why. */
export type BadLink = { readonly problem: string };

// A path and a checksum; PATH_MAX is 4096.
const largestLink = 1 << 16;
const longestName = 4095;

const strict = new TextDecoder('utf-8', { fatal: true });

/**
 * .gnu_debuglink:     name, NUL, padding to a multiple of 4, CRC-32 in the file's byte order
 * .gnu_debugaltlink:  name, NUL, build id
 */
export const debugLink = (image: Image): DebugLink | BadLink | null =>
  read(image, '.gnu_debuglink', ({ name, end, bytes }) => {
    if (name.includes('/') || name === '.' || name === '..') return { problem: 'it names no file but a path' };
    const at = (end + 4) & ~3;
    if (at + 4 > bytes.length) return { problem: 'it has no checksum' };
    return { name, crc: image.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at) };
  });

export const alternateLink = (image: Image): AlternateLink | BadLink | null =>
  read(image, '.gnu_debugaltlink', ({ name, end, bytes }) => {
    const buildId = hexDigits(bytes.subarray(end + 1));
    return buildId.length >= shortestBuildId ? { name, buildId } : { problem: 'it has no build id' };
  });

/** Digits of the shortest build id that a path under `.build-id` can be made of. */
export const shortestBuildId = 4;

type Content = { readonly name: string; readonly end: number; readonly bytes: Buffer };

const read = <Link>(
  image: Image,
  sectionName: string,
  parse: (content: Content) => Link | BadLink,
): Link | BadLink | null => {
  const section = image.sections.find(({ name }) => name === sectionName);
  if (!section || image.format !== 'elf') return null;
  if (section.size > largestLink) return { problem: `it is ${section.size} bytes long` };
  let bytes: Buffer;
  try {
    bytes = Buffer.from(image.readBytes(section.fileOffset, Number(section.size)));
  } catch {
    return { problem: 'the file ends before it' };
  }
  const end = bytes.indexOf(0);
  if (end <= 0) return { problem: 'it has no name' };
  if (end > longestName) return { problem: 'its name is too long' };
  const name = utf8(bytes.subarray(0, end));
  return name === null ? { problem: 'its name is not UTF-8' } : parse({ name, end, bytes });
};

const utf8 = (bytes: Uint8Array): string | null => {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
};
