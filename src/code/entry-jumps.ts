import { type Address, address } from '../base/units.ts';
import type { CodeReader } from './bytes.ts';
import { isProbeable } from './cost.ts';
import { type FunctionCode, findExits } from './exits.ts';
import { resolveTables } from './jump-table.ts';
import type { JumpOperand } from './operand.ts';
import type { Condition } from './step.ts';
import { isInstruction, type Sweep, sweep } from './sweep.ts';

/** A jump of a function to its own first instruction: a loop, no call. */
export type EntryJump = {
  readonly at: Address;
  /** The jump is taken only under this condition. */
  readonly condition: Exclude<Condition, 'other'> | null;
  /** Of an indirect jump: where it reads its target. */
  readonly operand: JumpOperand | null;
};

/** Every jump of a function to its own first instruction, or a plain reason why they can't be told or watched. */
export const entryJumps = (
  fn: FunctionCode,
  code: CodeReader,
  isFunctionStart: (at: Address) => boolean,
  readData: CodeReader,
): readonly EntryJump[] | string => {
  const found = findExits(fn, code, isFunctionStart, readData);
  if (!found.complete) return found.reason;
  if (!found.loopsToEntry) return [];
  const sweeps: Sweep[] = [];
  for (const part of found.parts) {
    const swept = sweep(part, code);
    if (typeof swept === 'string') return swept;
    sweeps.push(swept);
  }
  const tables = resolveTables(
    sweeps,
    readData,
    (at) => sweeps.some((each) => isInstruction(each, at)),
    () => false,
  );
  const jumps: EntryJump[] = [];
  for (const { range, steps } of sweeps) {
    for (const [position, step] of steps) {
      const at = address(range.start + BigInt(position));
      if (step.kind === 'indirect-jump') {
        if (tables.get(at)?.includes(fn.start)) jumps.push({ at, condition: null, operand: step.operand });
      } else if ((step.kind === 'jump' || step.kind === 'branch') && step.target === fn.start) {
        const condition = step.kind === 'branch' ? step.condition : null;
        if (condition === 'other') return 'a jump back to its first instruction depends on a counter';
        jumps.push({ at, condition, operand: null });
      }
    }
  }
  const refused = jumps.find(({ at }) => !isProbeable(code, at));
  if (refused !== undefined) return "a jump back to its first instruction can't be probed";
  return jumps.length > 0 ? jumps : 'a jump back to its first instruction is not found';
};
