import { RsymError } from '../base/errors.ts';
import { HeldWord } from './held-word.ts';
import { type Exports, guard, instantiate, isTrapped } from './module.ts';

export type DemangleOptions = {
  /** Show hashes and crate disambiguators. */
  readonly full?: boolean | undefined;
};

/** Byte strings behind each other: string `i` is `bytes[offsets[i]..offsets[i + 1]]`. */
export type ByteColumn = { readonly bytes: Uint8Array; readonly offsets: Uint32Array };

/** What was found; `schemes[i]` is 0 none (then the text is the raw name), 1 Rust legacy, 2 Rust v0, 3 Itanium. */
export type DemangledColumns = { readonly text: ByteColumn; readonly schemes: Uint8Array };

/** Names found in a text, raw and demangled: the same number of each. */
export type FoundColumns = DemangledColumns & { readonly raw: ByteColumn };

const column = { text: 0, offsets: 1, schemes: 2, raw: 3, rawOffsets: 4 } as const;

let shared: Exports | undefined;

/** Demangling keeps nothing between calls, so one instance serves all batches, until one makes it trap. */
const core = (): Exports => {
  if (shared === undefined || isTrapped(shared)) shared = instantiate();
  return shared;
};

type ColumnOptions = DemangleOptions & { readonly given?: boolean };

/**
 * Demangles many names in one call. `given`: the user says that they are names, so those whose leading underscore was
 * stripped (`ZN…`, `R…`) count too. Total: what isn't a mangled name comes back byte for byte, and so does one that
 * makes the core trap.
 */
export const demangleColumn = (names: ByteColumn, options: ColumnOptions = {}): DemangledColumns => {
  try {
    return demangleIn(core(), names, options);
  } catch (error) {
    if (error instanceof RsymError) throw error;
    const count = names.offsets.length - 1;
    if (count <= 1) return { text: names, schemes: new Uint8Array(count) };
    const half = count >> 1;
    return join(demangleColumn(part(names, 0, half), options), demangleColumn(part(names, half, count), options));
  }
};

const demangleIn = (
  wasm: Exports,
  names: ByteColumn,
  { full = false, given = false }: ColumnOptions,
): DemangledColumns => {
  const count = names.offsets.length - 1;
  using bytes = new Block(wasm, names.bytes);
  using offsets = new Block(wasm, bytesOf(names.offsets));
  return guard(wasm, () => {
    const handle = wasm['names_demangle']!(bytes.at, offsets.at, count, Number(full), Number(given));
    const result = { text: readText(wasm, handle), schemes: read(wasm, handle, column.schemes) };
    wasm['names_free']!(handle);
    return result;
  });
};

/** The byte strings from `from` to `to`. */
const part = ({ bytes, offsets }: ByteColumn, from: number, to: number): ByteColumn => {
  const start = offsets[from] ?? 0;
  return {
    bytes: bytes.subarray(start, offsets[to]),
    offsets: offsets.subarray(from, to + 1).map((offset) => offset - start),
  };
};

const join = (first: DemangledColumns, second: DemangledColumns): DemangledColumns => {
  const size = first.text.bytes.length;
  const bytes = new Uint8Array(size + second.text.bytes.length);
  bytes.set(first.text.bytes);
  bytes.set(second.text.bytes, size);
  const offsets = Uint32Array.from([
    ...first.text.offsets,
    ...second.text.offsets.subarray(1).map((offset) => offset + size),
  ]);
  return { text: { bytes, offsets }, schemes: Uint8Array.from([...first.schemes, ...second.schemes]) };
};

/** Joins byte strings into a column. */
export const toColumn = (strings: readonly Uint8Array[]): ByteColumn => {
  const offsets = new Uint32Array(strings.length + 1);
  let size = 0;
  strings.forEach((string, i) => {
    size += string.length;
    offsets[i + 1] = size;
  });
  const bytes = new Uint8Array(size);
  strings.forEach((string, i) => {
    bytes.set(string, offsets[i]);
  });
  return { bytes, offsets };
};

/**
 * Finds names in a stream of any bytes; the result doesn't depend on how the stream is cut. It holds back at most a
 * word of 1 MB, and gives its output in pieces, so memory stays flat. A chunk that makes the core trap passes as it is.
 * Release it with `using`.
 */
abstract class Stream<Piece> implements Disposable {
  readonly #names: boolean;
  readonly #full: boolean;
  readonly #held = new HeldWord();
  protected wasm: Exports;
  protected handle: number;

