import { RecordMemory } from './record-memory.ts';

/** Memory of a fixed size that records are copied into, one behind the other, to be read later than their batch. */
export class RecordRoom {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #memory: RecordMemory;
  #used = 0;

  /** `size` in bytes. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#memory = new RecordMemory(new DataView(this.#bytes.buffer));
  }

  /** What records in it are read from. */
  get memory(): RecordMemory {
    return this.#memory;
  }

  /** Bytes that still fit. */
  get left(): number {
    return this.#bytes.length - this.#used;
  }

  /** Copies bytes that fit; gives where they are now. */
  add(bytes: Uint8Array): number {
    const at = this.#used;
    this.#bytes.set(bytes, at);
    // Aligned, as records are.
    this.#used = (at + bytes.length + 7) & ~7;
    return at;
  }

  /** Forgets all records: reading one that was in it is an error from now on. */
  clear(): void {
    this.#memory.close();
    this.#memory = new RecordMemory(new DataView(this.#bytes.buffer));
    this.#used = 0;
  }
}
