import { isPush } from './quick-cost.ts';

const endbr64 = [0xf3, 0x0f, 0x1e, 0xfa];

/**
 * Whether code begins with room made on the stack: `push` of a register, or `sub rsp`. Compilers let nothing jump to where a
 * function begins but calls, and jumps in place of calls: a loop can begin at its first instruction only where there was
 * nothing to set up. Else each time around would take more of the stack.
 */
export const setsUpFrame = (bytes: Uint8Array, at: number): boolean => {
  const start =
    bytes[at] === endbr64[0] && endbr64.every((byte, i) => bytes[at + i] === byte) ? at + endbr64.length : at;
  const first = bytes[start] ?? 0;
  const next = bytes[start + 1] ?? 0;
  if (isPush(first) || (first === 0x41 && isPush(next))) return true;
  return first === 0x48 && (next === 0x81 || next === 0x83) && bytes[start + 2] === 0xec;
};
