import { accessSync, constants } from 'node:fs';
import type { Image } from '../elf/model.ts';

/** What is to be said of an image that has so many functions with a name; null: nothing. */
export const noteOn = (image: Image, count: number): string | null => {
  if (image.type === 'core') return 'a core file has no symbols of its own';
  if (image.stripped) return count === 0 ? 'it is stripped: no function has a name' : 'stripped: exported functions';
  return count === 0 ? 'no function has a name here' : null;
};

/** Whether the file can be started here as a program. */
export const isRunnable = (image: Image): boolean => {
  // A program of another system may well be executable here.
  if (image.format !== 'elf') return false;
  if (image.type !== 'executable' && (image.type !== 'pie' || image.entry === null)) return false;
  try {
    accessSync(image.path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
