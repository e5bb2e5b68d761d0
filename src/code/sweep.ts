import { hex } from '../base/units.ts';
import { type CodeReader, contains, type Range } from './bytes.ts';
import { decodeRun, endsFlow, type Step, stepReader } from './step.ts';

/** One contiguous range, decoded from its first byte to its last. Positions count from `range.start`. */
export type Sweep = {
  readonly range: Range;
  readonly bytes: Uint8Array;
  /** The length of the instruction that begins at a position, 0 where none begins. */
  readonly lengths: Uint8Array;
  readonly steps: ReadonlyMap<number, Step>;
  /** Positions of instructions that no compiler emits, such as a run of zero bytes. */
  readonly suspects: readonly number[];
  /** Where the padding at the end begins: nothing from here on is meant to run. */
  readonly padding: number;
  /** Control may come from the last instruction to the first byte behind the range. */
  readonly fallsThrough: boolean;
};

/** No compiler's function is that long; a size that is comes from a damaged symbol. */
const longest = 8n << 20n;

const isZero = (bytes: Uint8Array, from: number): boolean => bytes.subarray(from).every((byte) => byte === 0);

/** Decodes a range. Answers a plain reason where it can't be read or isn't instructions from end to end. */
export const sweep = (range: Range, code: CodeReader): Sweep | string => {
  const size = range.end - range.start;
  if (size <= 0n) return 'its size is unknown';
  if (size > longest) return `its size, ${size} bytes, is no function's`;
  const bytes = code(range.start, Number(size));
  if (bytes === undefined || bytes.length !== Number(size)) return 'its bytes are not all in executable code';

  const lengths = new Uint8Array(bytes.length);
  const steps = new Map<number, Step>();
  const suspects: number[] = [];
  const read = stepReader(bytes);
  let reason: string | undefined;
  let fallsThrough = true;
  let padding = 0;
  let wasZero = false;
  decodeRun(bytes, range.start, 0, (position, instruction) => {
    const zero = bytes[position] === 0;
    if (zero && !fallsThrough && isZero(bytes, position)) return false;
    const step = read(position, instruction);
    if (step?.kind === 'refused') {
      reason = `at ${hex(range.start + BigInt(position))}: ${step.reason}`;
      return false;
    }
    lengths[position] = instruction.length;
    if (step !== undefined) steps.set(position, step);
    if (zero && wasZero) suspects.push(position);
    wasZero = zero;
    // Padding doesn't run, so it leaves the state before it; behind a call at the very end nothing follows,
    // because the callee never returns.
    if (step?.kind === 'nop' || step?.kind === 'breakpoint') return true;
    fallsThrough = step === undefined || !(endsFlow(step) || isCall(step));
    padding = position + instruction.length;
    return true;
  });
  return reason ?? { range, bytes, lengths, steps, suspects, padding, fallsThrough };
};

const isCall = (step: Step): boolean => step.kind === 'call' || step.kind === 'indirect-call';

// lock, repne, rep, operand size, address size, and the segment overrides
const prefixes: ReadonlySet<number> = new Set([0xf0, 0xf2, 0xf3, 0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]);

/**
 * Whether a branch to `target` comes to an instruction that is meant to run: to its first byte, or behind prefixes of an instruction that
 * leaves the flow alone (C libraries jump over a `lock` prefix while there is one thread).
 */
export const isInstruction = (swept: Sweep, target: bigint): boolean => {
  if (!contains(swept.range, target)) return false;
  const position = Number(target - swept.range.start);
  if (position >= swept.padding && !swept.fallsThrough) return false;
  if (swept.lengths[position] !== 0) return true;
  let begin = position - 1;
  while (begin >= 0 && swept.lengths[begin] === 0) {
    if (position - begin >= 15) return false;
    begin--;
  }
  if (begin < 0 || swept.steps.has(begin)) return false;
  for (let at = begin; at < position; at++) if (!prefixes.has(swept.bytes[at] ?? 0)) return false;
  const rest = (swept.lengths[begin] ?? 0) - (position - begin);
  let length = 0;
  decodeRun(swept.bytes, swept.range.start, position, (_, instruction) => {
    length = instruction.length;
    return false;
  });
  return rest > 0 && length === rest;
};
