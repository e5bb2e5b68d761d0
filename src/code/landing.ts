import { type Address, address } from '../base/units.ts';
import { type CodeReader, type Range, readUpTo } from './bytes.ts';
import { explore, type Graph, runsOf } from './graph.ts';
import { Register as Iced, type Instruction, Mnemonic, OpKind } from './iced.ts';
import { type JumpOperand, jumpOperand } from './operand.ts';
import { decodeRun, endsFlow, stepOf } from './step.ts';

/**
 * The instruction by which an unwinder or `longjmp` goes to the frame where execution continues: a jump (or `ret`)
 * taken with a stack pointer that comes from somewhere else than the running frame.
 *
 * When it is hit, the landing frame's stack pointer, as it is while that frame's body runs, is
 * `rsp + stackAdjust`: every frame whose entry stack pointer is below that is gone. `target` says where the
 * landing address is.
 */
export type Landing = { readonly address: Address; readonly target: JumpOperand; readonly stackAdjust: bigint };

export type LandingSearch =
  | { readonly found: true; readonly sites: readonly Landing[] }
  | { readonly found: false; readonly reason: string };

// The jump is in the function itself (libgcc) or in a routine that it calls (C libraries' `__longjmp`).
const mostCalls = 3;
const mostFunctions = 48;

/**
 * Finds the landings of the function at `start`: of one of the unwinder's (`_Unwind_RaiseException`, `_Unwind_Resume`,
 * `_Unwind_Resume_or_Rethrow`, `_Unwind_ForcedUnwind`), of LLVM's `__libunwind_Registers_x86_64_jumpto`, or of
 * `longjmp`, `_longjmp`, `siglongjmp`. Direct calls and jumps are followed until functions with landings are met.
 */
export const findLandings = (
  start: Address,
  code: CodeReader,
  isFunctionStart: (at: Address) => boolean,
): LandingSearch => {
  const seen = new Set<Address>([start]);
  let level: readonly Address[] = [start];
  for (let depth = 0; depth <= mostCalls && level.length > 0; depth++) {
    const sites = new Map<Address, Landing>();
    const called = new Set<Address>();
    for (const entry of level) {
      const graph = explore(entry, { ranges: [], isInside: () => false, code, isFunctionStart });
      for (const run of runsOf(graph, graph.keys()) ?? [])
        for (const site of landingsIn(run, code)) sites.set(site.address, site);
      for (const target of calledFrom(graph, isFunctionStart)) called.add(target);
    }
    if (sites.size > 0) {
      return { found: true, sites: [...sites.values()].sort((a, b) => (a.address < b.address ? -1 : 1)) };
    }
    level = [...called].filter((at) => !seen.has(at)).slice(0, Math.max(0, mostFunctions - seen.size));
    for (const at of level) seen.add(at);
  }
  return { found: false, reason: 'no jump with a stack pointer from elsewhere is in it or in what it calls directly' };
};

const calledFrom = (graph: Graph, isFunctionStart: (at: Address) => boolean): Address[] => {
  const targets: Address[] = [];
  for (const { step } of graph.values()) {
    if (step?.kind === 'call') targets.push(step.target);
    if ((step?.kind === 'jump' || step?.kind === 'branch') && isFunctionStart(step.target)) targets.push(step.target);
  }
  return targets;
};

/** Where the stack pointer comes from after an instruction; undefined if the instruction leaves that as it was. */
const stackSource = (instruction: Instruction): 'frame' | 'elsewhere' | undefined => {
  if (instruction.mnemonic === Mnemonic.Leave) return 'frame';
  if (instruction.opCount === 0 || instruction.op0Kind !== OpKind.Register) return undefined;
  if (instruction.op0Register !== Iced.RSP) return undefined;
  if (instruction.mnemonic === Mnemonic.Mov) {
    if (instruction.op1Kind === OpKind.Register) return instruction.op1Register === Iced.RBP ? 'frame' : 'elsewhere';
    if (instruction.op1Kind !== OpKind.Memory) return 'frame';
    return instruction.memoryBase === Iced.RSP || instruction.memoryBase === Iced.RBP ? 'frame' : 'elsewhere';
  }
  // Functions that align their stack return by `lea -8(%r10), %rsp`, so `lea` says nothing; `add`, `sub` and `and`
  // move the pointer within the stack it is on.
  return instruction.mnemonic === Mnemonic.Lea ? 'frame' : undefined;
};

const landingsIn = (run: Range, code: CodeReader): Landing[] => {
  const bytes = readUpTo(code, run.start, Number(run.end - run.start));
  if (bytes === undefined) return [];
  const landings: Landing[] = [];
  let source: 'frame' | 'elsewhere' = 'frame';
  decodeRun(bytes, run.start, 0, (position, instruction) => {
    source = stackSource(instruction) ?? source;
    const step = stepOf(instruction);
    if (step === undefined) return true;
    const at = address(run.start + BigInt(position));
    if (source === 'elsewhere' && step.kind === 'indirect-jump') {
      const target = jumpOperand(instruction);
      if (target !== undefined) landings.push({ address: at, target, stackAdjust: 0n });
    }
    if (source === 'elsewhere' && step.kind === 'return') {
      const top: JumpOperand = { kind: 'memory', base: 'rsp', index: null, scale: 1, displacement: 0n };
      landings.push({ address: at, target: top, stackAdjust: BigInt(instruction.stackPointerIncrement) });
    }
    if (endsFlow(step) || step.kind.endsWith('call')) source = 'frame';
    return true;
  });
  return landings;
};
