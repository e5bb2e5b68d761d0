import type { Size } from '../state.ts';
import { askBackground, type Ground } from './ground.ts';
import { type Key, KeyDecoder, type Report } from './key.ts';
import { enterCodes, leaveCodes, mouseCodes } from './modes.ts';
import { Painter } from './painter.ts';

type Input = NodeJS.ReadStream;
type Output = NodeJS.WriteStream;

export type Listener = {
  readonly keys: (keys: readonly Key[]) => void;
  readonly resized: () => void;
  /** What the terminal says of its background, once asked. */
  readonly ground: (ground: Ground) => void;
  /** The terminal is gone. */
  readonly closed: () => void;
};

type Options = {
  /** Whether the wheel and clicks are ours; else the terminal selects text with them. */
  readonly mouse: boolean;
  /** Only ASCII can be shown. */
  readonly ascii: boolean;
  /** Whether the terminal is asked for its background: at once, and when its window gets the focus again. */
  readonly asks: boolean;
};

/**
 * Ink ends the process at these where nobody else listens; whoever listens may do so for the first signal only, and
 * stop listening before Ink looks.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const nothing = (): void => undefined;

/** The end of an escape sequence comes at once; a person needs longer for the next key. */
const escapeMs = 20;
/** What has surely begun may come over a slow line. */
const restMs = 500;

/** Owns the terminal from `enter` to `leave`, which any way out of the program comes by. */
export class Terminal implements Disposable {
  readonly #input: Input;
  readonly #output: Output;
  readonly #listener: Listener;
  readonly #options: Options;
  readonly #painter: Painter;
  readonly #decoder = new KeyDecoder();
  #timer: NodeJS.Timeout | undefined;
  #answered: () => void = nothing;
  /** From `enter` to `leave`. */
  #isOpen = false;
  /** Not while the process is stopped by its own doing. */
  #entered = false;
  /** The terminal has the mouse, to select text. */
  #isSelectable = false;

  constructor(input: Input, output: Output, listener: Listener, options: Options) {
    this.#input = input;
    this.#output = output;
    this.#listener = listener;
    this.#options = options;
    this.#painter = new Painter(options.ascii);
  }

  get size(): Size {
    // A terminal may not know its size: 0, or nothing.
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  enter(): void {
    this.#isOpen = true;
    this.#input.setEncoding('utf8');
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#listener.closed);
    this.#input.on('error', this.#listener.closed);
    this.#output.on('resize', this.#onResize);
    process.on('SIGCONT', this.#onContinue);
    process.on('SIGTSTP', this.#onStop);
    // Before the handler that prints the error and ends the process: it must print on the restored screen.
    process.prependListener('uncaughtException', this.#restore);
    process.on('exit', this.#restore);
    for (const signal of signals) process.on(signal, nothing);
    this.#take();
  }

  /** Resolves when the terminal has answered what it was asked, or hasn't for `ms` milliseconds. */
  async answered(ms: number): Promise<void> {
    if (!this.#options.asks) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#answered = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Shows a frame; nothing once the terminal is left. */
  show(frame: string): void {
    if (!this.#entered) return;
    const text = this.#painter.paint(frame, this.size);
    if (text !== '') this.#output.write(text);
  }

  /** To the clipboard, where the terminal lets programs write to it (OSC 52); nobody tells whether it did. */
  copy(text: string): void {
    if (this.#entered) this.#output.write(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`);
  }

  /** Leaves the mouse to the terminal, so that text can be selected with it; or takes it back. */
  selectable(isSelectable: boolean): void {
    if (!this.#options.mouse || isSelectable === this.#isSelectable) return;
    this.#isSelectable = isSelectable;
    if (this.#entered) this.#output.write(mouseCodes(!isSelectable));
  }

  /** The next frame is written whole. */
  forget(): void {
    this.#painter.forget();
  }

  /**
   * Stops the process, and with it whatever shares its terminal, as Ctrl-Z does elsewhere; goes on when the shell
   * says so. Where no shell could say so, the kernel doesn't stop it, and it goes on at once.
   */
  suspend(): void {
    this.#stop(0);
  }

  /** Puts everything back as it was before `enter`; does nothing the second time. */
  leave(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#restore();
    clearTimeout(this.#timer);
    this.#answered();
    this.#input.off('data', this.#onData);
    // What listens for errors stays: reading from a terminal that is gone fails later, too.
    this.#input.off('end', this.#listener.closed);
    this.#output.off('resize', this.#onResize);
    process.off('SIGCONT', this.#onContinue);
    process.off('SIGTSTP', this.#onStop);
    process.off('uncaughtException', this.#restore);
    process.off('exit', this.#restore);
    for (const signal of signals) process.off(signal, nothing);
    this.#input.pause();
  }

  [Symbol.dispose](): void {
    this.leave();
  }

  #take(): void {
    this.#entered = true;
    this.#input.setRawMode(true);
    this.#output.write(enterCodes(this.#options.mouse && !this.#isSelectable));
    this.#ask();
  }

  #ask(): void {
    if (this.#options.asks) this.#output.write(askBackground);
  }

  readonly #restore = (): void => {
    if (!this.#entered) return;
    this.#entered = false;
    // Writing to a terminal is synchronous: this is out before the process ends.
    this.#output.write(leaveCodes);
    try {
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone, and its settings with it.
    }
  };

  readonly #onData = (chunk: string): void => {
    clearTimeout(this.#timer);
    this.#receive(this.#decoder.decode(chunk));
    const { waiting } = this.#decoder;
    if (waiting !== null)
      this.#timer = setTimeout(() => this.#receive(this.#decoder.flush()), waiting === 'escape' ? escapeMs : restMs);
  };

  #receive(received: readonly (Key | Report)[]): void {
    const keys: Key[] = [];
    for (const one of received) {
      if (one.kind === 'ground') this.#listener.ground(one.ground);
      else if (one.kind === 'attributes') this.#answered();
      else if (one.kind === 'focused') this.#ask();
      else keys.push(one);
    }
    if (keys.length > 0) this.#listener.keys(keys);
  }

  readonly #onResize = (): void => {
    this.#painter.forget();
    this.#listener.resized();
  };

  /** A stop that was asked for from outside. */
  readonly #onStop = (): void => this.#stop(process.pid);

  /** `whom` as `kill` takes it: a process, or 0 for all of this process's group. */
  #stop(whom: number): void {
    if (!this.#entered) return;
    this.#restore();
    // Listened to, it would not stop; and going on is no news then.
    process.off('SIGTSTP', this.#onStop);
    process.off('SIGCONT', this.#onContinue);
    process.kill(whom, 'SIGTSTP');
    process.on('SIGTSTP', this.#onStop);
    process.on('SIGCONT', this.#onContinue);
    this.#take();
    this.#onResize();
  }

  /** After a stop that can't be seen coming (SIGSTOP), the shell has set the terminal its own way. */
  readonly #onContinue = (): void => {
    if (!this.#entered) return;
    // It is set only where it differs from what was set before.
    this.#input.setRawMode(false);
    this.#take();
    this.#onResize();
  };
}
