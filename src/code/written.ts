import { type Instruction, InstructionInfoFactory, OpAccess } from './iced.ts';
import { holderOf, type Register } from './operand.ts';

const infos = new InstructionInfoFactory();

/** The general registers that an instruction writes, wholly, partly or under a condition; a call's callee not seen. */
export const writtenRegisters = (instruction: Instruction): Register[] => {
  const info = infos.info(instruction);
  const written: Register[] = [];
  for (const used of info.usedRegisters()) {
    const register = holderOf(used.register);
    if (register !== undefined && used.access !== OpAccess.Read && used.access !== OpAccess.CondRead) {
      written.push(register);
    }
    used.free();
  }
  info.free();
  return written;
};
