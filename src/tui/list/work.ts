import type { Browser, Search } from '../../query/browse.ts';
import type { Desk } from '../desk.ts';
import type { ListAsk, ListNews } from './state.ts';

/** A key's answer is drawn within 16 ms: what a search needs longer is done behind it, piece by piece. */
const searchMs = 4;

/** Searches for what is typed. */
export class ListWork {
  readonly #browser: Browser;
  readonly #desk: Desk<ListNews>;
  #search: Search | null = null;

  constructor(browser: Browser, desk: Desk<ListNews>) {
    this.#browser = browser;
    this.#desk = desk;
  }

  do(ask: ListAsk): void {
    this.#search = this.#browser.search(ask.text);
    this.#searchOn(this.#search);
  }

  #searchOn(search: Search): void {
    const end = performance.now() + searchMs;
    do search.step();
    while (!search.done && performance.now() < end);
    this.#desk.tell({ kind: 'found', rows: search.rows(), done: search.done, fault: search.fault });
    if (!search.done)
      this.#desk.later(
        () => this.#search === search,
        () => this.#searchOn(search),
      );
  }
}
