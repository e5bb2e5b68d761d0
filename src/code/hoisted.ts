import { Mnemonic } from './iced.ts';
import { memoryOperand, type Register } from './operand.ts';
import { decodeRun } from './step.ts';
import type { Sweep } from './sweep.ts';
import { writtenRegisters } from './written.ts';

// Registers that calls preserve: only there a constant outlives the calls of a loop.
const preserved: ReadonlySet<Register> = new Set(['rbx', 'rbp', 'r12', 'r13', 'r14', 'r15']);

// Looking at every register of every instruction is slow; functions with loops around a table jump are shorter.
const mostBytes = 1 << 17;

/**
 * Registers that hold one constant address wherever the function uses them: compilers load a jump table's address
 * once, before a loop. Nothing else than that one `lea` writes the register, except the `pop` that restores it for
 * the caller.
 */
export const hoistedConstants = (sweeps: readonly Sweep[]): ReadonlyMap<Register, bigint> => {
  const constants = new Map<Register, bigint>();
  const spoiled = new Set<Register>();
  if (sweeps.reduce((sum, swept) => sum + swept.bytes.length, 0) > mostBytes) return constants;
  for (const { bytes, range } of sweeps) {
    decodeRun(bytes, range.start, 0, (_, instruction) => {
      const written = writtenRegisters(instruction).filter((register) => preserved.has(register));
      if (written.length === 0 || instruction.mnemonic === Mnemonic.Pop) return true;
      const loaded = instruction.mnemonic === Mnemonic.Lea ? memoryOperand(instruction) : undefined;
      for (const register of written) {
        const known = constants.get(register);
        const isSame = loaded?.kind === 'absolute' && (known === undefined || known === loaded.address);
        if (isSame) constants.set(register, loaded.address);
        else spoiled.add(register);
      }
      return true;
    });
  }
  for (const register of spoiled) constants.delete(register);
  return constants;
};
