import type { Size } from '../state.ts';
import { type Key, KeyDecoder } from './key.ts';
import { Painter } from './painter.ts';

type Input = NodeJS.ReadStream;
type Output = NodeJS.WriteStream;

type Listener = {
  readonly keys: (keys: readonly Key[]) => void;
  readonly resized: () => void;
  /** The terminal is gone. */
  readonly closed: () => void;
};

// Alternate screen, no cursor, no wrapping: a character that is wider than we think must not move the rows below.
const enterCodes = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const leaveCodes = '\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l';

/**
 * Ink ends the process at these where nobody else listens; whoever listens may do so for the first signal only, and
 * stop listening before Ink looks.
 */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const nothing = (): void => undefined;

/** The end of an escape sequence comes at once; a person needs longer for the next key. */
const escapeMs = 20;

/** Owns the terminal from `enter` to `leave`, which any way out of the program comes by. */
export class Terminal implements Disposable {
  readonly #input: Input;
  readonly #output: Output;
  readonly #listener: Listener;
  readonly #painter = new Painter();
  readonly #decoder = new KeyDecoder();
  #timer: NodeJS.Timeout | undefined;
  #entered = false;

  constructor(input: Input, output: Output, listener: Listener) {
    this.#input = input;
    this.#output = output;
    this.#listener = listener;
  }

  get size(): Size {
    // A terminal may not know its size: 0, or nothing.
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  enter(): void {
    this.#entered = true;
    this.#input.setRawMode(true);
    this.#input.setEncoding('utf8');
    this.#input.on('data', this.#onData);
    this.#input.on('end', this.#listener.closed);
    this.#input.on('error', this.#listener.closed);
    this.#output.on('resize', this.#onResize);
    process.on('SIGCONT', this.#onContinue);
    // Before the handler that prints the error and ends the process: it must print on the restored screen.
    process.prependListener('uncaughtException', this.#restore);
    process.on('exit', this.#restore);
    for (const signal of signals) process.on(signal, nothing);
    this.#output.write(enterCodes);
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

  /** The next frame is written whole. */
  forget(): void {
    this.#painter.forget();
  }

  /** Puts everything back as it was before `enter`; does nothing the second time. */
  leave(): void {
    if (!this.#entered) return;
    this.#restore();
    clearTimeout(this.#timer);
    this.#input.off('data', this.#onData);
    // What listens for errors stays: reading from a terminal that is gone fails later, too.
    this.#input.off('end', this.#listener.closed);
    this.#output.off('resize', this.#onResize);
    process.off('SIGCONT', this.#onContinue);
    process.off('uncaughtException', this.#restore);
    process.off('exit', this.#restore);
    for (const signal of signals) process.off(signal, nothing);
    this.#input.pause();
  }

  [Symbol.dispose](): void {
    this.leave();
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
    const keys = this.#decoder.decode(chunk);
    if (this.#decoder.waiting) this.#timer = setTimeout(() => this.#listener.keys(this.#decoder.flush()), escapeMs);
    if (keys.length > 0) this.#listener.keys(keys);
  };

  readonly #onResize = (): void => {
    this.#painter.forget();
    this.#listener.resized();
  };

  /** After a stop from outside, the shell has set the terminal its own way. */
  readonly #onContinue = (): void => {
    if (!this.#entered) return;
    this.#input.setRawMode(true);
    this.#output.write(enterCodes);
    this.#onResize();
  };
}
