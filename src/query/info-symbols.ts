import type { Image } from '../elf/model.ts';
import type { Scheme, SymbolTable } from '../elf/symbols.ts';
import type { SymbolsInfo } from './info-model.ts';

export const symbolsInfo = (image: Image, table: SymbolTable): SymbolsInfo => {
  const functions = table.functions();
  table.prepare(functions);
  const schemes: Record<Scheme, number> = { 'rust-v0': 0, 'rust-legacy': 0, itanium: 0, none: 0 };
  for (const row of functions) schemes[table.scheme(row)]++;
  return {
    table: image.stripped ? (table.length > 0 ? 'dynamic' : 'none') : 'full',
    functions: functions.length,
    unnamed: table.unnamed,
    schemes,
  };
};
