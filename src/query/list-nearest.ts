import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { nearest } from './nearest.ts';

/** Function names a user may have meant by a pattern that matched nothing, best first. Files that fail are passed over. */
export const nearestInFiles = (paths: readonly string[], pattern: string, limit = 5): string[] => {
  const names = function* (): Generator<string> {
    for (const path of paths) {
      using image = openImage(path);
      yield* namesOf(image);
    }
  };
  return nearest(pattern, names(), limit);
};

function* namesOf(image: Image): Generator<string> {
  const table = image.symbols();
  const rows = table.functions();
  table.prepare(rows);
  for (const row of rows) yield table.name(row);
  for (const member of image.members) {
    try {
      using object = member.open();
      yield* namesOf(object);
    } catch {
      // It was told when the member was listed.
    }
  }
}
