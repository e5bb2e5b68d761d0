import { parseSpec, type Signature } from '../abi/signature.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type Address, hex, address as toAddress } from '../base/units.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { nearest } from './nearest.ts';
import { withoutSymbol } from './no-code.ts';
import { parsePattern } from './pattern.ts';

/** A piece of machine code that a symbol names. */
export type LocatedFunction = {
  /** Demangled, without hash. */
  readonly name: string;
  readonly raw: string;
  readonly address: Address;
  readonly size: bigint;
  readonly isIfunc: boolean;
  /** Other names of the same address. */
  readonly aliases: readonly string[];
  /** Parts that the compiler moved away from the rest (`name.cold`). */
  readonly parts: readonly { readonly address: Address; readonly size: bigint }[];
  readonly signature: Signature | null;
};

const isFunction = (symbols: SymbolTable, row: number): boolean =>
  !symbols.undefined(row) && (symbols.kind(row) === 'function' || symbols.kind(row) === 'ifunc');

const suggestions = 5;
/** GCC and LLVM move cold parts away; BOLT, which rustc's own libraries are laid out by, warm ones too. */
const coldPart = /^(.+)\.(?:cold|warm)(?:\.\d+)?$/;
const partWords = ['.cold', '.warm'];

/** True for the symbol of a part of a function, which isn't a function of its own. */
export const isColdPart = (raw: string): boolean => coldPart.test(raw);

/**
 * Every function with code of its own that one of the texts (patterns, perhaps with a signature) names; each address
 * once. A text's exact matches rule out its looser ones.
 *
 * @throws {RsymError} `not-found` if a text names nothing, with the nearest names.
 */
export const locate = (image: Image, symbols: SymbolTable, texts: readonly string[]): LocatedFunction[] => {
  const found = new Map<bigint, LocatedFunction>();
  const cold = coldParts(symbols);
  for (const text of texts) {
    const spec = parseSpec(text);
    const indices = matching(symbols, spec.pattern);
    if (indices.length === 0) throw notFound(image, symbols, spec.pattern);
    for (const i of indices) {
      const address = symbols.address(i);
      const known = found.get(address);
      if (known && (known.signature !== null || spec.signature === null)) continue;
      found.set(address, {
        name: symbols.name(i),
        raw: symbols.raw(i),
        address,
        size: symbols.size(i),
        isIfunc: symbols.kind(i) === 'ifunc',
        aliases: aliasesOf(symbols, i),
        parts: (cold.get(symbols.raw(i)) ?? []).map((part) => ({
          address: symbols.address(part),
          size: symbols.size(part),
        })),
        signature: spec.signature,
      });
    }
  }
  return [...found.values()];
};

const matching = (symbols: SymbolTable, text: string): number[] => {
  const pattern = parsePattern(text);
  const exact: number[] = [];
  const loose: number[] = [];
  for (const i of symbols.functions()) {
    const match = pattern.match(symbols.name(i), symbols.raw(i), symbols.address(i));
    if (match === null || isColdPart(symbols.raw(i))) continue;
    (match === 'exact' ? exact : loose).push(i);
  }
  return exact.length > 0 ? exact : loose;
};

export const aliasesOf = (symbols: SymbolTable, i: number): string[] => {
  const names = symbols
    .at(symbols.address(i))
    .filter((other) => other !== i && isFunction(symbols, other))
    .map((other) => symbols.name(other))
    .filter((name) => name !== symbols.name(i));
  return [...new Set(names)];
};

/** Rows of the parts that were moved away. */
export const partRows = (symbols: SymbolTable): readonly number[] => {
  const known = partsOfTable.get(symbols);
  if (known !== undefined) return known;
  const found = partWords
    .flatMap((word) => [...symbols.containingText(word, symbols.functions(), 'raw')])
    .filter((row) => isColdPart(symbols.raw(row)));
  partsOfTable.set(symbols, found);
  return found;
};

/** Every name is looked through for them, which several ask for. */
const partsOfTable = new WeakMap<SymbolTable, readonly number[]>();

/** Rows of the cold parts, by the raw name of the function that each belongs to. */
export const coldParts = (symbols: SymbolTable): ReadonlyMap<string, readonly number[]> => {
  const known = partsFound.get(symbols) ?? findParts(symbols);
  partsFound.set(symbols, known);
  return known;
};

/** By table: looking through a large one takes a tenth of a second. */
const partsFound = new WeakMap<SymbolTable, ReadonlyMap<string, readonly number[]>>();

const findParts = (symbols: SymbolTable): ReadonlyMap<string, readonly number[]> => {
  const parts = new Map<string, number[]>();
  for (const i of partRows(symbols)) {
    const [, base] = coldPart.exec(symbols.raw(i)) ?? [];
    if (base === undefined) continue;
    // Of two functions with one name, nobody tells whose part it is; following the code does.
    if (symbols.byRaw(base).filter((row) => isFunction(symbols, row)).length > 1) continue;
    const known = parts.get(base);
    if (known) known.push(i);
    else parts.set(base, [i]);
  }
  return parts;
};

const notFound = (image: Image, symbols: SymbolTable, pattern: string): RsymError => {
  const names = function* (): Generator<string> {
    for (const i of symbols.functions()) yield symbols.name(i);
  };
  const inside = insideOf(symbols, pattern);
  const undefinedHere = symbols.byRaw(pattern).some((i) => symbols.undefined(i));
  const known = undefinedHere ? null : inDebugInfo(image, symbols, pattern);
  const near = known === null ? nearest(pattern, names(), suggestions).map((name) => sanitize(name)) : [];
  return new RsymError('not-found', `no code of its own for ${sanitize(pattern)} in ${sanitize(image.path)}`, {
    reason:
      inside ??
      (undefinedHere
        ? 'the file only imports it: its code is in a library'
        : (known ??
          (image.stripped
            ? 'the file is stripped: only exported functions have names'
            : 'it was inlined everywhere, removed as unused, or has another name: a symbol exists only where code does'))),
    hints: near.length > 0 ? [`the nearest: ${near.join(', ')}`] : [],
  });
};

/** A probe is planted where a function begins; another address may only lie in one. */
const insideOf = (symbols: SymbolTable, text: string): string | null => {
  const pattern = parsePattern(text);
  const [row] = pattern.address === null ? [] : symbols.containing(toAddress(pattern.address));
  return row === undefined
    ? null
    : `it is inside ${sanitize(symbols.name(row))}, which begins at ${hex(symbols.address(row))}`;
};

/** Debug info is read only now: what it knows of a function without a symbol. What can't be read is no answer. */
const inDebugInfo = (image: Image, symbols: SymbolTable, text: string): string | null => {
  const pattern = parsePattern(text);
  if (image.format !== 'elf' || pattern.kind === 'address') return null;
  try {
    using debug = openDebugInfo(image);
    const known = withoutSymbol(debug, symbols, pattern);
    return known === null ? null : sanitize(known);
  } catch (error) {
    if (error instanceof RsymError && error.code !== 'internal') return null;
    throw error;
  }
};
