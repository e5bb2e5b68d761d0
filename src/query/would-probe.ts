import type { Address, FileOffset } from '../base/units.ts';
import { toFileOffset } from '../elf/address-map.ts';
import { openImage } from '../elf/open.ts';
import { locate } from './locate.ts';

/** Where a trace would plant its entry probe; the offset is null where the address is not in the file. */
export type PlannedProbe = { readonly name: string; readonly address: Address; readonly offset: FileOffset | null };

/**
 * The entry probes that a trace of these functions would plant, on any machine, with any rights.
 *
 * @throws {RsymError} if the file can't be opened, or `not-found` if a function has no code in it.
 */
export const wouldProbe = (path: string, functions: readonly string[]): PlannedProbe[] => {
  using image = openImage(path);
  return locate(image, image.symbols(), functions).map(({ name, address }) => ({
    name,
    address,
    offset: toFileOffset(image, address) ?? null,
  }));
};
