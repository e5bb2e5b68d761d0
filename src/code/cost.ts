import { type Address, address } from '../base/units.ts';
import { type CodeReader, longestInstruction, readUpTo } from './bytes.ts';
import { type Encoding, encodingOf } from './encoding.ts';
import { Code, Mnemonic } from './iced.ts';
import { decodeRun } from './step.ts';

/**
 * What a kernel uprobe on an instruction costs, by how x86-64 Linux runs the instruction after a hit (read in
 * arch/x86/kernel/uprobes.c and measured on 6.18: 0.7 µs emulated, 4 to 5 µs stepped).
 *
 *   emulated     the kernel does its work itself: push of a register, near jumps, branches and calls, nops
 *   stepped      the kernel runs a copy under single-step, a second trap
 *   unprobeable  the kernel refuses it, or takes it and then does harm to the program; `reason` says which
 */
export type ProbeCost =
  | { readonly cost: 'emulated' | 'stepped'; readonly instruction: string }
  | { readonly cost: 'unprobeable'; readonly instruction: string; readonly reason: string };

/** The cost of a probe on the instruction that `bytes` begin with; bytes behind it are not looked at. */
export const probeCost = (bytes: Uint8Array): ProbeCost => costOf(bytes, true);

/** As `probeCost`, without the instruction's text, which takes most of the time, unless it can't be probed. */
export const plainCost = (bytes: Uint8Array): ProbeCost => {
  const cost = costOf(bytes, false);
  return cost.cost === 'unprobeable' ? costOf(bytes, true) : cost;
};

const costOf = (bytes: Uint8Array, withText: boolean): ProbeCost => {
  let instruction = '';
  let length = 0;
  let obstacle: string | undefined;
  decodeRun(bytes, address(0n), 0, (_, decoded) => {
    length = decoded.length;
    if (withText) instruction = decoded.toString();
    if (decoded.code === Code.INVALID) obstacle = 'these bytes are no instruction';
    else obstacle = harmful.get(decoded.mnemonic);
    return false;
  });
  if (length === 0) return { cost: 'unprobeable', instruction, reason: 'there are no bytes' };
  const encoding = encodingOf(bytes.subarray(0, length));
  const reason = obstacle ?? refusal(encoding) ?? (encoding.vector ? confusion(encoding) : undefined);
  if (reason !== undefined) return { cost: 'unprobeable', instruction, reason };
  return { cost: isEmulated(encoding, length) ? 'emulated' : 'stepped', instruction };
};

/** Whether the kernel takes a probe at an address, and does no harm. */
export const isProbeable = (code: CodeReader, at: Address): boolean => {
  const bytes = readUpTo(code, at, longestInstruction);
  return bytes !== undefined && plainCost(bytes).cost !== 'unprobeable';
};

// Instructions whose meaning changes when a copy runs elsewhere under the trap flag. Measured: a stepped `pushf`
// stores the trap flag, and a later `popf` ends the program with SIGTRAP.
const harmful: ReadonlyMap<Mnemonic, string> = new Map([
  [Mnemonic.Pushf, 'stepped, it would store the trap flag'],
  [Mnemonic.Pushfq, 'stepped, it would store the trap flag'],
  [Mnemonic.Syscall, 'stepping over a system call is not reliable'],
  [Mnemonic.Sysenter, 'stepping over a system call is not reliable'],
  [Mnemonic.Xbegin, 'a transaction can not be stepped'],
  [Mnemonic.Ud0, 'it traps by itself'],
  [Mnemonic.Ud1, 'it traps by itself'],
  [Mnemonic.Ud2, 'it traps by itself'],
]);

// lock, and the overrides of es, cs, ss, ds (which is also `notrack`)
const refusedPrefixes: ReadonlySet<number> = new Set([0xf0, 0x26, 0x2e, 0x36, 0x3e]);

/** First opcode bytes that the kernel refuses, as ranges: not valid in 64-bit code, or privileged, or traps. */
const refusedOpcodes: readonly (readonly [number, number])[] = [
  [0x06, 0x07],
  [0x0e, 0x0e],
  [0x16, 0x17],
  [0x1e, 0x1f],
  [0x27, 0x27],
  [0x2f, 0x2f],
  [0x37, 0x37],
  [0x3f, 0x3f],
  [0x60, 0x62],
  [0x6c, 0x6f],
  [0x82, 0x82],
  [0x9a, 0x9a],
  [0xcc, 0xcf],
  [0xd4, 0xd6],
  [0xe4, 0xe7],
  [0xea, 0xea],
  [0xec, 0xef],
  [0xf1, 0xf1],
  [0xf4, 0xf4],
  [0xfa, 0xfb],
];

const isWithin = (ranges: readonly (readonly [number, number])[], byte: number): boolean =>
  ranges.some(([low, high]) => byte >= low && byte <= high);

const refusal = (encoding: Encoding): string | undefined => {
  const { prefixes, opcode, rest, vector } = encoding;
  if (prefixes.some((prefix) => refusedPrefixes.has(prefix))) {
    return 'the kernel refuses instructions with a lock or segment prefix';
  }
  if (isWithin(refusedOpcodes, opcode)) return 'the kernel refuses this opcode';
  if (opcode === 0x8e && ((rest[0] ?? 0) >> 3) % 8 === 2) return 'the kernel refuses loads of the stack segment';
  if (prefixes.includes(0x66) && isBranch(encoding)) return 'the kernel refuses branches with an operand-size prefix';
  // Measured: with REX.B this is an exchange of two registers, which the kernel skips as if it were a nop.
  const exchanges = !vector && opcode === 0x90 && encoding.rex % 2 === 1;
  return exchanges ? 'the kernel would take it for a nop and skip it' : undefined;
};

/**
 * Opcode bytes that mean something to the kernel's code for one-byte instructions. It also looks at them in VEX and
 * EVEX instructions, where they mean something else. Measured on 6.18: `vpor`, `vpcmpeqb` and `vmovd` to a register are
 * taken for jumps and skipped, and `vfnmadd132ss` (opcode `9d`, as `popf`) ends the program with SIGTRAP.
 */
const confusedOpcodes: readonly (readonly [number, number])[] = [
  [0x70, 0x7f],
  [0x90, 0x90],
  [0x9d, 0x9d],
  [0xc2, 0xc3],
  [0xca, 0xcb],
  [0xe8, 0xe9],
  [0xeb, 0xeb],
  [0xff, 0xff],
];

const confusion = ({ opcode }: Encoding): string | undefined =>
  isWithin(confusedOpcodes, opcode)
    ? 'the kernel would take it for another instruction and not run it right'
    : undefined;

const isBranch = ({ opcode, rest, vector }: Encoding): boolean => {
  if (vector) return false;
  const isNear = opcode === 0x0f && (rest[0] ?? 0) >> 4 === 8;
  return isNear || opcode >> 4 === 7 || opcode === 0xe8 || opcode === 0xe9 || opcode === 0xeb;
};

const isEmulated = (encoding: Encoding, length: number): boolean => {
  const { opcode, rest, rex, vector } = encoding;
  if (vector) return false;
  if (opcode === 0x90 || isBranch(encoding)) return true;
  if (opcode >> 3 === 0x50 >> 3) return length === 1 || (length === 2 && rex === 0x41);
  // Long nops are emulated since Linux 6.18, the longest one excepted; before, they are stepped.
  return opcode === 0x0f && rest[0] === 0x1f && length < 9;
};
