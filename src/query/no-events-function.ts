import { shellCommand } from '../base/shell.ts';
import { hex } from '../base/units.ts';
import { findLibrary } from '../elf/library.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { bad, type Finding, good } from './finding.ts';
import { mappedFiles } from './mappings.ts';
import { nearest } from './nearest.ts';
import type { Question } from './no-events.ts';
import { type Pattern, parsePattern } from './pattern.ts';

const shownCopies = 3;
// A process rarely maps more; each is a file to open and read.
const searchedLibraries = 64;

/** Has the function code of its own in this file, and if not, where is it? */
export const examineFunction = (image: Image, text: string, { target, pids }: Question): Finding[] => {
  const pattern = parsePattern(text);
  const symbols = image.symbols();
  const defined = matching(symbols, symbols.functions(), pattern);
  const kept = defined.filter((row) => symbols.address(row) !== 0n);
  if (kept.length > 0) return [withCode(symbols, kept), ...resolvers(symbols, kept)];

  const elsewhere = librariesOf(image, pids).filter((path) => path !== image.path && defines(path, pattern));
  const imported = matching(symbols, symbols.select({ defined: false, undefined: true }), pattern).length > 0;
  if (elsewhere.length > 0) {
    const why = imported ? 'the file only calls it' : 'it has no code in the file';
    return [
      bad('function', `${why}; it is in a library: ${elsewhere.join(', ')}`, [
        shellCommand('rsym', 'trace', elsewhere[0] ?? '', text, ...pids.flatMap((pid) => ['-p', pid])),
      ]),
    ];
  }
  if (imported)
    return [
      bad('function', 'the file only calls it, and the library that has it was not found', ['-p PID shows which one']),
    ];
  return [withoutCode(image, symbols, text, target)];
};

const matching = (symbols: SymbolTable, rows: Uint32Array, pattern: Pattern): number[] => {
  symbols.prepare(rows);
  return Array.from(rows).filter((row) => pattern.matches(symbols.name(row), symbols.raw(row), symbols.address(row)));
};

const withCode = (symbols: SymbolTable, rows: readonly number[]): Finding => {
  const shown = rows.slice(0, shownCopies).map((row) => `${symbols.name(row)} at ${hex(symbols.address(row))}`);
  const more = rows.length > shownCopies ? ` and ${rows.length - shownCopies} more` : '';
  return good(
    'function',
    `it has code of its own: ${shown.join(', ')}${more}; calls that were inlined into their callers pass it by`,
  );
};

const resolvers = (symbols: SymbolTable, rows: readonly number[]): Finding[] =>
  rows.some((row) => symbols.kind(row) === 'ifunc')
    ? [
        good(
          'function',
          'it is an IFUNC: its address is a resolver, which runs once; rsym trace probes the implementation that was chosen',
        ),
      ]
    : [];

const withoutCode = (image: Image, symbols: SymbolTable, text: string, target: string): Finding => {
  const functions = symbols.functions();
  const near = nearest(
    text,
    Array.from(functions, (row) => symbols.name(row)),
    shownCopies,
  );
  const reasons = image.stripped
    ? 'the file is stripped: only the names of dynamic symbols are left'
    : 'it was inlined into its callers, dropped because nothing calls it, or is called otherwise';
  return bad('function', `there is no code of that name in the file: ${reasons}`, [
    ...near.map((name) => shellCommand('rsym', 'doctor', target, name)),
    ...(image.stripped
      ? ['a build that was not stripped']
      : ['#[inline(never)] on the function, or a build without optimization']),
  ]);
};

/** What the processes map; without one, what the file names as its needs. */
const librariesOf = (image: Image, pids: readonly number[]): string[] => {
  const mapped = pids.flatMap((pid) => mappedFiles(pid).map(({ reachable }) => reachable));
  const paths = mapped.length > 0 ? mapped : image.needed.flatMap((name) => findLibrary(name) ?? []);
  return [...new Set(paths)].slice(0, searchedLibraries);
};

const defines = (path: string, pattern: Pattern): boolean => {
  try {
    using library = openImage(path);
    const symbols = library.symbols();
    return matching(symbols, symbols.functions(), pattern).length > 0;
  } catch {
    return false; // what can't be read can't be the answer
  }
};