  constructor(full: boolean, names: boolean) {
    this.#full = full;
    this.#names = names;
    this.wasm = instantiate();
    this.handle = this.#begin();
  }

  /** What the filter holds after a push or the end. */
  protected abstract take(): Piece;

  /** The same for bytes that were not looked through. */
  protected abstract pass(bytes: Uint8Array): Piece;

  *push(chunk: Uint8Array): Generator<Piece> {
    let at = 0;
    try {
      const input = guard(this.wasm, () => this.wasm['filter_input']!(this.handle, chunk.length) >>> 0);
      new Uint8Array(this.wasm.memory.buffer, input, chunk.length).set(chunk);
      while (at < chunk.length) {
        const [next, piece] = guard(this.wasm, () => {
          const end = this.wasm['filter_push']!(this.handle, at, chunk.length) >>> 0;
          return [end, this.take()] as const;
        });
        at = next;
        yield piece;
      }
      this.#held.push(chunk);
    } catch (error) {
      if (!isTrapped(this.wasm)) throw error;
      // Held back was what came before this chunk, and only until its first piece came out.
      if (at === 0) yield this.pass(this.#held.bytes);
      this.#restart();
      yield this.pass(chunk.subarray(at));
    }
  }

  end(): Piece {
    try {
      return guard(this.wasm, () => {
        this.wasm['filter_finish']!(this.handle);
        return this.take();
      });
    } catch (error) {
      if (!isTrapped(this.wasm)) throw error;
      const rest = this.#held.bytes;
      this.#restart();
      return this.pass(rest);
    }
  }

  [Symbol.dispose](): void {
    if (!isTrapped(this.wasm)) this.wasm['filter_free']!(this.handle);
  }

  #begin(): number {
    return this.wasm['filter_new']!(Number(this.#full), Number(this.#names));
  }

  #restart(): void {
    this.#held.clear();
    this.wasm = instantiate();
    this.handle = this.#begin();
  }
}

/** Gives the text with its names demangled. */
export class TextStream extends Stream<Uint8Array> {
  constructor({ full = false }: DemangleOptions = {}) {
    super(full, false);
  }

  protected take(): Uint8Array {
    const at = this.wasm['filter_text']!(this.handle) >>> 0;
    const size = this.wasm['filter_text_size']!(this.handle) >>> 0;
    return new Uint8Array(this.wasm.memory.buffer, at, size).slice();
  }

  protected pass(bytes: Uint8Array): Uint8Array {
    return bytes;
  }
}

/** Gives the names found. */
export class NameStream extends Stream<FoundColumns> {
  constructor({ full = false }: DemangleOptions = {}) {
    super(full, true);
  }

  protected take(): FoundColumns {
    const names = this.wasm['filter_names']!(this.handle);
    return {
      text: readText(this.wasm, names),
      schemes: read(this.wasm, names, column.schemes),
      raw: { bytes: read(this.wasm, names, column.raw), offsets: toNumbers(read(this.wasm, names, column.rawOffsets)) },
    };
  }

  protected pass(): FoundColumns {
    return { text: toColumn([]), schemes: new Uint8Array(), raw: toColumn([]) };
  }
}

/** Bytes copied into the core for the time of one call. */
class Block implements Disposable {
  readonly at: number;
  readonly #wasm: Exports;
  readonly #size: number;

  constructor(wasm: Exports, bytes: Uint8Array) {
    this.#wasm = wasm;
    this.#size = bytes.length;
    this.at = guard(wasm, () => wasm['alloc']!(bytes.length) >>> 0);
    if (this.at === 0 && bytes.length > 0) throw new Error('the core has no memory');
    new Uint8Array(wasm.memory.buffer, this.at, bytes.length).set(bytes);
  }

  [Symbol.dispose](): void {
    if (!isTrapped(this.#wasm)) this.#wasm['free']!(this.at, this.#size);
  }
}

const bytesOf = (numbers: Uint32Array): Uint8Array =>
  new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);

const toNumbers = (bytes: Uint8Array): Uint32Array => new Uint32Array(bytes.buffer);

const readText = (wasm: Exports, names: number): ByteColumn => ({
  bytes: read(wasm, names, column.text),
  offsets: toNumbers(read(wasm, names, column.offsets)),
});

/** A copy: the core's memory moves when it grows. */
const read = (wasm: Exports, names: number, number: number): Uint8Array => {
  const at = wasm['names_column']!(names, number) >>> 0;
  const size = wasm['names_column_size']!(names, number) >>> 0;
  return new Uint8Array(wasm.memory.buffer, at, size).slice();
};
