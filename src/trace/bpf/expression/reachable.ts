import { type Instruction, type JumpOp, jumpIf, label, mov } from '../asm.ts';

const inverse: Partial<Record<JumpOp, JumpOp>> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'le',
  ge: 'lt',
  lt: 'ge',
  le: 'gt',
  sgt: 'sle',
  sge: 'slt',
  slt: 'sge',
  sle: 'sgt',
};

/** Instructions that are reached from the first one; whether the end is. */
const reachedIn = (code: readonly Instruction[]): { readonly kept: Instruction[]; readonly endIsReached: boolean } => {
  const labels = new Map(code.flatMap((one, i) => (one.form === 'label' ? [[one.name, i] as const] : [])));
  const seen = new Set<number>();
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const one = code[at];
    if (one === undefined) continue;
    const target = one.form === 'jump' || one.form === 'branch' ? labels.get(one.to) : undefined;
    if (target !== undefined) open.push(target);
    if (one.form !== 'jump' && one.form !== 'exit') open.push(at + 1);
  }
  return { kept: code.filter((_, i) => seen.has(i)), endIsReached: seen.has(code.length) };
};

/** Whether a label stands at `at` or directly behind it. */
const isNext = (code: readonly Instruction[], at: number, name: string): boolean => {
  for (let i = at; ; i++) {
    const one = code[i];
    if (one?.form !== 'label') return false;
    if (one.name === name) return true;
  }
};

/** Without jumps to what comes next, and over a jump. */
const shortened = (code: readonly Instruction[]): Instruction[] => {
  const short: Instruction[] = [];
  for (let i = 0; i < code.length; i++) {
    const one = code[i];
    const next = code[i + 1];
    if (one === undefined || (one.form === 'jump' && isNext(code, i + 1, one.to))) continue;
    const other = one.form === 'branch' ? inverse[one.op] : undefined;
    if (one.form === 'branch' && next?.form === 'jump' && other !== undefined && isNext(code, i + 2, one.to)) {
      short.push(jumpIf(other, one.dst, one.src, next.to));
      i++;
    } else short.push(one);
  }
  return short;
};

/**
 * The code without what can't be reached, which the kernel refuses. Its end and the labels in `ways`, where the program
 * goes on, are reached, as far as it can be seen from the instructions alone.
 */
export const tidied = (code: readonly Instruction[], endName: string, ways: readonly string[]): Instruction[] => {
  const end = label(endName);
  const { kept, endIsReached } = reachedIn([...code, end]);
  const body = shortened(endIsReached ? kept : [...kept, end]);
  const used = new Set(body.flatMap((one) => (one.form === 'jump' || one.form === 'branch' ? [one.to] : [])));
  const missing = [...ways.filter((way) => !used.has(way)), ...(endIsReached ? [] : [endName])];
  if (missing.length === 0) return body;
  return [mov('r0', 0), ...missing.map((way) => jumpIf('ne', 'r0', 0, way)), ...body];
};
