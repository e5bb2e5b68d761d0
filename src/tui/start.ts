import { Browser, openForBrowsing, readSelection } from '../query/browse.ts';
import { stopKept } from '../query/keeper.ts';
import { wantsBlocks } from '../report/histogram.ts';
import { wantsColour } from '../report/terminal-colour.ts';
import { Controller } from './controller.ts';
import { readSelectionFile } from './list/selection-file.ts';
import { hasManyColours, makeTheme, type Theme } from './parts/theme.ts';
import type { State } from './state.ts';
import { type Ground, groundIn } from './terminal/ground.ts';
import type { Key } from './terminal/key.ts';
import { mouseIn } from './terminal/mouse.ts';
import { type Listener, Terminal } from './terminal/terminal.ts';

export type Ending = {
  readonly interrupted: boolean;
  /** Programs that were started here and run on. */
  readonly running: readonly number[];
};

type Options = {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** A process to trace, chosen from the start. */
  readonly pid?: number;
  /** Ends the screen, as if by a key. */
  readonly signal: AbortSignal;
  /** A file with functions that are marked at first. */
  readonly selection?: string | undefined;
};

/** A terminal at hand answers in less than one, one far away in a few tens of milliseconds. */
const answerMs = 100;

/**
 * Shows the screen for a file until it is quit. However it ends, the terminal is restored, and no probe is left.
 * Throws RsymError where the file can't be opened, the selection can't be read, or the environment asks for what isn't
 * there.
 */
export const runScreen = async (
  path: string,
  { input, output, env, pid, signal, selection }: Options,
): Promise<Ending> => {
  if (selection !== undefined) readSelection(readSelectionFile(selection), selection);
  using image = openForBrowsing(path);
  const { mount } = await loadView(env);
  const asked = groundIn(env);
  const mouse = mouseIn(env);
  const colour = asked !== 'none' && wantsColour(env, output.isTTY === true);
  const themeOn = (ground: Ground): Theme => makeTheme(colour, ground, hasManyColours(env));
  let theme = themeOn(asked === 'none' ? 'unknown' : asked);
  const { ended, quit, fail } = ending();
  let controller: Controller | null = null;
  const early: Key[] = [];
  const listener: Listener = {
    keys: guarded(fail, (keys) => (controller ? controller.keys(keys) : void early.push(...keys))),
    resized: guarded(fail, () => controller?.resized(terminal.size)),
    ground: guarded(fail, (ground) => {
      theme = themeOn(ground);
      controller?.draw();
    }),
    closed: () => quit(true),
  };
  const asks = colour && asked === 'unknown';
  using terminal = new Terminal(input, output, listener, {
    mouse,
    ascii: !wantsBlocks(env),
    asks,
  });
  if (signal.aborted) return { interrupted: true, running: [] };
  signal.addEventListener('abort', () => quit(true), { once: true });
  terminal.enter();
  terminal.show(`reading the names in ${path.replace(/[^ -~]/g, '?')}…`);
  const browser = new Browser(image);
  const hooks = {
    draw: (state: State) => {
      terminal.selectable(state.copied !== null);
      view.draw(state);
    },
    forget: () => terminal.forget(),
    copy: (text: string) => terminal.copy(text),
    quit,
    suspend: () => {
      const goOn = stopKept();
      terminal.suspend();
      goOn();
    },
    fail,
  };
  const made = new Controller(browser, terminal.size, hooks, pid ?? null);
  const view = mount(
    (frame) => terminal.show(frame),
    () => theme,
    (row) => browser.entry(row),
    fail,
  );
  try {
    await terminal.answered(answerMs);
    if (selection !== undefined) made.mark(selection);
    made.draw();
    controller = made;
    made.keys(early);
    const interrupted = await ended;
    return { interrupted, running: await leave(terminal, made) };
  } finally {
    await leave(terminal, made);
    view.unmount();
  }
};

/** `ended` tells whether the screen was interrupted, or rejects with what must not happen; the first word counts. */
const ending = () => {
  let quit: (interrupted: boolean) => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<boolean>((resolve, reject) => {
    quit = resolve;
    fail = reject;
  });
  return { ended, quit, fail };
};

/** First the terminal, so that a clean-up that takes long or hangs doesn't keep it. */
const leave = (terminal: Terminal, controller: Controller): Promise<readonly number[]> => {
  terminal.leave();
  return controller.close();
};

const guarded =
  <Args extends readonly unknown[]>(fail: (error: unknown) => void, work: (...args: Args) => void) =>
  (...args: Args): void => {
    try {
      work(...args);
    } catch (error) {
      fail(error);
    }
  };

/**
 * Loads React in its production form, which is several times faster. It asks the environment once, when it is loaded;
 * programs that are started later must not inherit the answer.
 */
const loadView = async (env: NodeJS.ProcessEnv) => {
  const before = env['NODE_ENV'];
  env['NODE_ENV'] = 'production';
  try {
    return await import('./view.tsx');
  } finally {
    if (before === undefined) delete env['NODE_ENV'];
    else env['NODE_ENV'] = before;
  }
};
