import type { Browser } from '../../query/browse.ts';
import type { PageAsk, PageThread } from '../../query/page-thread.ts';
import type { Desk } from '../desk.ts';
import { type DetailAsk, type DetailNews, type DetailState, given } from './state.ts';

/** Looks up what a function's page shows. */
export class DetailWork {
  readonly #browser: Browser;
  readonly #thread: PageThread;
  readonly #desk: Desk<DetailNews>;
  readonly #shown: () => DetailState | null;
  /** Take back what was asked for, by what it is for: only the newest is wanted. */
  readonly #asked = new Map<'page' | 'costs' | 'code', () => void>();

  /** `shown`: the page that is open now. */
  constructor(browser: Browser, thread: PageThread, desk: Desk<DetailNews>, shown: () => DetailState | null) {
    this.#browser = browser;
    this.#thread = thread;
    this.#desk = desk;
    this.#shown = shown;
  }

  /** Cheap facts first; each is on the screen before the next is looked up. */
  do(ask: DetailAsk): void {
    switch (ask.kind) {
      case 'inspect': {
        this.#leave();
        const { row, returns } = ask;
        this.#desk.later(
          () => this.#shown()?.row === row && this.#shown()?.functions === null,
          () => {
            this.lookUp();
            const detail = this.#shown();
            if (detail?.facts == null) return;
            const { spec } = detail.facts;
            const read = given(detail);
            this.#ask('page', row, { kind: 'function', spec, traced: read?.ok ? read.spec : spec, returns });
          },
        );
        break;
      }
      case 'costs':
        this.#ask('costs', ask.row, { kind: 'costs', functions: ask.specs, returns: ask.returns });
        break;
      case 'code':
        this.#ask('code', ask.row, { kind: 'code', spec: ask.spec, copy: ask.copy });
        break;
      case 'leave':
        this.#leave();
        break;
    }
  }

  /** What a key does to a function depends on its facts. */
  lookUp(): void {
    const detail = this.#shown();
    if (detail && detail.facts === null) this.#desk.tell({ kind: 'facts', facts: this.#browser.function(detail.row) });
  }

  #ask(what: 'page' | 'costs' | 'code', row: number, ask: PageAsk): void {
    this.#asked.get(what)?.();
    const cancel = this.#thread.ask(ask, {
      news: (news) => {
        // What was asked for apart knows better how returns are to be watched.
        if (what === 'page' && news.kind === 'costs' && this.#asked.has('costs')) return;
        this.#desk.tell({ kind: 'page', row, news });
        this.#desk.drawSoon();
      },
      refused: (error) => {
        this.#desk.tell({ kind: 'refused', row, what: what === 'costs' ? 'costs' : 'page', error });
        this.#desk.drawSoon();
      },
      failed: this.#desk.fail,
    });
    this.#asked.set(what, cancel);
  }

  #leave(): void {
    for (const cancel of this.#asked.values()) cancel();
    this.#asked.clear();
  }
}
