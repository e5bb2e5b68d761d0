import { type Browser, branchIndex, type Search, type Tree } from '../../query/browse.ts';
import type { Desk } from '../desk.ts';
import { listHeight } from '../layout.ts';
import type { State } from '../state.ts';
import { needsDetails } from './columns.ts';
import { SelectionWork } from './selection-work.ts';
import type { ListAsk, ListNews, Wanted } from './state.ts';

/** A key's answer is drawn within 16 ms: what a search needs longer is done behind it, piece by piece. */
const searchMs = 2;

/** Between two frames of a search that goes on. */
const tellMs = 30;

/** The same of a tree that grows: laying it out takes longer than a step. */
const growMs = 200;

/** Does what is needed until it is done, but not for long. */
const inTime = (isDone: () => boolean, step: () => void): void => {
  const end = performance.now() + searchMs;
  do step();
  while (!isDone() && performance.now() < end);
};

/** Searches for what is typed, grows the tree, reads debug info and selections. */
export class ListWork {
  readonly #browser: Browser;
  readonly #desk: Desk<ListNews>;
  readonly #selections: SelectionWork;
  #wanted: Wanted = { text: '', order: 'relevance', among: null, open: null };
  #search: Search | null = null;
  #tree: Tree | null = null;
  #told: Search | null = null;
  #toldCount = 0;
  #toldAt = 0;
  #isReading = false;
  /** Debug info is read, or can't be. */
  #isRead = false;
  /** What waits for it. */
  #selection: (ListAsk & { readonly kind: 'load' }) | null = null;
  /** Rows whose details were asked for last. */
  #shown: readonly number[] = [];

  constructor(browser: Browser, desk: Desk<ListNews>) {
    this.#browser = browser;
    this.#desk = desk;
    this.#selections = new SelectionWork(browser, desk);
  }

  do(ask: ListAsk): void {
    if (ask.kind === 'save') this.#selections.save(ask);
    else if (ask.kind === 'load') this.#load(ask);
    else this.#show(ask);
  }

  /** Functions that exist only inlined are known when debug info is read. */
  #load(ask: ListAsk & { readonly kind: 'load' }): void {
    if (this.#isRead) this.#selections.load(ask);
    else this.#selection = ask;
  }

  #show(ask: Wanted): void {
    const { text, order, among } = this.#wanted;
    const isSame = ask.text === text && ask.order === order && ask.among === among && this.#search !== null;
    this.#wanted = ask;
    if (isSame) this.#tell(false);
    else this.#begin(false);
    this.#grow();
  }

  /** After each frame: debug info is read behind the first; what functions on the screen lack is worked out. */
  drawn(state: State): void {
    if (!this.#isReading) {
      this.#isReading = true;
      this.#desk.later(
        () => true,
        () => this.#readDebugInfo(),
      );
    }
    const { list, level, size } = state;
    if (level !== 'list') return;
    const isNeeded = needsDetails(size.columns);
    const shown = [...list.rows.subarray(list.top, list.top + listHeight(size))].filter(
      (line) => branchIndex(line) === null && (isNeeded || this.#browser.hasNamesakes(line)),
    );
    if (shown.length === this.#shown.length && shown.every((row, i) => row === this.#shown[i])) return;
    this.#shown = shown;
    this.#browser.lookUp(shown);
  }

  #readDebugInfo(): void {
    const ended = (): void => {
      this.#isRead = true;
      if (this.#selection) this.#selections.load(this.#selection);
      this.#selection = null;
    };
    const note = (text: string | null): void => {
      this.#desk.tell({ kind: 'debug', note: text, count: this.#browser.count });
      this.#desk.drawSoon();
    };
    note('reading debug info…');
    this.#browser.readDebugInfo({
      listed: () => {
        note(null);
        this.#tree = null;
        this.#shown = [];
        this.#begin(true);
        this.#grow();
        ended();
        this.#desk.drawSoon();
      },
      detailed: () => this.#desk.drawSoon(),
      inPlace: () => note('reading debug info, which may take a while…'),
      failed: (reason) => {
        note(`no debug info: ${reason}`);
        ended();
      },
    });
  }

  /** `again`: of other entries; what is shown stays until all is found. */
  #begin(again: boolean): void {
    const { text, order, among } = this.#wanted;
    this.#search = this.#browser.search(text, { order, among: among ?? undefined });
    this.#searchOn(this.#search, again);
  }

  #searchOn(search: Search, again: boolean): void {
    inTime(
      () => search.done,
      () => search.step(),
    );
    if (search.done || (!again && this.#isWorthTelling(search))) this.#tell(again);
    if (!search.done)
      this.#desk.later(
        () => this.#search === search,
        () => this.#searchOn(search, again),
      );
  }

  /** What is new since the last time; not a few at a time, as each needs a frame. */
  #isWorthTelling(search: Search): boolean {
    return search !== this.#told || (search.count !== this.#toldCount && performance.now() - this.#toldAt > tellMs);
  }

  #tell(again: boolean): void {
    const search = this.#search;
    if (search === null) return;
    const nearest = search.nearest();
    const isNearest = nearest.length > 0;
    const rows = isNearest ? nearest : search.rows();
    this.#told = search;
    this.#toldCount = search.count;
    this.#toldAt = performance.now();
    const { open } = this.#wanted;
    const tree = open === null ? {} : { tree: this.#treeNow().view(rows, open) };
    this.#desk.tell({ kind: 'found', rows, done: search.done, fault: search.fault, isNearest, again, ...tree });
  }

  #treeNow(): Tree {
    this.#tree ??= this.#browser.tree();
    return this.#tree;
  }

  /** Until every function has its place in the tree, while one is shown. */
  #grow(): void {
    if (this.#wanted.open === null) return;
    const tree = this.#treeNow();
    if (tree.done) return;
    this.#desk.later(
      () => this.#tree === tree && this.#wanted.open !== null,
      () => {
        inTime(
          () => tree.done,
          () => tree.step(),
        );
        if (tree.done || performance.now() - this.#toldAt > growMs) this.#tell(true);
        this.#grow();
      },
    );
  }
}
