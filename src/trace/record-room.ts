import type { CallEvent } from './event.ts';
import { RecordMemory } from './record-memory.ts';

/** Makes the event of a call from what was written into a room. */
export type CallReader = { readonly read: (memory: RecordMemory, at: number) => CallEvent };

/**
 * Memory of a fixed size in which calls outlive their batch: as the bytes of their records and a few numbers, and no
 * objects. Thousands of objects that live for a second each would keep the garbage collector busy, and its heap large.
 */
export class RecordRoom {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #memory: RecordMemory;
  #used = 0;
  readonly #readers: CallReader[] = [];

  /** `size` in bytes. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#memory = new RecordMemory(new DataView(this.#bytes.buffer));
  }

  /** Takes room for so many bytes, of a call that `reader` reads; where they are, or null: there is none. */
  take(size: number, reader: CallReader): { readonly view: DataView; readonly at: number } | null {
    const start = this.#used;
    const end = (start + numberSize + size + 7) & ~7;
    if (end > this.#bytes.length) return null;
    this.#used = end;
    const { view } = this.#memory;
    view.setUint32(start, this.#numberOf(reader), true);
    return { view, at: start + numberSize };
  }

  /** The call at a place that `take` gave. Read from the room whenever it is asked something. */
  call(at: number): CallEvent | undefined {
    return this.#readers[this.#memory.view.getUint32(at - numberSize, true)]?.read(this.#memory, at);
  }

  /** Forgets all calls: asking one that was read here is an error from now on. */
  clear(): void {
    this.#memory.close();
    this.#memory = new RecordMemory(new DataView(this.#bytes.buffer));
    this.#used = 0;
  }

  #numberOf(reader: CallReader): number {
    const known = this.#readers.lastIndexOf(reader);
    return known >= 0 ? known : this.#readers.push(reader) - 1;
  }
}

/** The number of the call's reader, before its own bytes; records are aligned to 8. */
const numberSize = 8;
