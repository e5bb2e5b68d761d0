import { lstatSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { hasDebugInfo } from './debug-sections.ts';
import { OpenFile, readError } from './file.ts';
import type { Image } from './model.ts';
import { openImage } from './open.ts';

/** What a file that was found must be, to be taken for the one that was looked for. */
export type Wanted = {
  /** The file that is looked for; it is not its own debug file. */
  readonly owner: Image;
  /** Null: it isn't known. */
  readonly buildId: string | null;
  /** Null: it need not be compared. */
  readonly crc: number | null;
};

/**
 * Opens a file that may be the one wanted. `image`: it is; `refusal`: there is a file, and why it is not used, in one
 * line for the user; null: there is none. Throws nothing but defects.
 */
export const openCandidate = (path: string, wanted: Wanted): { image: Image } | { refusal: string } | null => {
  let image: Image | undefined;
  try {
    if (!exists(path)) return null;
    image = openImage(path);
    const problem = problemWith(image, wanted);
    if (problem === null) return { image };
    image[Symbol.dispose]();
    return { refusal: `${sanitize(path)} is passed over: ${problem}` };
  } catch (error) {
    image?.[Symbol.dispose]();
    if (!(error instanceof RsymError) || error.code === 'internal') throw error;
    return { refusal: `${error.message}: it is passed over` };
  }
};

/** A symbolic link that leads nowhere is there, too: opening it says what is wrong. */
const exists = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw readError(path, error);
  }
};

const problemWith = (image: Image, { owner, buildId, crc }: Wanted): string | null => {
  if (image.identity === owner.identity) return 'it is the file itself';
  if (buildId !== null && image.buildId !== buildId && (crc === null || image.buildId !== null))
    return `its build id is ${image.buildId ?? 'missing'}, not ${buildId}`;
  if (image.format !== owner.format || image.machine !== owner.machine)
    return `it is for ${image.format} ${image.machine}, not ${owner.format} ${owner.machine}`;
  if (crc !== null) {
    const found = checksum(image);
    if (found !== crc) return `its CRC is ${digits(found)}, not ${digits(crc)}: it belongs to another build`;
  }
  return isWorthReading(image) ? null : 'it has neither debug info nor a symbol table';
};

/** Whether a debug file has anything to tell. */
export const isWorthReading = (image: Image): boolean => hasDebugInfo(image) || !image.stripped;

const digits = (crc: number): string => crc.toString(16).padStart(8, '0');

const chunkSize = 1 << 20;

/** CRC-32 of the whole file that the image was opened from. */
const checksum = (image: Image): number => {
  using file = new OpenFile(image.path);
  if (file.identity !== image.identity) throw readError(image.path, new RsymError('input', 'it changes'));
  const chunk = new Uint8Array(chunkSize);
  let crc = 0;
  for (let offset = 0; offset < file.size; ) {
    const read = file.readAt(offset, chunk);
    if (read === 0) throw readError(image.path, file.failure ?? new RsymError('input', 'it was cut off meanwhile'));
    crc = crc32(chunk.subarray(0, read), crc);
    offset += read;
  }
  return crc;
};
