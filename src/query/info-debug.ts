import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { findAlternateFile, findDebugFile } from '../elf/debug-file.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import type { Producer } from '../elf/debug-model.ts';
import { type Compression, compressionOf, debugSection } from '../elf/debug-sections.ts';
import type { Image } from '../elf/model.ts';
import type { DebugFacts, InfoOptions } from './info-model.ts';

export type DebugAnswer = {
  readonly facts: DebugFacts;
  readonly producers: readonly Producer[];
  readonly notes: readonly string[];
  readonly failure: string | null;
};

/**
 * What is known of an image's debug info. Throws RsymError where a file that the user named is the wrong one; damage of
 * debug info is told in the answer.
 */
export const debugFacts = (image: Image, options: InfoOptions): DebugAnswer => {
  // Debug info that can't be read is somewhere, all the same.
  using search = new Searched(image, options);
  const { found, linkName, looked, notes } = search.answer;
  const section = found && debugSection(found.image, 'info');
  const facts: DebugFacts = {
    source: section ? found.source : null,
    level: 'none',
    versions: [],
    compression: null,
    counts: null,
    alternate: null,
    linkName,
    looked,
  };
  if (!section) {
    const symbolsOnly = found ? [`${sanitize(found.source.path)} has symbols and no debug info`] : [];
    return { facts, producers: [], notes: [...notes, ...symbolsOnly], failure: null };
  }
  const shared = alternateOf(found.image);
  try {
    const compression: Compression | null = compressionOf(found.image, section);
    using debug = openDebugInfo(image, options);
    const producers = debug.producers();
    const versions = [...new Set(producers.map(({ version }) => version))].sort((a, b) => a - b);
    const counts = debug.counts.units > 0 ? debug.counts : null;
    return {
      facts: { ...facts, alternate: shared.alternate, level: debug.level, versions, compression, counts },
      producers,
      notes: [...debug.notes, ...shared.notes],
      failure: null,
    };
  } catch (error) {
    if (!(error instanceof RsymError) || error.code === 'internal') throw error;
    return { facts, producers: [], notes, failure: error.message };
  }
};

const alternateOf = (image: Image): { alternate: DebugFacts['alternate']; notes: readonly string[] } => {
  const { link, image: found, notes } = findAlternateFile(image);
  using opened = found;
  return { alternate: link && { ...link, path: opened?.path ?? null }, notes };
};

/** The search's result, with the separate file closed in the end. */
class Searched implements Disposable {
  readonly answer: ReturnType<typeof findDebugFile>;
  readonly #image: Image;

  constructor(image: Image, options: InfoOptions) {
    this.#image = image;
    this.answer = findDebugFile(image, options);
  }

  [Symbol.dispose](): void {
    const found = this.answer.found?.image;
    if (found !== this.#image) found?.[Symbol.dispose]();
  }
}
