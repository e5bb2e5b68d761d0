import type { Browser } from '../../query/browse.ts';
import type { PageThread } from '../../query/page-thread.ts';
import { ProcessSearch } from '../../query/process-list.ts';
import type { Desk } from '../desk.ts';
import type { LiveRequest } from '../live/state.ts';
import type { LaunchAsk, LaunchNews } from './state.ts';

/** A key's answer is drawn within 16 ms. */
const stepMs = 6;

/** Finds out what the choice of what to trace needs: processes, what this machine allows, whether a condition fits. */
export class LaunchWork {
  readonly #browser: Browser;
  readonly #thread: PageThread;
  readonly #desk: Desk<LaunchNews>;
  #hasLooked = false;
  #search: ProcessSearch | null = null;
  /** The functions that are being looked up. */
  #naming: readonly number[] | null = null;
  #cancel: () => void = () => undefined;

  constructor(browser: Browser, thread: PageThread, desk: Desk<LaunchNews>) {
    this.#browser = browser;
    this.#thread = thread;
    this.#desk = desk;
  }

  do(ask: LaunchAsk): void {
    switch (ask.kind) {
      case 'name':
        this.#name(ask.rows);
        break;
      case 'look':
        this.#look();
        break;
      case 'list':
        this.#list();
        break;
      case 'check':
        this.#check(ask.request);
        break;
      case 'leave':
        this.#cancel();
        this.#naming = null;
        break;
    }
  }

  /** A few are told at once: Enter may follow. */
  #name(rows: readonly number[]): void {
    this.#naming = rows;
    const specs: string[] = [];
    let title = `${rows.length} functions`;
    const goOn = (): void => {
      const end = performance.now() + stepMs;
      while (specs.length < rows.length && (specs.length === 0 || performance.now() < end)) {
        const facts = this.#browser.traceable(rows[specs.length] ?? 0);
        if (rows.length === 1) title = facts.title;
        specs.push(facts.spec);
      }
      if (specs.length === rows.length) this.#desk.tell({ kind: 'named', targets: { title, specs } });
      else this.#desk.later(() => this.#naming === rows, goOn);
    };
    goOn();
  }

  /** Rights don't change while the screen is shown: once is enough. */
  #look(): void {
    if (this.#hasLooked) return;
    this.#hasLooked = true;
    this.#thread.ask(
      { kind: 'machine' },
      {
        news: (news) => {
          if (news.kind === 'machine') this.#desk.tell({ kind: 'machine', machine: news });
          this.#desk.drawSoon();
        },
        // A trace that is begun says so itself.
        refused: () => undefined,
        failed: this.#desk.fail,
      },
    );
  }

  #list(): void {
    const search = new ProcessSearch(this.#browser.facts.path);
    this.#search = search;
    const goOn = (): void => {
      const end = performance.now() + stepMs;
      do search.step();
      while (!search.done && performance.now() < end);
      this.#desk.tell({ kind: 'processes', found: search.found(), hidden: search.hidden, isDone: search.done });
      if (!search.done) this.#desk.later(() => this.#search === search, goOn);
    };
    this.#desk.later(() => this.#search === search, goOn);
  }

  #check(request: LiveRequest): void {
    this.#cancel();
    const { specs: functions, scope, children = false, returns = 'safe', when } = request;
    const told = (error: Extract<LaunchNews, { kind: 'checked' }>['error']): void => {
      this.#desk.tell({ kind: 'checked', request, error });
      this.#desk.drawSoon();
    };
    this.#cancel = this.#thread.ask(
      { kind: 'check', functions, scope, children, returns, when },
      { news: () => told(null), refused: told, failed: this.#desk.fail },
    );
  }
}
