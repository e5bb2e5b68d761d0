import { dirname, resolve } from 'node:path';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import type { FileOffset } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import { CoreImage } from '../core/image.ts';
import { type Facts, readFacts } from './facts.ts';
import { OpenFile, readError } from './file.ts';
import type { Image, Member } from './model.ts';
import { SymbolTable } from './symbols.ts';

/**
 * Opens an ELF, Mach-O, PE or COFF file, a wasm module or an archive; only its headers are read now. The image holds
 * the file open until it is disposed of. Throws RsymError (`input`, `permission`, `unsupported`) with one line that
 * names the file.
 */
export const openImage = (path: string): Image => {
  const file = new OpenFile(path);
  try {
    const core = CoreImage.open((offset, into) => file.readAt(offset, into), 0, file.size);
    return new FileImage(path, file, { base: 0n, size: file.size }, core);
  } catch (error) {
    file[Symbol.dispose]();
    throw readError(path, file.failure ?? error);
  }
};

/** A file, or the part of an archive's file that a member is. */
class FileImage implements Image {
  readonly path: string;
  readonly identity: string;
  readonly format: Facts['format'];
  readonly machine: Facts['machine'];
  readonly bits: Facts['bits'];
  readonly littleEndian: boolean;
  readonly type: Facts['type'];
  readonly entry: Facts['entry'];
  readonly buildId: Facts['buildId'];
  readonly interpreter: Facts['interpreter'];
  readonly soname: Facts['soname'];
  readonly needed: Facts['needed'];
  readonly runpath: Facts['runpath'];
  readonly hasRunpath: Facts['hasRunpath'];
  readonly stripped: boolean;
  readonly pdb: Facts['pdb'];
  readonly segments: Facts['segments'];
  readonly sections: Facts['sections'];
  readonly members: readonly Member[];
  readonly damage: Facts['damage'];
  readonly #file: OpenFile;
  readonly #base: bigint;
  readonly #size: number;
  readonly #owner: boolean;
  #core: CoreImage | undefined;
  #symbols: SymbolTable | undefined;

  constructor(
    path: string,
    file: OpenFile,
    { base, size }: { base: bigint; size: number },
    core: CoreImage,
    owner = true,
  ) {
    const facts = readFacts(core.facts());
    this.path = path;
    this.identity = owner ? file.identity : `${file.identity}+${base}`;
    this.format = facts.format;
    this.machine = facts.machine;
    this.bits = facts.bits;
    this.littleEndian = facts.littleEndian;
    this.type = facts.type;
    this.entry = facts.entry;
    this.buildId = facts.buildId;
    this.interpreter = facts.interpreter;
    this.soname = facts.soname;
    this.needed = facts.needed;
    this.runpath = facts.runpath;
    this.hasRunpath = facts.hasRunpath;
    this.stripped = facts.stripped;
    this.pdb = facts.pdb;
    this.segments = facts.segments;
    this.sections = facts.sections;
    this.damage = facts.damage;
    this.#file = file;
    this.#base = base;
    this.#size = size;
    this.#core = core;
    this.#owner = owner;
    this.members = facts.places.map(({ name, offset, size }) => ({
      name,
      size,
      open: () => (facts.thin ? openImage(resolve(dirname(path), name)) : this.#member(name, offset, size)),
    }));
  }

  symbols(): SymbolTable {
    if (this.#symbols) return this.#symbols;
    if (!this.#core) throw new RsymError('internal', `${sanitize(this.path)} is closed`);
    try {
      this.#symbols = new SymbolTable(
        this.#core.symbols((error) => readError(this.path, error)),
        this.sections,
      );
      return this.#symbols;
    } catch (error) {
      throw readError(this.path, this.#file.failure ?? error);
    }
  }

  debug(): CoreDebug | null {
    if (!this.#core) throw new RsymError('internal', `${sanitize(this.path)} is closed`);
    const file = this.#file;
    const [base, size] = [Number(this.#base), this.#size];
    try {
      // What a trap leaves unusable, and memory that debug info takes, is then its own.
      using own = CoreImage.open((offset, into) => file.readAt(offset, into), base, size);
      return own.debug();
    } catch (error) {
      throw readError(this.path, file.failure ?? error);
    }
  }

  readBytes(offset: FileOffset, length: number): Uint8Array {
    const start = Number(this.#base + offset);
    // A header may claim any length: nothing is allocated for what the file doesn't have.
    if (start >= 0 && length >= 0 && start + length <= this.#file.size) {
      const bytes = new Uint8Array(length);
      if (this.#file.readAt(start, bytes) === length) return bytes;
    }
    const short = new RsymError('input', `it has no ${length} bytes at offset ${offset}`);
    throw readError(this.path, this.#file.failure ?? short);
  }

  /** Frees the tables: of a file by forgetting the core's instance, of a member by giving them back to the archive's. */
  [Symbol.dispose](): void {
    if (this.#owner) this.#file[Symbol.dispose]();
    else {
      this.#symbols?.[Symbol.dispose]();
      this.#core?.[Symbol.dispose]();
    }
    this.#symbols = undefined;
    this.#core = undefined;
  }

  #member(name: string, offset: bigint, size: bigint): Image {
    const path = `${this.path}(${name})`;
    if (!this.#core) throw new RsymError('internal', `${sanitize(this.path)} is closed`);
    try {
      const start = this.#base + offset;
      if (start + size > BigInt(this.#file.size)) throw new RsymError('input', 'it is cut off');
      const part = { base: start, size: Number(size) };
      return new FileImage(path, this.#file, part, this.#core.member(Number(start), part.size), false);
    } catch (error) {
      throw readError(path, this.#file.failure ?? error);
    }
  }
}
