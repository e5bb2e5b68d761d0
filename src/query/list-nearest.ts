import { RsymError } from '../base/errors.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { nearest } from './nearest.ts';
import { archivedObjects } from './objects.ts';

/**
 * Function names a user may have meant by a pattern that matched nothing, best first. Objects of an archive that can't
 * be read are passed over, since listing it told of them; a file that can't be opened throws RsymError.
 */
export const nearestInFiles = (paths: readonly string[], pattern: string, limit = 5): string[] => {
  const names = function* (): Generator<string> {
    for (const path of paths) {
      using image = openImage(path);
      if (image.format !== 'archive') yield* namesOf(image);
      else for (const { object } of archivedObjects(image, () => undefined)) yield* namesInArchive(object);
    }
  };
  return nearest(pattern, names(), limit);
};

function* namesInArchive(object: Image): Generator<string> {
  try {
    yield* namesOf(object);
  } catch (error) {
    if (!(error instanceof RsymError) || error.code !== 'input') throw error;
  }
}

function* namesOf(image: Image): Generator<string> {
  const table = image.symbols();
  const rows = table.functions();
  table.prepare(rows);
  for (const row of rows) yield table.name(row);
}
