import { sanitize } from '../base/text.ts';
import type { InlinedListing, ListedRow } from '../query/list-inlined.ts';
import { aliasesOf, joined, type ListHead, symbolObject, symbolsDocument } from './list-json.ts';
import type { ListTextOptions, NameForm } from './list-text.ts';

/** Lines as `listText` writes them; a function that exists only inlined has neither address nor size. */
export const inlinedText = (listing: InlinedListing, options: ListTextOptions): Generator<string> =>
  joined(textLines(listing, options));

function* textLines(listing: InlinedListing, { names, prefixed, heading }: ListTextOptions): Generator<string> {
  const { table, rows, copies } = listing;
  const symbols = rows.flatMap(({ kind, row }) => (kind === 'symbol' ? [row] : []));
  const width = (least: number, texts: Iterable<string>): number => {
    let most = least;
    for (const text of texts) most = Math.max(most, text.length);
    return most;
  };
  const digits = width(
    8,
    symbols.map((row) => table.address(row).toString(16)),
  );
  const sizes = width(
    4,
    symbols.map((row) => String(table.size(row))),
  );
  const counts = width(
    6,
    copies.map(({ all }) => String(all)),
  );
  const prefix = prefixed ? prefixOf(listing) : '';
  if (heading)
    yield `${' '.repeat(prefix.length)}${'ADDRESS'.padEnd(digits + 2)} ${'SIZE'.padStart(sizes)} KIND     ${'COPIES'.padStart(counts)} NAME\n`;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const count = String(copies[i]?.all ?? 1).padStart(counts);
    const isPlaced = row.kind === 'symbol' && !table.undefined(row.row);
    const address = isPlaced
      ? `0x${table.address(row.row).toString(16).padStart(digits, '0')}`
      : '-'.padStart(digits + 2);
    const size = row.kind === 'symbol' ? String(table.size(row.row)) : '-';
    const kind = row.kind === 'symbol' ? table.kind(row.row) : 'function';
    yield `${prefix}${address} ${size.padStart(sizes)} ${kind.padEnd(8)} ${count} ${nameOf(listing, row, names)}\n`;
  }
}

/** Lines as `nm` writes them. It has no letter for what has no code: `?` is its "unknown". */
export const inlinedNm = (listing: InlinedListing, options: ListTextOptions): Generator<string> =>
  joined(nmLines(listing, options));

function* nmLines(listing: InlinedListing, { names, prefixed }: ListTextOptions): Generator<string> {
  const { table, image, rows } = listing;
  const digits = image.bits === 32 ? 8 : 16;
  const prefix = prefixed ? prefixOf(listing) : '';
  for (const row of rows) {
    const isPlaced = row.kind === 'symbol' && !table.undefined(row.row);
    const address = isPlaced ? table.address(row.row).toString(16).padStart(digits, '0') : ' '.repeat(digits);
    const letter = row.kind === 'symbol' ? table.letter(row.row) : '?';
    yield `${prefix}${address} ${letter} ${nameOf(listing, row, names)}\n`;
  }
}

const prefixOf = ({ path, member }: InlinedListing): string =>
  `${sanitize(member === null ? path : `${path}(${member})`)}: `;

const nameOf = (listing: InlinedListing, { kind, row }: ListedRow, names: NameForm): string => {
  const { table } = listing;
  if (kind === 'symbol')
    return sanitize(names === 'mangled' ? table.raw(row) : names === 'full' ? table.fullName(row) : table.name(row));
  if (names === 'full') return sanitize(listing.fullName(row));
  const { name, raw } = listing.inlinedFunction(row);
  return sanitize(names === 'mangled' ? raw : name);
};

/** The document of `ls` with the functions that exist only inlined, and where each function is declared. */
export const inlinedDocument = (head: ListHead, listings: Iterable<InlinedListing>, full: boolean): Generator<string> =>
  joined(symbolsDocument(head, objects(listings, full)));

function* objects(listings: Iterable<InlinedListing>, full: boolean): Generator<object> {
  for (const listing of listings) {
    const { table, rows, copies, member } = listing;
    const aliases = aliasesOf(listing);
    for (let i = 0; i < rows.length; i++) {
      const listed = rows[i]!;
      const { kind, row } = listed;
      const source = listing.sourceOf(listed);
      const isSymbol = kind === 'symbol';
      yield {
        ...(isSymbol ? symbolObject(table, row) : functionObject(listing, row)),
        copies: copies[i]?.all ?? 1,
        inlined: copies[i]?.inlined ?? 0,
        ...(isSymbol ? aliases(row, table.name(row)) : { aliases: [] }),
        ...(full ? { full: isSymbol ? table.fullName(row) : listing.fullName(row) } : {}),
        undefined: isSymbol && table.undefined(row),
        dynamic: isSymbol && table.dynamic(row),
        source: source === null ? null : { file: source.file, line: source.line },
        ...(member === null ? {} : { member }),
      };
    }
  }
}

const functionObject = (listing: InlinedListing, id: number): object => {
  const { name, raw, scheme, crate, hash } = listing.inlinedFunction(id);
  return { name, raw, address: null, size: '0', kind: 'function', binding: null, section: null, scheme, crate, hash };
};
