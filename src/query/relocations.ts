import { RsymError } from '../base/errors.ts';
import type { Image, Section } from '../elf/model.ts';

const SHT_RELA = 4;
/** Elf64_Rela: r_offset, r_info (symbol:32, type:32), r_addend. */
const relaSize = 24;
/** Elf64_Sym: st_name (32 bits) comes first. */
const symbolSize = 24;
const mostBytes = 1 << 28;

/** What the dynamic linker writes into a file's data: read once, when it is first asked for. */
export class Relocations {
  readonly #image: Image;
  /** By the address written to: the number of the symbol whose address comes there, or the address itself. */
  #slots: Map<bigint, { readonly symbol: number; readonly addend: bigint }> | undefined;

  constructor(image: Image) {
    this.#image = image;
  }

  /** The symbol whose address is written to a slot (of the GOT, say); null where none is, or it has no name. */
  importAt(slot: bigint): string | null {
    const { symbol = 0 } = this.#read().get(slot) ?? {};
    return symbol === 0 ? null : this.#nameOf(symbol);
  }

  /** The address of the file's own that is written to a slot; null where another file's is, or none. */
  addressAt(slot: bigint): bigint | null {
    const found = this.#read().get(slot);
    return found === undefined || found.symbol !== 0 || found.addend === 0n ? null : found.addend;
  }

  /** The slots that get one of the addresses, with the address. */
  *slotsOf(addresses: ReadonlySet<bigint>): Generator<{ readonly slot: bigint; readonly address: bigint }> {
    for (const [slot, { symbol, addend }] of this.#read())
      if (symbol === 0 && addresses.has(addend)) yield { slot, address: addend };
  }

  #read(): Map<bigint, { readonly symbol: number; readonly addend: bigint }> {
    if (this.#slots !== undefined) return this.#slots;
    const slots = new Map<bigint, { symbol: number; addend: bigint }>();
    for (const section of this.#image.sections) {
      if (section.type !== SHT_RELA || !section.loaded) continue;
      const bytes = this.#bytes(section);
      for (let at = 0; at + relaSize <= bytes.length; at += relaSize)
        slots.set(bytes.readBigUInt64LE(at), {
          symbol: bytes.readUInt32LE(at + 12),
          addend: bytes.readBigUInt64LE(at + 16),
        });
    }
    this.#slots = slots;
    return slots;
  }

  #nameOf(symbol: number): string | null {
    const [table, names] = ['.dynsym', '.dynstr'].map((name) => this.#image.sections.find((one) => one.name === name));
    if (table === undefined || names === undefined) return null;
    const row = this.#bytes(table).subarray(symbol * symbolSize, (symbol + 1) * symbolSize);
    if (row.length < symbolSize) return null;
    const text = this.#bytes(names).subarray(row.readUInt32LE(0));
    const end = text.indexOf(0);
    return end <= 0 ? null : text.toString('latin1', 0, end);
  }

  /** Nothing where the section is damaged. */
  #bytes(section: Section): Buffer {
    try {
      const length = Math.min(mostBytes, Number(section.size));
      const bytes = this.#image.readBytes(section.fileOffset, length);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      if (!(error instanceof RsymError) || error.code !== 'input') throw error;
      return Buffer.alloc(0);
    }
  }
}
