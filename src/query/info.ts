import { RsymError } from '../base/errors.ts';
import type { Producer } from '../elf/debug-model.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { archiveInfo } from './info-archive.ts';
import { compilersOf } from './info-compilers.ts';
import { debugFacts } from './info-debug.ts';
import type { Compiler, FileInfo, ImageInfo, InfoOptions, Language, Linking, SymbolsInfo } from './info-model.ts';
import { symbolsInfo } from './info-symbols.ts';
import { unwindingOf } from './info-unwinding.ts';

export type { FileInfo, InfoOptions } from './info-model.ts';

/**
 * What a file is and what it holds. Parts that can't be read are told in `failures`.
 *
 * @throws {RsymError} naming the file if it can't be read at all, or if `debugFile` is not its debug file.
 */
export const fileInfo = (path: string, options: InfoOptions = {}): FileInfo => {
  using image = openImage(path);
  return image.format === 'archive' ? archiveInfo(image) : imageInfo(image, options);
};

const imageInfo = (image: Image, options: InfoOptions): ImageInfo => {
  const { path, format, machine, bits, littleEndian, type, entry, buildId } = image;
  const debug = debugFacts(image, options);
  const failures = debug.failure === null ? [] : [debug.failure];
  const table = readSymbols(image, failures);
  const symbols = table && symbolsInfo(image, table);
  const compilers = compilersOf(image, debug.producers);
  return {
    kind: 'image',
    path,
    format,
    machine,
    bits,
    littleEndian,
    type,
    entry,
    buildId,
    linking: linkingOf(image),
    symbols,
    debug: debug.facts,
    compilers,
    languages: languagesOf(debug.producers, symbols),
    unwinding:
      table && symbols && format === 'elf' && type !== 'core'
        ? unwindingOf(image, table, symbols, hasRust(symbols, compilers))
        : null,
    notes: debug.notes,
    failures,
  };
};

const readSymbols = (image: Image, failures: string[]): SymbolTable | null => {
  try {
    return image.symbols();
  } catch (error) {
    if (!(error instanceof RsymError) || error.code === 'internal') throw error;
    failures.push(error.message);
    return null;
  }
};

const linkingOf = (image: Image): Linking | null => {
  const { type, interpreter, needed, soname, runpath, hasRunpath } = image;
  if (type !== 'executable' && type !== 'pie' && type !== 'shared') return null;
  const isDynamic = type === 'shared' || interpreter !== null || needed.length > 0;
  return { kind: isDynamic ? 'dynamic' : 'static', interpreter, needed, soname, runpath, hasRunpath };
};

const hasRust = ({ schemes }: SymbolsInfo, compilers: readonly Compiler[]): boolean =>
  schemes['rust-v0'] + schemes['rust-legacy'] > 0 || compilers.some(({ name }) => /\brustc\b/.test(name));

const mangledBy = { Rust: ['rust-v0', 'rust-legacy'], 'C++': ['itanium'] } as const;

/** Languages that debug info tells, and of the others those whose mangling symbols have. */
const languagesOf = (producers: readonly Producer[], symbols: SymbolsInfo | null): Language[] => {
  const units = new Map<string, number>();
  for (const { language, count } of producers) units.set(language, (units.get(language) ?? 0) + count);
  const told = [...units].map(([name, count]): Language => ({ name, evidence: 'debug-info', count }));
  const seen = Object.entries(mangledBy).flatMap(([name, schemes]): Language[] => {
    const count = schemes.reduce((sum, scheme) => sum + (symbols?.schemes[scheme] ?? 0), 0);
    const isTold = told.some((language) => language.name.startsWith(name));
    return count > 0 && !isTold ? [{ name, evidence: 'symbols', count }] : [];
  });
  return [...told, ...seen].sort(
    (a, b) => Number(a.evidence === 'symbols') - Number(b.evidence === 'symbols') || b.count - a.count,
  );
};
