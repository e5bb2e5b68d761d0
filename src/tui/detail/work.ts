import type { Browser } from '../../query/browse.ts';
import type { Desk } from '../desk.ts';
import type { DetailAsk, DetailNews, DetailState } from './state.ts';

/** Looks up what a function's page shows. */
export class DetailWork {
  readonly #browser: Browser;
  readonly #desk: Desk<DetailNews>;
  readonly #shown: () => DetailState | null;

  /** `shown`: the page that is open now. */
  constructor(browser: Browser, desk: Desk<DetailNews>, shown: () => DetailState | null) {
    this.#browser = browser;
    this.#desk = desk;
    this.#shown = shown;
  }

  /** Cheap facts first; each is on the screen before the next is looked up. */
  do({ row }: DetailAsk): void {
    const isWanted = (): boolean => this.#shown()?.row === row && this.#shown()?.probe === null;
    this.#desk.later(isWanted, () => {
      this.lookUp();
      this.#desk.later(isWanted, () => this.#desk.tell({ kind: 'probe', row, probe: this.#browser.probe(row) }));
    });
  }

  /** What a key does to a function depends on its facts. */
  lookUp(): void {
    const detail = this.#shown();
    if (detail && detail.facts === null) this.#desk.tell({ kind: 'facts', facts: this.#browser.function(detail.row) });
  }
}
