import type { Code } from '../asm.ts';
import { FRAME } from '../steps.ts';
import { Unlowerable } from './unlowerable.ts';

const wordSize = 8;
/** What expressions may use of the frame: what captures need, which aren't made at the same time, and what nobody does. */
const lowest = -512;
const highest = FRAME.levels;

/** Words of the frame below r10, each given out once at a time. */
export class FrameRoom {
  readonly #free = new Set<number>();

  constructor() {
    for (let at = lowest; at < highest; at += wordSize) this.#free.add(at);
  }

  /** Code that has `words` words to itself, the lowest at the offset it is given. */
  with(words: number, code: (at: number) => Code): Code {
    const all = Array.from({ length: words }, (_, i) => i * wordSize);
    const at = [...this.#free].sort((a, b) => a - b).find((start) => all.every((by) => this.#free.has(start + by)));
    if (at === undefined) throw new Unlowerable('the expression is too deep for the kernel');
    for (const by of all) this.#free.delete(at + by);
    const made = code(at);
    for (const by of all) this.#free.add(at + by);
    return made;
  }
}
