import type { SymbolTable } from '../elf/symbols.ts';
import type { Pattern } from './pattern.ts';

/** `rows`: what matches. `counted`: symbols among which the copies of every match are; all of them prepared. */
export type Matches = { readonly rows: Uint32Array; readonly counted: Uint32Array };

/** Keeps the rows that any pattern matches (with no pattern, all) and that belong to the crate. */
export const matchingRows = (
  table: SymbolTable,
  rows: Uint32Array,
  patterns: readonly Pattern[],
  crate: string | undefined,
): Matches => {
  const counted = patterns.length === 0 ? rows : narrowed(table, rows, patterns);
  table.prepare(counted);
  let found = counted;
  if (patterns.length > 0) {
    found = found.filter((row) => {
      const [name, raw] = [table.name(row), table.raw(row)];
      const address = table.undefined(row) ? null : table.address(row);
      return patterns.some((pattern) => pattern.matches(name, raw, address));
    });
  }
  return { rows: crate === undefined ? found : found.filter((row) => table.crate(row) === crate), counted };
};

/** Most rows can't match, as a word of the pattern isn't in their names: they need not be looked at one by one. */
const narrowed = (table: SymbolTable, rows: Uint32Array, patterns: readonly Pattern[]): Uint32Array => {
  const possible = new Uint8Array(table.length);
  for (const pattern of patterns) {
    for (const row of possibleFor(table, rows, pattern)) possible[row] = 1;
  }
  return rows.filter((row) => possible[row] === 1);
};

export const possibleFor = (table: SymbolTable, rows: Uint32Array, pattern: Pattern): Uint32Array => {
  const { address, literal, rawLiteral } = pattern;
  if (address !== null) return rows.filter((row) => table.address(row) === address);
  if (rawLiteral !== null) return table.containingText(rawLiteral, rows, 'raw');
  return literal === null ? rows : table.containingText(literal, rows, 'demangled');
};
