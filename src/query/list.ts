import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { type SymbolKind, type SymbolTable, symbolKinds } from '../elf/symbols.ts';
import { matchingRows } from './list-match.ts';
import { archivedObjects } from './objects.ts';
import type { Pattern } from './pattern.ts';

export type { SymbolTable } from '../elf/symbols.ts';

export type ListOptions = {
  /** All symbols, not only functions. */
  readonly all?: boolean;
  /** Symbols of these kinds, instead of the above. */
  readonly kinds?: readonly SymbolKind[];
  /** Only symbols that the file needs from others. */
  readonly undefined?: boolean;
  /** Only symbols of the dynamic table. */
  readonly dynamic?: boolean;
  readonly crate?: string;
  /** Symbols that any of these matches; none: all. */
  readonly patterns?: readonly Pattern[];
  /** Default: addresses. */
  readonly sort?: 'name' | 'addr' | 'size';
  readonly reverse?: boolean;
  /** Which names an order by name compares. */
  readonly names?: 'short' | 'full' | 'mangled';
  /** At most so many symbols of each image; the others are counted. */
  readonly limit?: number;
  /** False: copies are not counted, which takes time; each row then counts as one. */
  readonly countCopies?: boolean;
};

/** The symbols of one image that were asked for. Valid until the next one is taken from the generator. */
export type Listing = {
  readonly path: string;
  /** A member's name in its archive. */
  readonly member: string | null;
  readonly image: Image;
  readonly table: SymbolTable;
  /** Symbols in the order asked for. */
  readonly rows: Uint32Array;
  /** For each of `rows`: how many listed symbols share its path; none where they were not asked for. */
  readonly copies: Uint32Array;
  /** How many symbols the limit left out. */
  readonly omitted: number;
};

/** Something about a file that a user should know: a note is information, a failure something that could not be read. */
export type Remark = { readonly kind: 'note' | 'failure'; readonly text: string };

/** Names a kind of symbol; throws RsymError `usage` for another word. */
export const parseKind = (word: string): SymbolKind => {
  const found = symbolKinds.find((kind) => kind === word);
  if (found) return found;
  throw new RsymError('usage', `'${word}' is not a kind of symbol`, { hints: [`one of ${symbolKinds.join(', ')}`] });
};

/** A file opened for listing, until it is disposed of. */
export type OpenedImage = Image;

/** Opens a file for listing. Throws RsymError naming it. */
export const openForListing = (path: string): OpenedImage => openImage(path);

/** The listings of an image: one, or of an archive one for each member that is an object. */
export function* list(image: Image, options: ListOptions, remark: (remark: Remark) => void): Generator<Listing> {
  if (image.format !== 'archive') {
    yield listImage(image, null, image.path, options, remark);
    return;
  }
  const fail = (error: RsymError): void => remark({ kind: 'failure', text: error.message });
  for (const { name, object } of archivedObjects(image, fail)) {
    try {
      yield listImage(object, name, image.path, options, remark);
    } catch (error) {
      if (!(error instanceof RsymError) || error.code !== 'input') throw error;
      fail(error);
    }
  }
  if (image.damage !== null)
    remark({
      kind: 'failure',
      text: `${sanitize(image.path)}: its list of members ends early: ${sanitize(image.damage)}`,
    });
}

const listed: readonly SymbolKind[] = symbolKinds.filter((kind) => kind !== 'section' && kind !== 'file');

const candidates = (table: SymbolTable, options: ListOptions): Uint32Array => {
  const { kinds, all = false, undefined: absent = false, dynamic = false } = options;
  if (!kinds && !all && !absent) return table.select({ dynamic });
  return table.select({ kinds: kinds ?? listed, defined: !absent, undefined: absent || all, dynamic });
};

const listImage = (
  image: Image,
  member: string | null,
  path: string,
  options: ListOptions,
  remark: (remark: Remark) => void,
): Listing => {
  const table = image.symbols();
  const all = candidates(table, options);
  // In an archive members without symbols are ordinary.
  if (member === null) for (const text of notesOn(image, table, all.length)) remark({ kind: 'note', text });
  const found = matchingRows(table, all, options.patterns ?? [], options.crate);
  const copiesOf = options.countCopies === false ? null : countCopies(table, found.counted);
  const sorted = order(table, found.rows, options);
  const rows = sorted.subarray(0, options.limit ?? sorted.length);
  return {
    path,
    member,
    image,
    table,
    rows,
    copies: copiesOf === null ? new Uint32Array() : rows.map((row) => copiesOf[row] ?? 1),
    omitted: sorted.length - rows.length,
  };
};

/** Copies by row. */
const countCopies = (table: SymbolTable, rows: Uint32Array): Uint32Array => {
  const counts = table.copies(rows);
  const byRow = new Uint32Array(table.length);
  for (let i = 0; i < rows.length; i++) byRow[rows[i] ?? 0] = counts[i] ?? 1;
  return byRow;
};

const order = (table: SymbolTable, rows: Uint32Array, options: ListOptions): Uint32Array => {
  const { sort = 'addr', names = 'short', reverse = false } = options;
  const byName = names === 'mangled' ? 'raw' : names === 'full' ? 'full' : 'name';
  const sorted = table.sort(rows, sort === 'addr' ? 'address' : sort === 'size' ? 'size' : byName);
  return reverse ? sorted.reverse() : sorted;
};

const notesOn = (image: Image, table: SymbolTable, count: number): string[] => {
  const name = sanitize(image.path);
  if (image.type === 'core') return [`${name} is a core file: it has no symbols of its own`];
  if (image.format === 'wasm') {
    if (table.unnamed > 0) return [`${name}: ${table.unnamed} functions have no name`];
    return count === 0 ? [`${name} has no such symbols`] : [];
  }
  if (image.format === 'pe' && image.stripped) return [`${name} has no symbol table: ${peNames(image, table)}`];
  if (image.format === 'mach-o' && image.stripped && table.length > 0 && image.type !== 'relocatable')
    return [`${name} has no local symbols, as a stripped file: these are the ones that other files see`];
  if (image.stripped && table.length > 0 && image.type !== 'relocatable')
    return [`${name} is stripped: these are its dynamic symbols`];
  return table.length === 0 ? [`${name} has no symbols`] : [];
};

const peNames = (image: Image, table: SymbolTable): string => {
  const names = table.length === 0 ? 'it exports and imports nothing' : 'only what it exports and imports has a name';
  return image.pdb === null ? names : `${names}; its debug info, ${sanitize(image.pdb)}, is not read`;
};
