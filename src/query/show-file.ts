import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { showFunctions } from './show.ts';
import type { ShowAnswer, ShowOptions } from './show-model.ts';

/**
 * Shows functions of a file: those that the texts name (patterns, perhaps with a signature). Release it with `using`.
 *
 * @throws {RsymError} `not-found` if no text names anything, with the nearest names; `input` if a file can't be read.
 */
export const openShow = (
  path: string,
  texts: readonly string[],
  options: ShowOptions = {},
): ShowAnswer & Disposable => {
  const opened = new Opened();
  try {
    const image = opened.use(openImage(path));
    if (image.format === 'archive')
      throw new RsymError('unsupported', `${sanitize(path)} is an archive`, {
        reason: 'functions are shown of one file',
        hints: [`ar x ${sanitize(path)}, then show one of its members`],
      });
    const { debugFile, typesFile } = options;
    const debug = opened.use(openDebugInfo(image, debugFile === undefined ? {} : { debugFile }));
    const other = typesFile === undefined ? null : openTypes(typesFile, opened);
    const missing: RsymError[] = [];
    const functions = showFunctions({ image, symbols: image.symbols(), debug }, texts, other, options, missing);
    return {
      path,
      debug: { level: debug.level, source: debug.source },
      notes: debug.notes,
      missing,
      functions,
      [Symbol.dispose]: () => opened[Symbol.dispose](),
    };
  } catch (error) {
    opened[Symbol.dispose]();
    throw error;
  }
};

/** What must be closed, the last opened first. (Node 20 has no DisposableStack.) */
class Opened implements Disposable {
  readonly #all: Disposable[] = [];

  use<T extends Disposable>(opened: T): T {
    this.#all.push(opened);
    return opened;
  }

  [Symbol.dispose](): void {
    for (const opened of this.#all.reverse()) opened[Symbol.dispose]();
  }
}

const openTypes = (path: string, opened: Opened): DebugInfo => {
  const image: Image = opened.use(openImage(path));
  const debug = opened.use(openDebugInfo(image));
  if (debug.types !== null) return debug;
  throw new RsymError('input', `${sanitize(path)} has no types`, {
    reason:
      debug.level === 'lines' ? 'its debug info has line tables only' : (debug.notes[0] ?? 'it has no debug info'),
    hints: ['build it with `debug = 2`'],
  });
};
