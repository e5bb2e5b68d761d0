import { RsymError } from '../base/errors.ts';
import type { Image } from '../elf/model.ts';

/** An object file in an archive; valid until the next one is taken. */
export type ArchivedObject = { readonly name: string; readonly object: Image };

/**
 * The objects of an archive, one open at a time; `fail` is told of the damaged ones. Archives in it are passed over, as
 * linkers do: a thin one may name itself. But an architecture of a universal file may be an archive: its objects are
 * named `x86_64(a.o)`. Throws what is no fault of the input.
 */
export function* archivedObjects(archive: Image, fail: (error: RsymError) => void): Generator<ArchivedObject> {
  for (const { name, open } of archive.members) {
    const opened = openObject(open, fail);
    if (!opened) continue;
    using object = opened;
    if (object.format !== 'archive') yield { name, object };
    else if (archive.type === 'universal' && object.type === 'archive')
      for (const inner of archivedObjects(object, fail)) yield { ...inner, name: `${name}(${inner.name})` };
  }
}

/** Archives hold more than objects: what isn't an image is passed over, what is a damaged one is told. */
const openObject = (open: () => Image, fail: (error: RsymError) => void): Image | undefined => {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof RsymError) || error.code === 'internal') throw error;
    const isOther = error.message.includes(', a wasm module or an archive');
    if (!isOther) fail(error);
    return undefined;
  }
};
