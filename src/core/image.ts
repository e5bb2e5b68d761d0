import { RsymError } from '../base/errors.ts';
import { CoreDebug } from './debug.ts';
import { type Exports, guard, instantiate, isTrapped, type ReadAt } from './module.ts';
import { CoreSymbols } from './symbols.ts';

export type { ReadAt } from './module.ts';

const blame = { 1: 'input', 2: 'unsupported' } as const;
const decoder = new TextDecoder();

/** An image as the core sees it: facts to be read by `Wire`, and symbols. Throws RsymError whose message is the reason. */
export class CoreImage implements Disposable {
  readonly #core: Exports;
  readonly #handle: number;

  private constructor(core: Exports, base: number, length: number) {
    this.#core = core;
    this.#handle = call(core, () => core['image_open']!(0, BigInt(base), BigInt(length)));
  }

  /** `length` bytes at `base` of the file that `readAt` reads. */
  static open(readAt: ReadAt, base: number, length: number): CoreImage {
    return new CoreImage(instantiate(readAt), base, length);
  }

  /** The facts in the order of the crate's `describe` functions. */
  facts(): Uint8Array {
    return this.#reply().slice(1);
  }

  /**
   * All symbols; they hold the core's memory, this image is no longer needed for them. `named` makes what goes wrong
   * with them later an error that names the file.
   */
  symbols(named: (error: RsymError) => RsymError): CoreSymbols {
    const handle = call(this.#core, () => this.#core['image_symbols']!(this.#handle));
    if (handle === 0) this.#reply();
    return new CoreSymbols(this.#core, handle, named);
  }

  /** Its debug info, which holds the core's memory: this image is no longer needed for it. Null where it has none. */
  debug(): CoreDebug | null {
    const handle = call(this.#core, () => this.#core['debug_open']!(this.#handle));
    return handle === 0 ? null : new CoreDebug(this.#core, handle);
  }

  /** The part of an archive's file that a member is; both share the core's memory. */
  member(base: number, length: number): CoreImage {
    return new CoreImage(this.#core, base, length);
  }

  [Symbol.dispose](): void {
    if (!isTrapped(this.#core)) this.#core['image_free']!(this.#handle);
  }

  #reply(): Uint8Array {
    const at = this.#core['image_reply']!(this.#handle) >>> 0;
    const length = this.#core['image_reply_len']!(this.#handle) >>> 0;
    const reply = new Uint8Array(this.#core.memory.buffer, at, length);
    const status = reply[0] ?? 1;
    if (status === 0) return reply;
    throw new RsymError(blame[status as 1 | 2] ?? 'internal', decoder.decode(reply.subarray(1)));
  }
}

/** A trap of the core is a file it can't hold in memory, or a defect. */
const call = (core: Exports, run: () => number): number => {
  try {
    return guard(core, run) >>> 0;
  } catch (cause) {
    if (cause instanceof RsymError) throw cause;
    throw new RsymError('input', 'its tables do not fit in memory, or rsym has a defect', { cause });
  }
};
