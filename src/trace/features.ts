import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { exit, type Instruction, mov } from './bpf/asm.ts';
import { assemble } from './bpf/assemble.ts';
import { OwnedFd } from './sys/fd.ts';
import { addressOf, syscall } from './sys/libc.ts';
import { ATTACH_UPROBE_MULTI, errnoName, MAP_TYPE, NR, PROG_TYPE } from './sys/uapi.ts';
import { attributes, bpf } from './uprobe/bpf.ts';

/**
 * What the kernel lets this process do, found by doing it: a version number says nothing about configuration,
 * privileges, seccomp filters or backports. Nothing is left behind.
 */
export type Feature = {
  readonly name: FeatureName;
  /** What rsym uses it for. */
  readonly use: string;
  readonly support: Tried;
};

/** `error`: the name of the errno where the kernel refused. */
export type Tried =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string; readonly error: string | null };

export type FeatureName =
  | 'bpf-map'
  | 'bpf-ring-buffer'
  | 'bpf-program'
  | 'raw-tracepoint'
  | 'uprobe-multi'
  | 'kernel-btf'
  | 'perf-uprobe';

/** The features without which kernel probes can't be used. */
export const needed: readonly FeatureName[] = [
  'bpf-map',
  'bpf-ring-buffer',
  'bpf-program',
  'raw-tracepoint',
  'uprobe-multi',
];

const yes: Tried = { ok: true };
const refused = (what: string, errno: number): Tried => ({
  ok: false,
  reason: `${what}: ${errnoName(errno)}`,
  error: errnoName(errno),
});

export const probeFeatures = (): Feature[] => [
  { name: 'bpf-map', use: 'calls under way', support: tryMap('hash', 8, 8, 1) },
  { name: 'bpf-ring-buffer', use: 'events', support: tryMap('ringbuf', 0, 0, 4096) },
  { name: 'bpf-program', use: 'reading arguments and results', support: tryProgram() },
  { name: 'raw-tracepoint', use: 'ends of threads and processes', support: tryRawTracepoint() },
  { name: 'uprobe-multi', use: 'probing functions', support: onPage(tryUprobeMulti) },
  { name: 'kernel-btf', use: 'starting programs, telling a thread’s stacks apart', support: tryTypes() },
  { name: 'perf-uprobe', use: 'probing functions the older way', support: onPage(tryPerfUprobe) },
];

/** Tries something on a file of one page of `nop`s that has no name and that nobody runs. */
const onPage = (attempt: (file: string) => Tried): Tried => {
  const name = Buffer.from('rsym-doctor\0');
  const made = syscall(NR.memfdCreate, addressOf(name), MFD_CLOEXEC);
  if (!made.ok) return refused('memfd_create', made.errno);
  using page = new OwnedFd(made.value);
  writeSync(page.value, Buffer.alloc(4096, 0x90));
  return attempt(`/proc/self/fd/${page.value}`);
};

/** Makes something as a trace makes it, and lets go of it. */
const attempt = (what: string, make: () => OwnedFd): Tried => {
  try {
    make()[Symbol.dispose]();
    return yes;
  } catch (error) {
    if (error instanceof KernelRefusal) return refused(what, error.errno);
    throw error;
  }
};

const tryMap = (type: MapType, keySize: number, valueSize: number, maxEntries: number): Tried =>
  attempt('bpf(BPF_MAP_CREATE)', () => createMap({ name: 'doctor', type, keySize, valueSize, maxEntries }));

const load = (type: ProgramType, uprobeMulti: boolean): OwnedFd =>
  loadProgram({ name: 'rsym_doctor', type, uprobeMulti, code: [mov('r0', 0), exit()], functions: [] }, () => {
    throw new RsymError('internal', 'this program uses no map');
  });

const loading = 'bpf(BPF_PROG_LOAD)';
const tryProgram = (): Tried => attempt(loading, () => load('kprobe', false));

/** Loads a program and attaches it; the refusal of whichever of the two is refused. */
const attaching = (
  what: string,
  type: ProgramType,
  uprobeMulti: boolean,
  attach: (program: OwnedFd) => OwnedFd,
): Tried => {
  let loaded: OwnedFd | undefined;
  const support = attempt(loading, () => {
    loaded = load(type, uprobeMulti);
    return new OwnedFd(-1);
  });
  if (loaded === undefined) return support;
  using program: OwnedFd = loaded;
  return attempt(what, () => attach(program));
};
const kernelTypes = '/sys/kernel/btf/vmlinux';

const tryBtf = (): Tried => {
  if (!existsSync(kernelTypes))
    return { ok: false, reason: `${kernelTypes} does not exist: the kernel was built without`, error: null };
  try {
    closeSync(openSync(kernelTypes, 'r'));
    return yes;
  } catch (error) {
    return {
      ok: false,
      reason: `${kernelTypes}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`,
      error: null,
    };
  }
};

/** linux/perf_event.h: PERF_ATTR_SIZE_VER5, and the flag that makes the descriptor close-on-exec. */
const PERF_ATTR_SIZE = 112;
const PERF_FLAG_FD_CLOEXEC = 8;
const uprobeDevice = '/sys/bus/event_source/devices/uprobe/type';

const tryPerfUprobe = (file: string): Tried => {
  let type: number;
  try {
    type = Number(readFileSync(uprobeDevice, 'utf8'));
  } catch {
    return {
      ok: false,
      reason: `${uprobeDevice} does not exist: the kernel was built without uprobe events`,
      error: null,
    };
  }
  const path = Buffer.from(`${file}\0`);
  const attr = Buffer.alloc(PERF_ATTR_SIZE);
  attr.writeUInt32LE(type, 0);
  attr.writeUInt32LE(PERF_ATTR_SIZE, 4);
  attr.writeBigUInt64LE(1n, 40); // disabled
  attr.writeBigUInt64LE(addressOf(path), 56); // uprobe_path; the offset after it stays 0
  const opened = syscall(NR.perfEventOpen, addressOf(attr), -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (!opened.ok) return refused('perf_event_open', opened.errno);
  new OwnedFd(opened.value)[Symbol.dispose]();
  return yes;
};
