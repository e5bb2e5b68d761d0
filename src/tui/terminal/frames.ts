import { EventEmitter } from 'node:events';

/**
 * Stands for stdout towards Ink: takes whole frames. In debug mode Ink writes each frame as it is, at once, and without
 * a glance at `CI`, under which it otherwise shows nothing.
 */
export class Frames extends EventEmitter {
  readonly isTTY = false;
  /** Ink's grid is as wide as this; rows go through it as one character each. */
  readonly columns = 1;
  readonly #show: (frame: string) => void;

  constructor(show: (frame: string) => void) {
    super();
    this.#show = show;
  }

  write(frame: string): boolean {
    this.#show(frame);
    return true;
  }
}
