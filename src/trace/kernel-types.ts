import { readFileSync } from 'node:fs';
import { memberOffsets } from './bpf/btf.ts';
import type { LiveOffsets, TaskOffsets } from './bpf/lifecycle.ts';

export type KernelTypes = {
  readonly vma: { readonly start: number; readonly end: number } | null;
  readonly task: TaskOffsets | null;
  readonly threads: LiveOffsets | null;
};

let known: KernelTypes | undefined;

/** Offsets that differ between kernels, from the running kernel's own type information; null where it has none. */
export const kernelTypes = (): KernelTypes => {
  known ??= readKernelTypes();
  return known;
};

const readKernelTypes = (): KernelTypes => {
  let btf: Buffer;
  try {
    btf = readFileSync('/sys/kernel/btf/vmlinux');
  } catch {
    return { vma: null, task: null, threads: null };
  }
  const at = memberOffsets(btf, {
    vm_area_struct: ['vm_start', 'vm_end'],
    task_struct: ['tgid', 'real_parent', 'signal'],
    signal_struct: ['live'],
  });
  const start = at.get('vm_area_struct.vm_start');
  const end = at.get('vm_area_struct.vm_end');
  const tgid = at.get('task_struct.tgid');
  const realParent = at.get('task_struct.real_parent');
  const signal = at.get('task_struct.signal');
  const live = at.get('signal_struct.live');
  return {
    vma: start === undefined || end === undefined ? null : { start, end },
    task: tgid === undefined || realParent === undefined ? null : { tgid, realParent },
    threads: signal === undefined || live === undefined ? null : { signal, live },
  };
};
