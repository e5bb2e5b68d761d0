import type { Register } from '../../src/abi/model.ts';
import type { Location, Piece } from '../../src/abi/place.ts';
import type { Captured } from '../../src/expr/environment.ts';
import { PT_REGS } from '../../src/trace/sys/uapi.ts';
import { word } from '../expr/recorded-call.ts';
import type { OwnMemory } from '../support/own-memory.ts';

type Missing = Captured['missing'];
type Choose = <T>(options: readonly T[]) => T;

const free: readonly Register[] = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9', 'rbx', 'r12', 'r13', 'r14', 'r15'];
const base = 0x7000n;

/** Values' own bytes, spread over registers, stack, memory, constants, and nowhere. */
export class SpreadValues {
  readonly context: Buffer;
  readonly #choose: Choose;
  readonly #memory: OwnMemory;
  readonly #free = [...free];

  constructor(contextSize: number, memory: OwnMemory, choose: Choose) {
    this.context = Buffer.alloc(contextSize);
    this.#memory = memory;
    this.#choose = choose;
    this.#set('rsp', base);
    this.#set('rbp', base);
  }

  #set(reg: Register, value: bigint): void {
    this.context.writeBigUInt64LE(BigInt.asUintN(64, value), PT_REGS[reg]);
  }

  /** Where the bytes are that aren't in one of the gaps; and the gaps as they are then. */
  place(bytes: Uint8Array, gaps: Missing): { readonly pieces: Piece[]; readonly missing: Missing } {
    const pieces: Piece[] = [];
    const missing = [...gaps];
    for (let at = 0; at < bytes.length; ) {
      const gap = gaps.find(({ start, end }) => start <= at && at < end);
      if (gap !== undefined) {
        at = gap.end;
        continue;
      }
      const next = Math.min(bytes.length, ...gaps.map(({ start }) => start).filter((start) => start > at));
      const size = Math.min(next - at, this.#choose([8, 8, 8, 16, 24, 64, 4, 3, 1]));
      const location = this.#location(bytes.subarray(at, at + size));
      if (location === null || location.kind === 'gone') missing.push({ start: at, end: at + size, why: 'gone' });
      if (location !== null) pieces.push({ location, valueOffset: at, size });
      at += size;
    }
    return { pieces, missing: missing.sort((a, b) => a.start - b.start) };
  }

  #location(bytes: Uint8Array): Location | null {
    const kind = this.#choose(['register', 'register', 'stack', 'memory', 'followed', 'constant', 'gone', 'memory']);
    const reg = kind === 'register' && bytes.length <= 8 ? this.#free.pop() : undefined;
    if (reg !== undefined) {
      const added = this.#choose([0n, 0n, 24n, -(1n << 40n)]);
      const value = Buffer.alloc(8, 0xa5);
      value.set(bytes);
      this.#set(reg, value.readBigUInt64LE() - added);
      return { kind: 'register', reg, add: added };
    }
    if (kind === 'gone') return this.#choose([true, false, false]) ? { kind: 'gone', reason: 'optimised away' } : null;
    if (kind === 'constant') return { kind, bytes: Uint8Array.from(bytes) };
    const at = this.#memory.add(bytes);
    if (kind === 'stack') return { kind, offset: at - base };
    if (kind !== 'followed') return { kind: 'memory', base: 'rbp', offset: at - base, followed: [] };
    const pointer = this.#memory.add(Uint8Array.from(word(at - 16n)));
    return { kind: 'memory', base: 'rbp', offset: pointer - base, followed: [16n] };
  }
}
