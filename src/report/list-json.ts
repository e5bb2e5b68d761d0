import { hex } from '../base/units.ts';
import type { Listing } from '../query/list.ts';
import { jsonText } from './json.ts';

/** What a document says of its file before its symbols. */
export type ListHead = {
  readonly file: string;
  readonly format: string;
  readonly machine: string;
  readonly build_id: string | null;
};

const blockSize = 1 << 18;

/** Text joined to large pieces. */
export function* joined(parts: Iterable<string>): Generator<string> {
  let block = '';
  for (const part of parts) {
    block += part;
    if (block.length < blockSize) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}

/** One document for a file, written as it is made: a large image's would not fit in one string. */
export const listDocument = (head: ListHead, listings: Iterable<Listing>, full: boolean): Generator<string> =>
  joined(documentParts(head, listings, full));

function* documentParts(head: ListHead, listings: Iterable<Listing>, full: boolean): Generator<string> {
  const objects = function* (): Generator<object> {
    for (const listing of listings) yield* symbolObjects(listing, full);
  };
  yield* symbolsDocument(head, objects());
}

/** A document of symbols, each in a line of its own. */
export function* symbolsDocument(head: ListHead, symbols: Iterable<object>): Generator<string> {
  yield `${jsonText({ schema: 1, ...head }).slice(0, -1)},"symbols":[`;
  let separator = '\n';
  for (const symbol of symbols) {
    yield separator + jsonText(symbol);
    separator = ',\n';
  }
  yield ']}';
}

function* symbolObjects(listing: Listing, full: boolean): Generator<object> {
  const { table, rows, copies, member } = listing;
  const aliases = aliasesOf(listing);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    yield {
      ...symbolObject(table, row),
      copies: copies[i] ?? 1,
      ...aliases(row, table.name(row)),
      ...(full ? { full: table.fullName(row) } : {}),
      undefined: table.undefined(row),
      dynamic: table.dynamic(row),
      ...(member === null ? {} : { member }),
    };
  }
}

/** What the table says of one symbol, under the document's names. */
export const symbolObject = (table: Listing['table'], row: number): object => ({
  name: table.name(row),
  raw: table.raw(row),
  address: table.undefined(row) ? null : hex(table.address(row)),
  size: String(table.size(row)),
  kind: table.kind(row),
  binding: table.binding(row),
  section: table.section(row),
  scheme: table.scheme(row),
  crate: table.crate(row),
  hash: table.hash(row),
});

// In a hostile file every symbol could be every other's alias.
const mostAliases = 100;

type Aliases = { readonly aliases: string[]; readonly aliases_omitted?: number };

/** Other names at a symbol's address. In a relocatable file an address counts within its section only. */
export const aliasesOf = ({
  table,
  image,
}: Pick<Listing, 'table' | 'image'>): ((row: number, name: string) => Aliases) => {
  const keyOf = (row: number): bigint =>
    table.address(row) + (image.type === 'relocatable' ? BigInt(table.sectionIndex(row)) << 64n : 0n);
  const groups = new Map<bigint, number[]>();
  for (const row of table.located()) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return (row, name) => {
    const group = table.undefined(row) ? [] : (groups.get(keyOf(row)) ?? []);
    const names = new Set<string>();
    let seen = 0;
    for (const other of group) {
      if (seen === mostAliases) return { aliases: [...names], aliases_omitted: group.length - seen };
      seen++;
      if (other !== row) names.add(table.name(other));
    }
    names.delete(name);
    return { aliases: [...names] };
  };
};
