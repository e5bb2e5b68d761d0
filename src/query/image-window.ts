import type { Address } from '../base/units.ts';
import { fileOffset } from '../base/units.ts';
import type { CodeBytes } from '../code/entry-scan.ts';
import type { Image } from '../elf/model.ts';

/** What is mapped at addresses from `start` up to and without `end`, and where that is in the file. */
type Piece = { readonly start: number; readonly end: number; readonly offset: bigint };

type Held = { readonly start: number; readonly bytes: Uint8Array; readonly words: Int32Array | null };

const wordsOf = (bytes: Uint8Array): Int32Array | null =>
  bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : null;

/** Bytes of an image in large pieces, for whoever asks for thousands of short ones. */
export class ImageWindow {
  readonly #image: Image;
  readonly #pieces: readonly Piece[];
  readonly #size: number;
  readonly #held = new Map<Piece, Held>();
  #last: Piece | undefined;

  /** Of all segments, or of those with code only; `size`: bytes that are read at once. */
  constructor(image: Image, executable: boolean, size: number) {
    this.#image = image;
    this.#size = size;
    this.#pieces = image.segments
      .filter((segment) => (!executable || segment.executable) && segment.fileSize > 0n)
      .map(({ address, fileSize, fileOffset: offset }) => ({
        start: Number(address),
        end: Number(address + fileSize),
        offset,
      }));
  }

  /** The `length` bytes at an address, somewhere in the array, or as many as are there. */
  at(start: number, length: number): CodeBytes | null {
    const piece = this.#pieceAt(start);
    if (piece === undefined) return null;
    const wanted = Math.min(length, piece.end - start);
    let held = this.#held.get(piece);
    if (held === undefined || start < held.start || start + wanted > held.start + held.bytes.length) {
      const from = this.#size >= piece.end - piece.start ? piece.start : start;
      const size = Math.min(Math.max(this.#size, length), piece.end - from);
      const bytes = this.#image.readBytes(fileOffset(piece.offset + BigInt(from - piece.start)), size);
      held = { start: from, bytes, words: wordsOf(bytes) };
      this.#held.set(piece, held);
    }
    return { bytes: held.bytes, words: held.words, from: start - held.start, length: wanted };
  }

  /** All there is, as stretches of addresses. */
  get stretches(): readonly { readonly start: number; readonly end: number }[] {
    return this.#pieces;
  }

  has(start: number): boolean {
    return this.#pieceAt(start) !== undefined;
  }

  /** As a reader of exactly so many bytes. */
  readonly read = (start: Address, length: number): Uint8Array | undefined => {
    const found = this.at(Number(start), length);
    return found === null || found.length < length ? undefined : found.bytes.subarray(found.from, found.from + length);
  };

  #pieceAt(start: number): Piece | undefined {
    const last = this.#last;
    if (last !== undefined && start >= last.start && start < last.end) return last;
    this.#last = this.#pieces.find((piece) => start >= piece.start && start < piece.end) ?? last;
    return this.#last !== undefined && start >= this.#last.start && start < this.#last.end ? this.#last : undefined;
  }
}
