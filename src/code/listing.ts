import { type Address, address, hex } from '../base/units.ts';
import type { CodeReader, Range } from './bytes.ts';
import { Code, Formatter, FormatterSyntax, type Instruction } from './iced.ts';
import { decodeRun } from './step.ts';

/** An instruction as Intel writes it; numbers are hexadecimal, targets of branches addresses as linked. */
export type ListedInstruction = { readonly address: Address; readonly bytes: Uint8Array; readonly text: string };

const blockSize = 1 << 16;
/** Bytes of a damaged file's function; no compiler makes larger ones. */
const mostBytes = 16 << 20;

/** With the address that an operand relative to the next instruction means. */
const textOf = (formatter: Formatter, instruction: Instruction): string => {
  const text = formatter.format(instruction);
  return instruction.isIpRelMemoryOperand ? `${text}  # ${hex(instruction.ipRelMemoryAddress)}` : text;
};

/**
 * The instructions of a range of x86-64 code, one after the other. Bytes that are no instruction are shown as `(bad)`.
 * Ends where the file has no code.
 */
export function* listCode(range: Range, code: CodeReader): Generator<ListedInstruction> {
  const formatter = new Formatter(FormatterSyntax.Intel);
  formatter.hexPrefix = '0x';
  formatter.hexSuffix = '';
  formatter.uppercaseHex = false;
  formatter.branchLeadingZeros = false;
  formatter.smallHexNumbersInDecimal = false;
  formatter.ripRelativeAddresses = true;
  formatter.spaceAfterOperandSeparator = true;
  try {
    const end = range.end - range.start > BigInt(mostBytes) ? address(range.start + BigInt(mostBytes)) : range.end;
    for (let at: Address = range.start; at < end; ) {
      const length = Math.min(blockSize, Number(end - at));
      const bytes = code(at, length);
      if (bytes === undefined) return;
      const isLast = at + BigInt(length) >= end;
      const block: ListedInstruction[] = [];
      let done = 0;
      decodeRun(bytes, at, 0, (position, instruction) => {
        const next = position + instruction.length;
        // An instruction at the end of a block may go on in the next one.
        if (!isLast && bytes.length - position < 16) return false;
        const isBad = instruction.code === Code.INVALID;
        block.push({
          address: address(at + BigInt(position)),
          bytes: bytes.subarray(position, next),
          text: isBad ? '(bad)' : textOf(formatter, instruction),
        });
        done = next;
        return true;
      });
      if (done === 0) return;
      yield* block;
      at = address(at + BigInt(done));
    }
  } finally {
    formatter.free();
  }
}
