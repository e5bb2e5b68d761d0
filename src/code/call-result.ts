import { type Address, address } from '../base/units.ts';
import type { CodeReader } from './bytes.ts';
import { type DecodedInstruction, decodeAt } from './decode-at.ts';
import { idOf } from './register-id.ts';
import type { ResultRegister } from './result-writes.ts';
import type { Step } from './step.ts';

/**
 * What a caller does with a register in which a result may come: `read` on some way, `width` bits of it, before it
 * is written; `overwritten` on all ways; or `unknown`. Nothing of it counts if the callee doesn't return: then other
 * code lies behind the call.
 */
export type ResultUse = { readonly use: 'read' | 'overwritten' | 'unknown'; readonly width: number };

/** Instructions looked at, over all ways. */
const mostInstructions = 200;

const names: readonly ResultRegister[] = ['rax', 'rdx', 'xmm0', 'xmm1'];

/** Follows the code behind the call at `at`. */
export const callResult = (at: Address, code: CodeReader): Readonly<Record<ResultRegister, ResultUse>> => {
  const answers = names.map((name): [ResultRegister, ResultUse] => [name, followResult(at, code, idOf(name))]);
  return Object.fromEntries(answers) as Record<ResultRegister, ResultUse>;
};

const followResult = (call: Address, code: CodeReader, register: number): ResultUse => {
  const first = decodeAt(call, code);
  if (first === undefined || !isCall(first.step)) return { use: 'unknown', width: 0 };
  const pending = [address(call + BigInt(first.length))];
  const seen = new Set<Address>();
  let width = 0;
  let isCertain = true;
  while (pending.length > 0) {
    const at = pending.pop()!;
    if (seen.has(at)) continue;
    seen.add(at);
    const each = seen.size > mostInstructions ? undefined : decodeAt(at, code);
    if (each === undefined) {
      isCertain = false;
      continue;
    }
    const { effects } = each;
    const reads = effects.reads.filter(({ id, role }) => id === register && role !== 'merge');
    const isPush = effects.action?.kind === 'push';
    if (reads.length > 0 && !isPush) {
      width = Math.max(width, ...reads.map((read) => read.width));
      continue;
    }
    if (isPush && reads.length > 0) isCertain = false;
    const write = effects.writes.find(({ id, certain }) => id === register && certain);
    if (write !== undefined && write.width >= 32) continue;
    // Of what is left above a part that is written, or above a number that is merged in, a read can't be told apart.
    const isPartial = effects.writes.some(({ id }) => id === register) || reads.length > 0;
    const ways = isPartial ? undefined : waysFrom(each, register);
    if (ways === undefined) isCertain = false;
    else pending.push(...ways);
  }
  if (width > 0) return { use: 'read', width };
  return { use: isCertain ? 'overwritten' : 'unknown', width: 0 };
};

const rax = idOf('rax');

const isCall = (step: Step | undefined): boolean => step?.kind === 'call' || step?.kind === 'indirect-call';

/** Where control goes on with the register as it is; undefined if somebody else may read it. */
const waysFrom = ({ at, length, step }: DecodedInstruction, register: number): Address[] | undefined => {
  const behind = address(at + BigInt(length));
  switch (step?.kind) {
    case undefined:
    case 'nop':
      return [behind];
    case 'jump':
      return [step.target];
    case 'branch':
      return [step.target, behind];
    case 'trap':
      return [];
    case 'call':
    case 'indirect-call':
      // Callees change all of them. But rax they may get arguments in; a variadic one reads al, set just before.
      return register === rax ? [] : undefined;
    default:
      return undefined;
  }
};
