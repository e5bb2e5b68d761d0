import { RsymError } from '../base/errors.ts';
import { shellCommand } from '../base/shell.ts';
import { hex } from '../base/units.ts';
import { findLibrary } from '../elf/library.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { bad, type Finding, good } from './finding.ts';
import { implementationOf } from './ifunc.ts';
import { type LocatedFunction, locate } from './locate.ts';
import { mappedFiles } from './mappings.ts';
import { nearest } from './nearest.ts';
import type { Question } from './no-events.ts';
import { type Pattern, parsePattern } from './pattern.ts';

const shownCopies = 3;
// A process rarely maps more; each is a file to open and read.
const searchedLibraries = 64;

/** Has the function code of its own in this file, and if not, where is it? */
export const examineFunction = (
  image: Image,
  pattern: string,
  { target, function: asked, pids }: Question,
): Finding[] => {
  const symbols = image.symbols();
  const located = find(image, symbols, pattern);
  if (located.length > 0) return [withCode(located), ...implementations(image, located)];

  const wanted = parsePattern(pattern);
  const imported = matches(symbols, symbols.select({ defined: false, undefined: true }), wanted);
  const elsewhere = librariesOf(image, pids).filter((path) => path !== image.path && defines(path, pattern));
  if (elsewhere.length > 0) {
    const why = imported ? 'the file only calls it' : 'it has no code in the file';
    const again = pids.flatMap((pid) => ['-p', pid]);
    return [
      bad('function', `${why}; it is in a library: ${elsewhere.join(', ')}`, [
        shellCommand('rsym', 'trace', elsewhere[0] ?? '', asked, ...again),
      ]),
    ];
  }
  if (imported)
    return [
      bad('function', 'the file only calls it, and the library that has it was not found', [
        `${shellCommand('rsym', 'doctor', target, asked)} -p PID, with a process that runs it`,
      ]),
    ];
  return [withoutCode(image, symbols, pattern, target)];
};

const matches = (symbols: SymbolTable, rows: Uint32Array, pattern: Pattern): boolean => {
  symbols.prepare(rows);
  return rows.some((row) => pattern.matches(symbols.name(row), symbols.raw(row), symbols.address(row)));
};

const find = (image: Image, symbols: SymbolTable, pattern: string): LocatedFunction[] => {
  try {
    return locate(image, symbols, [pattern]);
  } catch (error) {
    if (error instanceof RsymError && error.code === 'not-found') return [];
    throw error;
  }
};

const withCode = (located: readonly LocatedFunction[]): Finding => {
  const shown = located.slice(0, shownCopies).map(({ name, address }) => `${name} at ${hex(address)}`);
  const more = located.length > shownCopies ? ` and ${located.length - shownCopies} more` : '';
  return good(
    'function',
    `it has code of its own: ${shown.join(', ')}${more}; calls inlined into their callers pass it by`,
  );
};

/** An IFUNC's own address is a resolver, which the dynamic linker calls once: a probe on it would see next to nothing. */
const implementations = (image: Image, located: readonly LocatedFunction[]): Finding[] =>
  located
    .filter(({ isIfunc }) => isIfunc)
    .slice(0, shownCopies)
    .map(({ name, raw, address }): Finding => {
      try {
        const chosen = implementationOf(image, raw, address);
        return good('function', `${name} is an IFUNC: rsym trace probes the implementation at ${hex(chosen)}`);
      } catch (error) {
        if (!(error instanceof RsymError)) throw error;
        const what = `${name} is an IFUNC, whose implementation can't be told: ${error.reason ?? error.message}`;
        return bad('function', what, error.hints);
      }
    });

const withoutCode = (image: Image, symbols: SymbolTable, text: string, target: string): Finding => {
  const names = Array.from(symbols.functions(), (row) => symbols.name(row));
  const near = nearest(text, names, 1).map((name) => shellCommand('rsym', 'doctor', target, name));
  return image.stripped
    ? bad('function', 'the file is stripped: it has no code of that name among its exported functions', [
        ...near,
        'a build that was not stripped',
      ])
    : bad(
        'function',
        'no code of that name is in the file: it was inlined into its callers, dropped as unused, or is called otherwise',
        [...near, '#[inline(never)] on the function, or a build without optimization'],
      );
};

/** What the processes map; without one, what the file names as its needs. */
const librariesOf = (image: Image, pids: readonly number[]): string[] => {
  const mapped = pids.flatMap((pid) => mappedFiles(pid).map(({ reachable }) => reachable));
  const paths = mapped.length > 0 ? mapped : image.needed.flatMap((name) => findLibrary(name) ?? []);
  return [...new Set(paths)].slice(0, searchedLibraries);
};

const defines = (path: string, pattern: string): boolean => {
  try {
    using library = openImage(path);
    return find(library, library.symbols(), pattern).length > 0;
  } catch {
    return false; // what can't be read can't be the answer
  }
};
