import { type AddressSpace, SparseMemory, u64 } from './bpf-memory.ts';

const EFAULT = -14n;

type Arg = (reg: number) => bigint;

/** The helpers that copy memory, for the machine that runs programs in tests: r1 to, r2 how much, r3 from. */
export class BpfCopies {
  readonly user = new SparseMemory();
  /** What of the process's memory is not loaded: whoever reads it waits for it. */
  readonly cold = new SparseMemory();
  readonly userReads: { readonly at: bigint; readonly length: number }[] = [];
  readonly #memory: AddressSpace;

  constructor(memory: AddressSpace) {
    this.#memory = memory;
  }

  /** A read that fails leaves zeros. */
  fixed(memory: SparseMemory, arg: Arg): bigint {
    // A size is 32 bits without a sign; more than is left of the destination is refused below.
    const length = Number(arg(2));
    this.#memory.locate(arg(1), length);
    if (memory === this.user) this.userReads.push({ at: arg(3), length });
    const bytes = memory.read(arg(3), length);
    this.#memory.store(arg(1), bytes ?? Buffer.alloc(length));
    return bytes ? 0n : EFAULT;
  }

  userText(arg: Arg): bigint {
    const capacity = Number(arg(2));
    this.#memory.locate(arg(1), capacity);
    const text: number[] = [];
    const at = arg(3);
    while (text.length < capacity - 1) {
      const byte = this.user.byte(u64(at + BigInt(text.length)));
      if (byte === undefined) {
        this.#memory.store(arg(1), Buffer.alloc(capacity));
        return EFAULT;
      }
      if (byte === 0) break;
      text.push(byte);
    }
    this.userReads.push({ at, length: text.length + 1 });
    this.#memory.store(arg(1), Buffer.from([...text, 0]));
    return BigInt(text.length + 1);
  }

  /** Waits for what isn't loaded. */
  waiting(arg: Arg): bigint {
    const length = Number(arg(2));
    this.#memory.locate(arg(1), length);
    this.userReads.push({ at: arg(3), length });
    const bytes = Array.from({ length }, (_, i) => {
      const at = u64(arg(3) + BigInt(i));
      return this.user.byte(at) ?? this.cold.byte(at);
    });
    const isWhole = bytes.every((byte) => byte !== undefined);
    this.#memory.store(arg(1), isWhole ? Buffer.from(bytes as number[]) : Buffer.alloc(length));
    return isWhole ? 0n : EFAULT;
  }

  /** Byte by byte, so that a text may be copied onto itself; the last byte there is room for is a NUL in any case. */
  text(arg: Arg): bigint {
    const capacity = Number(arg(2));
    this.#memory.locate(arg(1), capacity);
    for (let i = 0n; i < capacity; i++) {
      const byte = Buffer.from(this.#memory.load(arg(3) + i, 1));
      const isLast = i + 1n === BigInt(capacity);
      this.#memory.store(arg(1) + i, isLast ? Buffer.alloc(1) : byte);
      if (byte[0] === 0) return i + 1n;
    }
    return BigInt(capacity);
  }
}
