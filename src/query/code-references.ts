import { RsymError } from '../base/errors.ts';
import type { Address } from '../base/units.ts';
import type { CodeReader } from '../code/bytes.ts';
import { callResult } from '../code/call-result.ts';
import { type CodeBytes, findReferences, type References } from '../code/references.ts';
import type { ResultRegister } from '../code/result-writes.ts';
import type { Image, Section, Segment } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';

const SHT_RELA = 4;
/** Elf64_Rela: r_offset, r_info (symbol:32, type:32), r_addend. */
const relaSize = 24;
/** Bytes of a section or segment that are looked through; a damaged header may claim more. */
const mostBytes = 1 << 28;

/** Widest read, in bits, of each result register by any caller before it writes it; 0: none was seen. */
export type CallersReads = Readonly<Record<ResultRegister, number>>;

const mostCallers = 32;

/**
 * What an image's code and data say of functions from outside: whose address is in data or is loaded by code, as for
 * vtables and function pointers, so that whoever calls them relies on their signature; and what their direct callers do
 * with the result. The image is looked through once.
 */
export class CodeReferences {
  readonly #image: Image;
  readonly #symbols: SymbolTable;
  readonly #code: CodeReader;
  #data: ReadonlySet<bigint> | undefined;
  #references: ReadonlyMap<bigint, References> | undefined;

  constructor(image: Image, symbols: SymbolTable, code: CodeReader) {
    this.#image = image;
    this.#symbols = symbols;
    this.#code = code;
  }

  isTaken(at: Address): boolean {
    this.#data ??= this.#inData();
    return this.#data.has(at) || (this.#of(at)?.taken.length ?? 0) > 0;
  }

  /** Code calls or jumps to it directly. */
  isCalled(at: Address): boolean {
    const found = this.#of(at);
    return found === undefined || found.calls.length + found.jumps.length > 0;
  }

  callersReads(at: Address): CallersReads {
    const reads = { rax: 0, rdx: 0, xmm0: 0, xmm1: 0 };
    for (const call of this.#of(at)?.calls.slice(0, mostCallers) ?? []) {
      const uses = callResult(call, this.#code);
      for (const register of ['rax', 'rdx', 'xmm0', 'xmm1'] as const)
        if (uses[register].use === 'read') reads[register] = Math.max(reads[register], uses[register].width);
    }
    return reads;
  }

  #of(at: Address): References | undefined {
    this.#references ??= this.#inCode();
    return this.#references.get(at);
  }

  /** Addends of relocations, and words of data that look like addresses of code: those of fixed and packed relocations. */
  #inData(): ReadonlySet<bigint> {
    const found = new Set<bigint>();
    const code = this.#image.segments.filter(({ executable }) => executable);
    const isCode = (value: bigint): boolean =>
      code.some((segment) => value >= segment.address && value < segment.address + segment.fileSize);
    for (const section of this.#image.sections) {
      if (section.type !== SHT_RELA || !section.loaded) continue;
      const bytes = this.#read(section);
      for (let at = 16; at + 8 <= bytes.length; at += relaSize) {
        const addend = bytes.readBigUInt64LE(at);
        if (isCode(addend)) found.add(addend);
      }
    }
    for (const segment of this.#image.segments) {
      if (!segment.writable) continue;
      const bytes = this.#read(segment);
      const first = Number((8n - (segment.address % 8n)) % 8n);
      for (let at = first; at + 8 <= bytes.length; at += 8) {
        const word = bytes.readBigUInt64LE(at);
        if (isCode(word)) found.add(word);
      }
    }
    return found;
  }

  #inCode(): ReadonlyMap<bigint, References> {
    const parts = this.#image.segments
      .filter(({ executable }) => executable)
      .map((segment): CodeBytes => ({ start: segment.address, bytes: this.#read(segment) }));
    const starts = Array.from(this.#symbols.functions(), (row) => this.#symbols.address(row));
    return findReferences(parts, new Set(starts), {
      absolute: this.#image.type === 'executable',
      startBefore: (at) => {
        const [row] = this.#symbols.containing(at);
        return row === undefined ? undefined : this.#symbols.address(row);
      },
    });
  }

  #read(part: Section | Segment): Buffer {
    const size = 'size' in part ? part.size : part.fileSize;
    try {
      const bytes = this.#image.readBytes(part.fileOffset, Math.min(mostBytes, Number(size)));
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      if (!(error instanceof RsymError) || error.code !== 'input') throw error;
      return Buffer.alloc(0);
    }
  }
}
