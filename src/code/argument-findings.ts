import type { Address } from '../base/units.ts';
import type { MemoryOperand } from './effects.ts';
import { firstVector, type RegisterId } from './register-id.ts';

/**
 * The strongest that is proved of an argument, from strong to weak:
 *
 *   dereferenced  it is the base of a memory operand
 *   read          an instruction computes with it, or stores it elsewhere than in the function's own frame
 *   copied        moved to another register: a value is there, since nobody has to preserve the register
 *   stored        moved to the function's own frame
 *   passed        still there at a call, a jump out of the function, a system call or (result registers) a return, that may read it
 *   unknown       only pushed, or perhaps only its upper part is used
 *   unused        none of these on any way
 */
export type Use = 'dereferenced' | 'read' | 'copied' | 'stored' | 'passed' | 'unknown' | 'unused';

/** A memory operand whose base an argument is; `size` in bytes, 0 where it varies. `indexed`: a register is added. */
export type Access = {
  readonly displacement: number;
  readonly size: number;
  readonly kind: 'read' | 'write' | 'both';
  readonly indexed: boolean;
  readonly at: Address;
};

/** `width`: of the widest read, copy or store of the register itself, in bits; 0: none. */
export type ArgumentUse = {
  readonly use: Use;
  readonly width: number;
  readonly accesses: readonly Access[];
  readonly stored: boolean;
  readonly passed: boolean;
};

type Found = { rank: number; width: number; accesses: Map<string, Access>; stored: boolean; passed: boolean };

const ranks: readonly Use[] = ['unused', 'unknown', 'passed', 'stored', 'copied', 'read', 'dereferenced'];

/** More of them say nothing new about what a pointer points to. */
const mostAccesses = 256;

/** Collects what is seen of arguments; each method takes those it is seen of as bits. */
export class Findings {
  private readonly found: readonly Found[];

  constructor(arguments_: readonly RegisterId[]) {
    this.found = arguments_.map(() => ({ rank: 0, width: 0, accesses: new Map(), stored: false, passed: false }));
  }

  of(bit: number): ArgumentUse {
    const found = this.found[bit];
    if (found === undefined) return { use: 'unknown', width: 0, accesses: [], stored: false, passed: false };
    const { rank, width, stored, passed } = found;
    return { use: ranks[rank] ?? 'unknown', width, accesses: [...found.accesses.values()], stored, passed };
  }

  doubt(bits: number): void {
    this.each(bits, 'unknown', 0);
  }

  read(bits: number, width: number): void {
    this.each(bits, 'read', width);
  }

  copy(bits: number, width: number): void {
    this.each(bits, 'copied', width);
  }

  store(bits: number, width: number): void {
    this.each(bits, 'stored', width, (found) => {
      found.stored = true;
    });
  }

  pass(bits: number): void {
    this.each(bits, 'passed', 0, (found) => {
      found.passed = true;
    });
  }

  /** An index, or a base that an unscaled index is added to, may be a number rather than a pointer. */
  access(bits: number, id: RegisterId, memory: MemoryOperand, at: Address): void {
    const isPointer = memory.base === id && (memory.index === null || memory.scale > 1) && !memory.elsewhere;
    if (!isPointer || id >= firstVector) this.each(bits, 'read', 64);
    else {
      const { displacement, size, access: kind } = memory;
      const access: Access = { displacement, size, kind, indexed: memory.index !== null, at };
      this.each(bits, 'dereferenced', 64, ({ accesses }) => {
        const key = `${displacement}/${size}/${kind}/${access.indexed}`;
        if (accesses.size < mostAccesses && !accesses.has(key)) accesses.set(key, access);
      });
    }
  }

  private each(bits: number, use: Use, width: number, change?: (found: Found) => void): void {
    for (const [bit, found] of this.found.entries()) {
      if ((bits & (1 << bit)) === 0) continue;
      found.rank = Math.max(found.rank, ranks.indexOf(use));
      found.width = Math.max(found.width, width);
      change?.(found);
    }
  }
}
