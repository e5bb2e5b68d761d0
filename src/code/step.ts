import { type Address, address } from '../base/units.ts';
import { encodingOf } from './encoding.ts';
import { Code, ConditionCode, Decoder, FlowControl, Instruction, Mnemonic, OpKind, Register } from './iced.ts';
import { type JumpOperand, jumpOperand } from './operand.ts';

/** When a conditional jump is taken: the suffix of `jcc`, or a counter test of `jrcxz` and `loop`. */
export type Condition =
  | 'o'
  | 'no'
  | 'b'
  | 'ae'
  | 'e'
  | 'ne'
  | 'be'
  | 'a'
  | 's'
  | 'ns'
  | 'p'
  | 'np'
  | 'l'
  | 'ge'
  | 'le'
  | 'g'
  | 'other';

const conditions: readonly Condition[] = [
  'o',
  'no',
  'b',
  'ae',
  'e',
  'ne',
  'be',
  'a',
  's',
  'ns',
  'p',
  'np',
  'l',
  'ge',
  'le',
  'g',
];

/** What an instruction does to the flow of control; instructions that do nothing to it have no step. */
export type Step =
  | { readonly kind: 'jump'; readonly target: Address }
  | { readonly kind: 'branch'; readonly target: Address; readonly condition: Condition }
  /** `xbegin`: control may come to the target later, never out of the function through it */
  | { readonly kind: 'abort-target'; readonly target: Address }
  | { readonly kind: 'call'; readonly target: Address }
  | { readonly kind: 'indirect-call' }
  | { readonly kind: 'system-call' }
  | { readonly kind: 'return' }
  | { readonly kind: 'indirect-jump'; readonly operand: JumpOperand }
  /** `ud2`, `hlt` and their like: control doesn't go on */
  | { readonly kind: 'trap' }
  /** `int3`, as padding or as a breakpoint of the program's own */
  | { readonly kind: 'breakpoint' }
  | { readonly kind: 'nop' }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): Step => ({ kind: 'refused', reason });

const nearReturns: ReadonlySet<Code> = new Set([Code.Retnq, Code.Retnq_imm16]);
const systemCalls: ReadonlySet<Code> = new Set([Code.Syscall, Code.Sysenter]);

/** The flow of one decoded instruction; undefined where the next one simply follows. */
export const stepOf = (instruction: Instruction): Step | undefined => {
  switch (instruction.flowControl) {
    case FlowControl.Next:
      if (instruction.mnemonic === Mnemonic.Nop) return { kind: 'nop' };
      if (instruction.mnemonic === Mnemonic.Hlt) return { kind: 'trap' };
      return instruction.isPrivileged ? refused('a privileged instruction: data, or code of a kernel') : undefined;
    case FlowControl.UnconditionalBranch:
      if (!instruction.isJmpShortOrNear) return refused('a far jump');
      return { kind: 'jump', target: address(instruction.nearBranchTarget) };
    case FlowControl.ConditionalBranch: {
      const condition = conditions[instruction.conditionCode - ConditionCode.o] ?? 'other';
      const counted = instruction.isLoop || instruction.isLoopcc || instruction.isJcxShort;
      return {
        kind: 'branch',
        target: address(instruction.nearBranchTarget),
        condition: counted ? 'other' : condition,
      };
    }
    case FlowControl.IndirectBranch: {
      if (!instruction.isJmpNearIndirect) return refused('a far jump');
      const operand = jumpOperand(instruction);
      return operand === undefined
        ? refused('a jump whose target is not 8 bytes of a register or of plain memory')
        : { kind: 'indirect-jump', operand };
    }
    case FlowControl.Return:
      return nearReturns.has(instruction.code)
        ? { kind: 'return' }
        : refused('a far, interrupt or 16-bit return: data, or code of a kernel');
    case FlowControl.Call:
      if (instruction.isCallNear) return { kind: 'call', target: address(instruction.nearBranchTarget) };
      return systemCalls.has(instruction.code)
        ? { kind: 'system-call' }
        : refused('a far call or a call to a hypervisor');
    case FlowControl.IndirectCall:
      return instruction.isCallNearIndirect ? { kind: 'indirect-call' } : refused('a far call');
    case FlowControl.Interrupt:
      if (instruction.mnemonic === Mnemonic.Int3) return { kind: 'breakpoint' };
      return instruction.mnemonic === Mnemonic.Int ? undefined : refused('an interrupt: data, or code of a kernel');
    case FlowControl.XbeginXabortXend:
      return instruction.mnemonic === Mnemonic.Xbegin
        ? { kind: 'abort-target', target: address(instruction.nearBranchTarget) }
        : undefined;
    default:
      return instruction.code === Code.INVALID ? refused('bytes that are no instruction') : { kind: 'trap' };
  }
};

/**
 * Reads steps in address order, and refuses what only looks like one: a return that takes its target from the
 * instruction just before it (`push` or a store to the top of the stack) is a jump in disguise, and processors
 * differ in what an operand-size prefix does to a jump or a return.
 */
export const stepReader = (bytes: Uint8Array): ((position: number, instruction: Instruction) => Step | undefined) => {
  let topWritten = false;
  return (position, instruction) => {
    const step = stepOf(instruction);
    const wasWritten = topWritten;
    topWritten = writesTop(instruction);
    if (step === undefined || !isMove(step)) return step;
    if (step.kind === 'return' && wasWritten) return refused('a return that jumps to an address just pushed');
    const { prefixes, rex } = encodingOf(bytes.subarray(position, position + instruction.length));
    return prefixes.includes(0x66) && rex < 0x48 ? refused('a jump or return of another size') : step;
  };
};

const isMove = ({ kind }: Step): boolean =>
  kind === 'jump' || kind === 'branch' || kind === 'return' || kind === 'indirect-jump';

const writesTop = (instruction: Instruction): boolean =>
  instruction.mnemonic === Mnemonic.Push ||
  (instruction.mnemonic === Mnemonic.Mov &&
    instruction.op0Kind === OpKind.Memory &&
    instruction.memoryBase === Register.RSP &&
    instruction.memoryIndex === Register.None &&
    instruction.memoryDisplacement === 0n);

/** Whether control can't come from this instruction to the one behind it, whatever it calls. */
export const endsFlow = (step: Step): boolean =>
  step.kind === 'jump' || step.kind === 'return' || step.kind === 'indirect-jump' || step.kind === 'trap';

// One object for every decoded instruction: a new one for each would be garbage in wasm memory, freed by hand.
const reused = new Instruction();

/**
 * Decodes `bytes`, mapped at `start`, from `from` on (a position in `bytes`), one instruction after the other, until
 * `visit` answers false or no bytes are left. `instruction` is reused: read it during the call, keep nothing of it.
 */
export const decodeRun = (
  bytes: Uint8Array,
  start: bigint,
  from: number,
  visit: (position: number, instruction: Instruction) => boolean,
): void => {
  const decoder = new Decoder(64, bytes, 0);
  try {
    decoder.position = from;
    decoder.ip = BigInt.asUintN(64, start + BigInt(from));
    let position = from;
    while (position < bytes.length) {
      decoder.decodeOut(reused);
      if (!visit(position, reused)) return;
      position += reused.length;
    }
  } finally {
    decoder.free();
  }
};
