import { type Address, address, type FileOffset, fileOffset } from '../base/units.ts';
import type { Image } from './model.ts';

/*
 *   file      | headers | .text … | .data … | debug info, symbols |
 *             fileOffset          \ each PT_LOAD segment          not mapped
 *   memory    address ………………………   address ……………| .bss: zeros, not in the file |
 */

/** Where the byte that a linked address names is in the file; undefined for addresses without bytes there (.bss). */
export const toFileOffset = (image: Pick<Image, 'segments'>, at: Address): FileOffset | undefined => {
  for (const { address: start, fileOffset: offset, fileSize } of image.segments)
    if (at >= start && at - start < fileSize) return fileOffset(at - start + offset);
  return undefined;
};

/** The linked address of a byte of the file; undefined where no segment maps it. */
export const toAddress = (image: Pick<Image, 'segments'>, at: FileOffset): Address | undefined => {
  for (const { address: start, fileOffset: offset, fileSize } of image.segments)
    if (at >= offset && at - offset < fileSize) return address(at - offset + start);
  return undefined;
};
