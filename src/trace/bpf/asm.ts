import type { ProgramType } from '../sys/uapi.ts';

/**
 * BPF instructions as values. One builder per form, so that a program reads like an assembly listing; labels are
 * names, resolved by assemble.ts.
 *
 *   r0        results of helpers          r6–r9   kept over helper calls
 *   r1–r5     arguments of helpers        r10     frame pointer, 512 bytes below it are ours
 */
export type Reg = 'r0' | 'r1' | 'r2' | 'r3' | 'r4' | 'r5' | 'r6' | 'r7' | 'r8' | 'r9' | 'r10';
export type Size = 1 | 2 | 4 | 8;
export type AluOp = 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'or' | 'and' | 'lsh' | 'rsh' | 'xor' | 'mov' | 'arsh';
export type JumpOp = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'set' | 'sgt' | 'sge' | 'slt' | 'sle';

/** Helper functions by their number in linux/bpf.h. */
export const HELPERS = {
  map_lookup_elem: 1,
  map_update_elem: 2,
  map_delete_elem: 3,
  ktime_get_ns: 5,
  tail_call: 12,
  get_current_pid_tgid: 14,
  get_current_comm: 16,
  get_current_task: 35,
  send_signal: 109,
  probe_read_user: 112,
  probe_read_kernel: 113,
  probe_read_user_str: 114,
  probe_read_kernel_str: 115,
  ringbuf_output: 130,
  ringbuf_reserve: 131,
  ringbuf_submit: 132,
  ringbuf_discard: 133,
  ringbuf_query: 134,
  copy_from_user: 148,
  get_current_task_btf: 158,
  get_attach_cookie: 174,
  task_pt_regs: 175,
  find_vma: 180,
  loop: 181,
} as const;
export type Helper = keyof typeof HELPERS;

export type Instruction =
  | { readonly form: 'alu'; readonly op: AluOp; readonly dst: Reg; readonly src: Reg | number }
  | { readonly form: 'load'; readonly size: Size; readonly dst: Reg; readonly base: Reg; readonly offset: number }
  | {
      readonly form: 'store';
      readonly size: Size;
      readonly base: Reg;
      readonly offset: number;
      readonly src: Reg | number;
    }
  | { readonly form: 'fetch-add'; readonly base: Reg; readonly offset: number; readonly src: Reg }
  | { readonly form: 'compare-exchange'; readonly base: Reg; readonly offset: number; readonly src: Reg }
  | { readonly form: 'load-64'; readonly dst: Reg; readonly value: bigint }
  | { readonly form: 'load-map'; readonly dst: Reg; readonly map: string }
  | { readonly form: 'load-value'; readonly dst: Reg; readonly map: string; readonly offset: number }
  | { readonly form: 'load-function'; readonly dst: Reg; readonly to: string }
  | { readonly form: 'jump'; readonly to: string }
  | { readonly form: 'branch'; readonly op: JumpOp; readonly dst: Reg; readonly src: Reg | number; readonly to: string }
  | { readonly form: 'call'; readonly helper: Helper }
  | { readonly form: 'exit' }
  | { readonly form: 'label'; readonly name: string };

/** Nested lists are allowed, so that a step of a program can be a function that returns its instructions. */
export type Code = readonly (Instruction | Code)[];

export const alu = (op: AluOp, dst: Reg, src: Reg | number): Instruction => ({ form: 'alu', op, dst, src });
export const mov = (dst: Reg, src: Reg | number): Instruction => alu('mov', dst, src);
export const add = (dst: Reg, src: Reg | number): Instruction => alu('add', dst, src);
export const load = (size: Size, dst: Reg, base: Reg, offset: number): Instruction => ({
  form: 'load',
  size,
  dst,
  base,
  offset,
});
export const store = (size: Size, base: Reg, offset: number, src: Reg | number): Instruction => ({
  form: 'store',
  size,
  base,
  offset,
  src,
});
/** Adds `src` to the 64-bit word and leaves the word's old value in `src`. */
export const fetchAdd = (base: Reg, offset: number, src: Reg): Instruction => ({
  form: 'fetch-add',
  base,
  offset,
  src,
});
/** Makes the 64-bit word what `src` is if it is what r0 is, and leaves its old value in r0. */
export const compareExchange = (base: Reg, offset: number, src: Reg): Instruction => ({
  form: 'compare-exchange',
  base,
  offset,
  src,
});
export const load64 = (dst: Reg, value: bigint): Instruction => ({ form: 'load-64', dst, value });
export const loadMap = (dst: Reg, map: string): Instruction => ({ form: 'load-map', dst, map });
/** The address of a byte inside the one value of an array map. */
export const loadValue = (dst: Reg, map: string, offset: number): Instruction => ({
  form: 'load-value',
  dst,
  map,
  offset,
});
/** The address of a function of this program, for helpers that call back. */
export const loadFunction = (dst: Reg, to: string): Instruction => ({ form: 'load-function', dst, to });
export const jump = (to: string): Instruction => ({ form: 'jump', to });
export const jumpIf = (op: JumpOp, dst: Reg, src: Reg | number, to: string): Instruction => ({
  form: 'branch',
  op,
  dst,
  src,
  to,
});
export const call = (helper: Helper): Instruction => ({ form: 'call', helper });
export const exit = (): Instruction => ({ form: 'exit' });
export const label = (name: string): Instruction => ({ form: 'label', name });

/** A program before the kernel has seen it: printable, comparable, the same on every machine. */
export type ProgramSpec = {
  readonly name: string;
  readonly type: ProgramType;
  readonly uprobeMulti: boolean;
  /** It may wait for pages of the process. */
  readonly isSleepable?: boolean;
  readonly code: readonly Instruction[];
  /** Labels at which further functions of the program begin (callbacks of helpers). */
  readonly functions: readonly string[];
};

export const flatten = (code: Code): Instruction[] => {
  const flat: Instruction[] = [];
  const add = (parts: Code): void => {
    for (const part of parts) {
      if ('form' in part) flat.push(part);
      else add(part);
    }
  };
  add(code);
  return flat;
};
