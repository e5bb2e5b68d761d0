import { EventEmitter } from 'node:events';
import type { Size } from './state.ts';

/**
 * Stands for stdout towards Ink: takes whole frames. In debug mode Ink writes each frame as it is, at once, and without
 * a glance at `CI`, under which it otherwise shows nothing.
 */
export class Frames extends EventEmitter {
  readonly isTTY = false;
  readonly #size: () => Size;
  readonly #show: (frame: string) => void;

  constructor(size: () => Size, show: (frame: string) => void) {
    super();
    this.#size = size;
    this.#show = show;
  }

  get columns(): number {
    return this.#size().columns;
  }

  get rows(): number {
    return this.#size().rows;
  }

  write(frame: string): boolean {
    this.#show(frame);
    return true;
  }
}
