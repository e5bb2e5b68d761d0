import { RsymError } from '../../base/errors.ts';
import { sanitize } from '../../base/text.ts';
import { type Browser, type SelectionSearch, selectionText } from '../../query/browse.ts';
import type { Desk } from '../desk.ts';
import { grouped } from '../parts/number.ts';
import { readSelectionFile, writeSelectionFile } from './selection-file.ts';
import type { ListAsk, ListNews } from './state.ts';

/** Saves marked functions to files, and finds those of a file. */
export class SelectionWork {
  readonly #browser: Browser;
  readonly #desk: Desk<ListNews>;
  #loading: SelectionSearch | null = null;

  constructor(browser: Browser, desk: Desk<ListNews>) {
    this.#browser = browser;
    this.#desk = desk;
  }

  save(ask: ListAsk & { readonly kind: 'save' }): void {
    this.#refusable(() => this.#save(ask));
  }

  load({ path }: ListAsk & { readonly kind: 'load' }): void {
    this.#refusable(() => {
      const search = this.#browser.select(readSelectionFile(path), path);
      this.#loading = search;
      this.#loadOn(search, path);
    });
  }

  #refusable(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof RsymError) || error.code === 'internal') throw error;
      this.#desk.tell({ kind: 'refused', error });
    }
  }

  #save({ path, rows, overwrite }: ListAsk & { readonly kind: 'save' }): void {
    const browser = this.#browser;
    const functions = [...rows].map((row) => ({ name: browser.entry(row).name, pattern: browser.pattern(row) }));
    if (!writeSelectionFile(path, selectionText(browser.facts.path, functions), overwrite)) {
      this.#desk.tell({ kind: 'exists', path });
      return;
    }
    this.#desk.tell({ kind: 'saved' });
    this.#desk.notice(`${countOf(rows.size)} saved to ${sanitize(path)}`);
  }

  /** A pattern may have to be compared with every name: one at a time. */
  #loadOn(search: SelectionSearch, path: string): void {
    if (!search.done) {
      this.#desk.later(
        () => this.#loading === search,
        () => {
          search.step();
          this.#loadOn(search, path);
        },
      );
      return;
    }
    this.#loading = null;
    const { found, missed } = search;
    if (found.size === 0) {
      const reason = missed.length === 0 ? 'it has no pattern' : 'no function here is named so';
      const error = new RsymError('not-found', `${sanitize(path)} marks nothing`, { reason });
      this.#desk.tell({ kind: 'refused', error });
      return;
    }
    this.#desk.tell({ kind: 'loaded', rows: found });
    const lines = missed.length > 8 ? `${missed.slice(0, 8).join(', ')}, …` : missed.join(', ');
    const rest = missed.length === 0 ? '' : `; nothing is named as in line ${lines}`;
    this.#desk.notice(`${countOf(found.size)} marked, from ${sanitize(path)}${rest}`);
  }
}

const countOf = (count: number): string => `${grouped(count)} function${count === 1 ? '' : 's'}`;
