/**
 * What a BPF program can point to, for the machine that runs programs in tests. Every block is a region; its addresses
 * are `id << 32 | origin + offset`, so that a pointer that has left its region is found out.
 */
const ORIGIN = 0x1000;

export const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);

export class Region {
  readonly name: string;
  readonly bytes: Buffer;
  /** Which bytes have been written; null: all. */
  readonly known: Uint8Array | null;
  constructor(name: string, bytes: Buffer, initialised: boolean) {
    this.name = name;
    this.bytes = bytes;
    this.known = initialised ? null : new Uint8Array(bytes.length);
  }
}

/** Memory of a process or of the kernel: what isn't written isn't mapped. */
export class SparseMemory {
  readonly #pieces: { start: bigint; bytes: Buffer }[] = [];

  write(start: bigint, bytes: Uint8Array): void {
    this.#pieces.push({ start, bytes: Buffer.from(bytes) });
  }

  writeWord(start: bigint, word: bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(u64(word));
    this.write(start, bytes);
  }

  byte(at: bigint): number | undefined {
    const piece = this.#pieces.findLast(({ start, bytes }) => at >= start && at < start + BigInt(bytes.length));
    return piece?.bytes[Number(at - piece.start)];
  }

  read(at: bigint, length: number): Buffer | undefined {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i++) {
      const byte = this.byte(u64(at + BigInt(i)));
      if (byte === undefined) return undefined;
      bytes[i] = byte;
    }
    return bytes;
  }
}

export class AddressSpace {
  readonly #regions = new Map<bigint, Region>();
  #next = 1n;

  /** The address of the region's first byte. */
  add(region: Region): bigint {
    const id = this.#next++;
    this.#regions.set(id, region);
    return (id << 32n) | BigInt(ORIGIN);
  }

  drop(address: bigint): void {
    this.#regions.delete(address >> 32n);
  }

  locate(address: bigint, size: number): { region: Region; at: number } {
    const region = this.#regions.get(address >> 32n);
    if (!region) throw new Error(`0x${address.toString(16)} points to nothing`);
    const at = Number(address & 0xffff_ffffn) - ORIGIN;
    if (at < 0 || at + size > region.bytes.length)
      throw new Error(`${size} bytes at ${at} of ${region.name}, which has ${region.bytes.length}`);
    return { region, at };
  }

  load(address: bigint, size: number): Buffer {
    const { region, at } = this.locate(address, size);
    if (region.known?.subarray(at, at + size).includes(0))
      throw new Error(`${size} bytes at ${at} of ${region.name} are not initialised`);
    return region.bytes.subarray(at, at + size);
  }

  store(address: bigint, bytes: Uint8Array): void {
    const { region, at } = this.locate(address, bytes.length);
    region.bytes.set(bytes, at);
    region.known?.fill(1, at, at + bytes.length);
  }
}
