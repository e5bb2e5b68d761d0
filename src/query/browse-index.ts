import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import { Entries, type InlinedNames } from './browse-entries.ts';
import { codeFacts } from './browse-facts.ts';
import { inOrder, type Orders } from './browse-order.ts';
import { browsable } from './browse-search.ts';
import { ImageCode } from './exits.ts';
import { implementationOf } from './ifunc.ts';
import { type InlinedListing, listInlined } from './list-inlined.ts';
import { genericsIn } from './namesakes.ts';

/** All that a list gets from debug info and from comparing all names: numbers and bytes, which a thread can hand over. */
export type BrowseListing = {
  /** Of the file that was read: another one may be at the path by now. */
  readonly identity: string;
  readonly inlined: InlinedNames;
  /** Functions and those that exist only inlined, by their rows in `Entries`. */
  readonly orders: Readonly<Orders>;
  /** By row: symbols and inlined copies that share its path. */
  readonly copies: Uint32Array;
};

/** What is worked out for functions that are on the screen. Safe on a terminal. */
export type RowDetails = {
  readonly row: number;
  /** `yes`; what of it can't be traced, or why nothing can. */
  readonly traceable: string;
  /** Where it is declared, as `file:line`; empty where debug info doesn't say. */
  readonly source: string;
  /** The generic arguments of this instance, as `<u8>`; empty where its name has them, or debug info doesn't say. */
  readonly generics: string;
};

/** Reads debug info for a list. Takes seconds for a large file: meant for a thread of its own. */
export class BrowseIndex implements Disposable {
  readonly listing: BrowseListing;
  readonly #image: Image;
  readonly #entries: Entries;
  readonly #answers: Generator<InlinedListing>;
  readonly #listed: InlinedListing;
  readonly #parts: ReadonlyMap<string, readonly number[]>;
  #code: ImageCode | null = null;

  /** Throws RsymError where the file can't be read. */
  constructor(path: string) {
    this.#image = openImage(path);
    try {
      this.#answers = listInlined(this.#image, { sort: 'name' }, () => undefined);
      const first = this.#answers.next();
      if (first.done) throw new RsymError('unsupported', `cannot show ${sanitize(path)}`);
      this.#listed = first.value;
      this.#entries = new Entries(this.#listed.table);
      const { rows, parts } = browsable(this.#listed.table);
      this.#parts = parts;
      this.listing = this.#read(new Set(rows));
    } catch (error) {
      this.#image[Symbol.dispose]();
      throw error;
    }
  }

  details(rows: readonly number[]): RowDetails[] {
    return rows.map((row) => ({
      row,
      traceable: sanitize(this.#traceable(row)),
      source: sanitize(this.#source(row)),
      generics: sanitize(this.#generics(row)),
    }));
  }

  [Symbol.dispose](): void {
    this.#answers.return(undefined);
    this.#image[Symbol.dispose]();
  }

  #read(isShown: ReadonlySet<number>): BrowseListing {
    const { rows: listed, inlinedFunction } = this.#listed;
    const first = this.#entries.symbols.length;
    const [ids, names]: [number[], Buffer[]] = [[], []];
    const byName: number[] = [];
    const kept = listed.filter(({ kind, row }) => kind === 'inlined' || isShown.has(row));
    for (const { kind, row } of kept) {
      if (kind === 'inlined') {
        byName.push(first + ids.length);
        ids.push(row);
        names.push(Buffer.from(inlinedFunction(row).name));
      } else byName.push(row);
    }
    const inlined: InlinedNames = { ids: Uint32Array.from(ids), names: column(names) };
    this.#entries.setInlined(inlined);
    const copies = new Uint32Array(this.#entries.count);
    for (const [i, { all }] of this.#listed.copies.entries()) {
      const listedRow = listed[i];
      if (listedRow?.kind === 'symbol') copies[listedRow.row] = all;
    }
    const rows = Uint32Array.from(byName);
    for (const [i, { all }] of this.#inlinedCopies().entries()) copies[first + i] = all;
    const order = (by: keyof Orders): Uint32Array => inOrder(this.#entries, rows, by, copies);
    return {
      identity: this.#image.identity,
      inlined,
      orders: { name: rows, size: order('size'), copies: order('copies'), address: order('address') },
      copies,
    };
  }

  /** In the order of the inlined functions. */
  #inlinedCopies(): { readonly all: number }[] {
    const { rows, copies } = this.#listed;
    return copies.filter((_, i) => rows[i]?.kind === 'inlined');
  }

  #source(row: number): string {
    const id = this.#entries.debugId(row);
    const at = this.#listed.sourceOf(id === null ? { kind: 'symbol', row } : { kind: 'inlined', row: id });
    return at === null ? '' : `${at.file}:${at.line}`;
  }

  #generics(row: number): string {
    if (this.#entries.isInlined(row)) return '';
    const path = this.#listed.dwarfPathOf({ kind: 'symbol', row });
    return path === null ? '' : genericsIn(path, this.#entries.name(row));
  }

  #traceable(row: number): string {
    const image = this.#image;
    if (image.format !== 'elf') return 'no: not an ELF file';
    if (image.machine !== 'x86-64') return `no: ${image.machine} code`;
    if (this.#entries.isInlined(row)) return 'inlined only';
    const { symbols } = this.#entries;
    if (symbols.kind(row) === 'ifunc') return this.#ifunc(row);
    this.#code ??= new ImageCode(image, symbols);
    const { refusal, returns } = codeFacts({ symbols, code: this.#code, parts: this.#parts }, row);
    if (refusal !== null) return `no: ${refusal}`;
    return 'exits' in returns ? 'yes' : `calls only: ${returns.reason}`;
  }

  #ifunc(row: number): string {
    const { symbols } = this.#entries;
    try {
      implementationOf(this.#image, symbols.raw(row), symbols.address(row));
      return 'yes, its implementation';
    } catch (error) {
      if (error instanceof RsymError) return 'no: which code it stands for is not known';
      throw error;
    }
  }
}

const column = (texts: readonly Uint8Array[]): InlinedNames['names'] => {
  const offsets = new Uint32Array(texts.length + 1);
  for (const [i, { length }] of texts.entries()) offsets[i + 1] = (offsets[i] ?? 0) + length;
  const bytes = new Uint8Array(offsets[texts.length] ?? 0);
  for (const [i, text] of texts.entries()) bytes.set(text, offsets[i]);
  return { bytes, offsets };
};
