import { sanitize } from '../base/text.ts';
import type { Listing } from '../query/list.ts';

export type NameForm = 'short' | 'full' | 'mangled';
export type ListTextOptions = {
  readonly names: NameForm;
  /** Begin each line with the file: there are several, or members of an archive. */
  readonly prefixed: boolean;
  readonly heading: boolean;
};

const encoder = new TextEncoder();

/** `archive(member): ` or `file: `, safe for a terminal. */
const prefixOf = ({ path, member }: Listing): string => `${sanitize(member === null ? path : `${path}(${member})`)}: `;

/** Lines of address, size, kind, copies and name, in blocks; each block is valid until the next is taken. */
export function* listText(listing: Listing, options: ListTextOptions): Generator<Uint8Array> {
  const { rows, copies, table } = listing;
  const prefix = options.prefixed ? prefixOf(listing) : '';
  const { widths, blocks } = table.lines(rows, {
    names: options.names,
    nm: null,
    copies,
    prefix: encoder.encode(prefix),
  });
  if (options.heading) {
    const { address, size, copies: count } = widths;
    const columns = [
      'ADDRESS'.padEnd(address + 2),
      'SIZE'.padStart(size),
      'KIND    ',
      'COPIES'.padStart(count),
      'NAME',
    ];
    yield encoder.encode(`${' '.repeat(prefix.length)}${columns.join(' ')}\n`);
  }
  yield* safe(listing, options.names, blocks);
}

/** Lines as `nm` writes them: the address in as many digits as the image has, the class letter, the name. */
export function* listNm(listing: Listing, options: ListTextOptions): Generator<Uint8Array> {
  const { rows, copies, table, image } = listing;
  const prefix = encoder.encode(options.prefixed ? prefixOf(listing) : '');
  const nm = image.bits === 32 ? 8 : 16;
  const { blocks } = table.lines(rows, { names: options.names, nm, copies, prefix });
  yield* safe(listing, options.names, blocks);
}

type Blocks = ReturnType<Listing['table']['lines']>['blocks'];

/** Adds the names that the core left out, with what a terminal could act on shown as escapes. */
function* safe({ table }: Listing, names: NameForm, blocks: Blocks): Generator<Uint8Array> {
  for (const { bytes, unsafeRow: row } of blocks) {
    yield bytes;
    if (row === null) continue;
    const name = names === 'mangled' ? table.raw(row) : names === 'full' ? table.fullName(row) : table.name(row);
    yield encoder.encode(`${sanitize(name)}\n`);
  }
}
