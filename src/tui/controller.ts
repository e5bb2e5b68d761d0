import type { Browser, Search } from '../query/browse.ts';
import type { Key } from './key.ts';
import { commandFor } from './keys.ts';
import { focusedField, initialState, modeOf, type Size, type State } from './state.ts';
import { Tracing } from './tracing.ts';
import { type Action, type Effect, update } from './update.ts';

type Hooks = {
  readonly draw: (state: State) => void;
  /** The screen no longer shows what was drawn. */
  readonly forget: () => void;
  readonly quit: (interrupted: boolean) => void;
  /** Something that should not happen: ends the screen. */
  readonly fail: (error: unknown) => void;
};

/** A key's answer is drawn within 16 ms: what a search needs longer is done behind it, piece by piece. */
const searchMs = 4;
/** Calls come faster than anybody reads. */
const drawMs = 40;

/** Joins state, keys and the work that they ask for. */
export class Controller {
  readonly #browser: Browser;
  readonly #hooks: Hooks;
  #state: State;
  #search: Search | null = null;
  #tracing: Tracing | null = null;
  /** Traces that were left: resolves when their probes are removed. */
  #left: Promise<unknown> = Promise.resolve();
  /** Programs that rsym started and that were running when last heard of. */
  readonly #started = new Set<number>();
  #drawTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(browser: Browser, size: Size, hooks: Hooks) {
    this.#browser = browser;
    this.#hooks = hooks;
    this.#state = initialState(browser.facts, size, browser.search('').rows());
  }

  get state(): State {
    return this.#state;
  }

  draw(): void {
    clearTimeout(this.#drawTimer);
    this.#drawTimer = undefined;
    if (!this.#closed) this.#hooks.draw(this.#state);
  }

  /** All keys that came at once, then one frame. */
  keys(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#closed) return;
      // What a key does to a function depends on its facts.
      this.#lookUp();
      if (key.kind === 'key') this.#press(key.name);
      else this.#type(key.text);
    }
    this.draw();
  }

  resized(size: Size): void {
    this.#do({ kind: 'resized', size });
    this.draw();
  }

  /** Ends what is under way; resolves when no probe is left. Gives the programs that run on. */
  async close(): Promise<readonly number[]> {
    this.#closed = true;
    clearTimeout(this.#drawTimer);
    await Promise.all([this.#left, this.#tracing?.stop()]);
    return [...this.#started].filter(isRunning);
  }

  #press(name: string): void {
    const command = commandFor(modeOf(this.#state), name, focusedField(this.#state)?.text === '');
    if (command !== undefined) this.#do({ kind: 'command', command });
  }

  #type(text: string): void {
    for (let at = 0; at < text.length; ) {
      const field = focusedField(this.#state);
      const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
      // Several characters at once are pasted: no key of ours, but text.
      const command =
        field !== null && text.length > char.length
          ? undefined
          : commandFor(modeOf(this.#state), char, field?.text === '');
      if (command !== undefined) {
        this.#do({ kind: 'command', command });
        // It opens the signature's field, and is the first character of every signature.
        if (char === '(' && command === 'sign' && this.#state.detail?.signature.text === '') continue;
      } else if (field !== null) {
        this.#do({ kind: 'typed', text: text.slice(at) });
        return;
      }
      at += char.length;
    }
  }

  #do(action: Action): void {
    const { state, effects } = update(this.#state, action);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case 'search':
        this.#search = this.#browser.search(effect.text);
        this.#searchOn(this.#search);
        break;
      case 'inspect':
        this.#inspect(effect.row);
        break;
      case 'begin':
        this.#begin(effect);
        break;
      case 'stop':
        this.#stop();
        break;
      case 'redraw':
        this.#hooks.forget();
        break;
      case 'quit':
        this.#hooks.quit(effect.interrupted);
        break;
    }
  }

  #searchOn(search: Search): void {
    const end = performance.now() + searchMs;
    do search.step();
    while (!search.done && performance.now() < end);
    this.#do({ kind: 'found', rows: search.rows(), done: search.done, fault: search.fault });
    if (!search.done)
      this.#later(
        () => this.#search === search,
        () => this.#searchOn(search),
      );
  }

  /** Cheap facts first; each is on the screen before the next is looked up. */
  #inspect(row: number): void {
    const isWanted = (): boolean => this.#state.detail?.row === row && this.#state.detail.probe === null;
    this.#later(isWanted, () => {
      this.#lookUp();
      this.#later(isWanted, () => this.#do({ kind: 'probe', row, probe: this.#browser.probe(row) }));
    });
  }

  #lookUp(): void {
    const { detail } = this.#state;
    if (detail && detail.facts === null) this.#do({ kind: 'facts', facts: this.#browser.function(detail.row) });
  }

  /** After what is to be seen now has been drawn, if it is still wanted then. */
  #later(isWanted: () => boolean, work: () => void): void {
    setImmediate(() => {
      if (this.#closed || !isWanted()) return;
      try {
        work();
        this.draw();
      } catch (error) {
        this.#hooks.fail(error);
      }
    });
  }

  #begin({ spec, scope }: Effect & { kind: 'begin' }): void {
    const begin = (): void => {
      if (this.#closed) return;
      const tracing = new Tracing(this.#browser.facts.path, spec, scope, (news) => {
        if (news.kind === 'attached' && news.pid !== null) this.#started.add(news.pid);
        if (this.#tracing === tracing) this.#do({ kind: 'trace', news });
        this.#drawSoon();
      });
      this.#tracing = tracing;
      tracing.done.catch(this.#hooks.fail);
    };
    this.#left.then(begin);
  }

  #stop(): void {
    const tracing = this.#tracing;
    if (!tracing) return;
    this.#tracing = null;
    this.#left = tracing.stop().then(() => {
      const running = [...this.#started].filter(isRunning);
      if (running.length > 0) this.#do({ kind: 'notice', text: `probes removed; PID ${running.join(', ')} runs on` });
      this.#drawSoon();
    }, this.#hooks.fail);
  }

  #drawSoon(): void {
    if (!this.#closed) this.#drawTimer ??= setTimeout(() => this.draw(), drawMs);
  }
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
