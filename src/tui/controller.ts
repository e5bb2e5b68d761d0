import type { Browser } from '../query/browse.ts';
import { PageThread } from '../query/page-thread.ts';
import type { Desk } from './desk.ts';
import { DetailWork } from './detail/work.ts';
import { commandFor } from './keys.ts';
import { LaunchWork } from './launch/work.ts';
import { ListWork } from './list/work.ts';
import { LiveWork } from './live/work.ts';
import { focusedField, initialState, modeOf, type Size, type State } from './state.ts';
import type { Action, Effect } from './step.ts';
import type { Key } from './terminal/key.ts';
import type { Pointed } from './terminal/mouse.ts';
import { update } from './update.ts';

type Hooks = {
  readonly draw: (state: State) => void;
  /** The screen no longer shows what was drawn. */
  readonly forget: () => void;
  /** To the terminal's clipboard. */
  readonly copy: (text: string) => void;
  readonly quit: (interrupted: boolean) => void;
  /** Stops the process until the shell lets it go on. */
  readonly suspend: () => void;
  /** Something that should not happen: ends the screen. */
  readonly fail: (error: unknown) => void;
};

/** Calls come faster than anybody reads. */
const drawMs = 40;

/** Joins state, keys and the work that they ask for. */
export class Controller {
  readonly #hooks: Hooks;
  readonly #list: ListWork;
  readonly #thread: PageThread;
  readonly #detail: DetailWork;
  readonly #launch: LaunchWork;
  readonly #live: LiveWork;
  #state: State;
  #drawTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** `pid`: a process to trace, chosen from the start. */
  constructor(browser: Browser, size: Size, hooks: Hooks, pid: number | null = null) {
    this.#hooks = hooks;
    this.#state = initialState(browser.facts, size, browser.search('').rows(), pid);
    this.#list = new ListWork(
      browser,
      this.#desk((news) => ({ kind: 'list', news })),
    );
    this.#thread = new PageThread(browser.facts.path);
    this.#detail = new DetailWork(
      browser,
      this.#thread,
      this.#desk((news) => ({ kind: 'detail', news })),
      () => this.#state.detail,
    );
    this.#launch = new LaunchWork(
      browser,
      this.#thread,
      this.#desk((news) => ({ kind: 'launch', news })),
    );
    this.#live = new LiveWork(
      browser.facts.path,
      this.#desk((news) => ({ kind: 'live', news })),
      () => this.#state.live?.held ?? null,
    );
  }

  get state(): State {
    return this.#state;
  }

  draw(): void {
    clearTimeout(this.#drawTimer);
    this.#drawTimer = undefined;
    if (this.#closed) return;
    this.#hooks.draw(this.#state);
    this.#list.drawn(this.#state);
  }

  /** Marks the functions of a selection; until debug info is read, some of them aren't known. */
  mark(path: string): void {
    this.#list.do({ kind: 'load', path });
  }

  /** All keys that came at once, then one frame. */
  keys(keys: readonly Key[]): void {
    for (const key of keys) {
      if (this.#closed) return;
      this.#detail.lookUp();
      if (key.kind === 'key') this.#press(key.name);
      else if (key.kind === 'pointed') this.#point(key);
      else if (key.kind === 'pasted') this.#do({ kind: 'typed', text: key.text });
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
    const [running] = await Promise.all([this.#live.close(), this.#thread.close()]);
    return running;
  }

  #press(name: string): void {
    const command = commandFor(modeOf(this.#state), name, focusedField(this.#state)?.text === '');
    if (command !== undefined) this.#do({ kind: 'command', command });
  }

  #point({ name, row }: Pointed): void {
    const command = commandFor(modeOf(this.#state), name, false);
    if (command === 'point') this.#do({ kind: 'pointed', row });
    else if (command !== undefined) this.#do({ kind: 'command', command });
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
      } else if (field !== null || modeOf(this.#state) === 'rows') {
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
      case 'list':
        this.#list.do(effect.ask);
        break;
      case 'detail':
        this.#detail.do(effect.ask);
        break;
      case 'live':
        this.#live.do(effect.ask);
        break;
      case 'launch':
        this.#launch.do(effect.ask);
        break;
      case 'copy':
        this.#hooks.copy(effect.text);
        break;
      case 'redraw':
        this.#hooks.forget();
        break;
      case 'suspend':
        this.#hooks.suspend();
        break;
      case 'quit':
        this.#hooks.quit(effect.interrupted);
        break;
    }
  }

  #desk<News>(action: (news: News) => Action): Desk<News> {
    return {
      tell: (news) => this.#do(action(news)),
      later: (isWanted, work) => this.#later(isWanted, work),
      drawSoon: () => this.#drawSoon(),
      notice: (text) => this.#do({ kind: 'notice', text }),
      fail: this.#hooks.fail,
    };
  }

  #later(isWanted: () => boolean, work: () => void): void {
    setImmediate(() => {
      if (this.#closed || !isWanted()) return;
      try {
        const before = this.#state;
        work();
        if (this.#state !== before) this.draw();
      } catch (error) {
        this.#hooks.fail(error);
      }
    });
  }

  #drawSoon(): void {
    if (!this.#closed) this.#drawTimer ??= setTimeout(() => this.draw(), drawMs);
  }
}
