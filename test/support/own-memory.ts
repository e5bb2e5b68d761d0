import type { Captured, Memory } from '../../src/expr/environment.ts';
import { OwnedFd, OwnedMapping } from '../../src/trace/sys/fd.ts';
import { addressOf, syscall } from '../../src/trace/sys/libc.ts';
import { MFD_CLOEXEC, NR, PROT } from '../../src/trace/sys/uapi.ts';

const pageSize = 4096;
/** Of what a process may have mapped: vm.mmap_min_addr, and the end of its half. */
const lowestAddress = 0x1_0000n;
const highestAddress = 1n << 47n;

/** One page of this process, and one behind it that can't be read. */
class Edge implements Disposable {
  readonly bytes: Buffer;
  readonly address: bigint;
  readonly #mapping: OwnedMapping;

  constructor() {
    const made = syscall(NR.memfdCreate, addressOf(Buffer.from('rsym\0')), MFD_CLOEXEC);
    if (!made.ok) throw new Error(`memfd_create: errno ${made.errno}`);
    using file = new OwnedFd(made.value);
    if (!syscall(NR.ftruncate, file.value, pageSize).ok) throw new Error('ftruncate');
    this.#mapping = new OwnedMapping(file, 2 * pageSize, PROT.read | PROT.write, 0);
    this.bytes = Buffer.from(this.#mapping.view, 0, pageSize);
    this.bytes.fill(0);
    this.address = addressOf(this.bytes);
  }

  [Symbol.dispose](): void {
    this.#mapping[Symbol.dispose]();
  }
}

/** Memory of this process, which programs in the kernel read as that of any other; the end of each page is an edge. */
export class OwnMemory implements Memory, Disposable {
  readonly #edges: readonly Edge[];
  #next = 0;
  #used = 0;

  constructor(pages: number) {
    this.#edges = Array.from({ length: pages }, () => new Edge());
  }

  clear(): void {
    [this.#next, this.#used] = [0, 0];
    this.isForeign = false;
  }

  /** Bytes at an address of their own. Where the last ones are missing, they are behind an edge. */
  add(bytes: Uint8Array, missing: Captured['missing'] = []): bigint {
    const gap = missing.find(({ start, end }) => end === bytes.length && start < end);
    if (gap !== undefined && this.#next + 1 < this.#edges.length) {
      const edge = this.#edges[++this.#next];
      if (edge === undefined) throw new Error('no page is left');
      edge.bytes.fill(0x5a);
      edge.bytes.set(bytes.subarray(0, gap.start), pageSize - gap.start);
      return edge.address + BigInt(pageSize - gap.start);
    }
    const [first] = this.#edges;
    if (first === undefined || this.#used + bytes.length > pageSize) throw new Error('no room is left');
    const at = this.#used;
    first.bytes.set(bytes, at);
    this.#used += Math.ceil(bytes.length / 8) * 8 + 8;
    return first.address + BigInt(at);
  }

  /** What may be changed of what was added whole. */
  get bytes(): Buffer {
    return (this.#edges[0]?.bytes ?? Buffer.alloc(0)).subarray(0, this.#used);
  }

  /** Memory was asked for that may be anything: it is somebody else's in this process. */
  isForeign = false;

  readonly read = (address: bigint, size: number) => {
    const end = address + BigInt(size);
    const edge = this.#edges.find((one) => end > one.address && address < one.address + BigInt(2 * pageSize));
    const isOutside = edge === undefined || address < edge.address || end > edge.address + BigInt(2 * pageSize);
    if (isOutside && end > lowestAddress && address < highestAddress) this.isForeign = true;
    if (edge === undefined || isOutside || address >= edge.address + BigInt(pageSize))
      return { bytes: new Uint8Array(0), why: 'unreadable' as const };
    const at = Number(address - edge.address);
    const bytes = edge.bytes.subarray(at, Math.min(pageSize, at + size));
    return { bytes, why: bytes.length === size ? null : ('unreadable' as const) };
  };

  [Symbol.dispose](): void {
    for (const edge of this.#edges) edge[Symbol.dispose]();
  }
}
