import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { add, call, exit, mov, type ProgramSpec } from './bpf/asm.ts';
import { kernelTypes } from './kernel-types.ts';
import { OwnedFd } from './sys/fd.ts';
import { addressOf, syscall } from './sys/libc.ts';
import {
  errnoName,
  type MapType,
  MFD_CLOEXEC,
  NR,
  PERF_ATTR,
  PERF_ATTR_DISABLED,
  PERF_FLAG_FD_CLOEXEC,
  type ProgramType,
} from './sys/uapi.ts';
import { attachRawTracepoint, attachUprobes } from './uprobe/attach.ts';
import { KernelRefusal } from './uprobe/bpf.ts';
import { createMap } from './uprobe/map.ts';
import { loadProgram } from './uprobe/program.ts';

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
  | 'sleepable-uprobe'
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
  {
    name: 'sleepable-uprobe',
    use: 'reading pages that are not in memory (--cold-pages)',
    support: trySleepableProbe(),
  },
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

/** Makes something as a trace makes it, tries what to do with it, and lets go of it. */
const attempt = (what: string, make: () => OwnedFd, then: (made: OwnedFd) => Tried = () => yes): Tried => {
  let made: OwnedFd;
  try {
    made = make();
  } catch (error) {
    if (error instanceof KernelRefusal) return refused(what, error.errno);
    throw error;
  }
  using owned = made;
  return then(owned);
};

const tryMap = (type: MapType, keySize: number, valueSize: number, maxEntries: number): Tried =>
  attempt('bpf(BPF_MAP_CREATE)', () => createMap({ name: 'doctor', type, keySize, valueSize, maxEntries }));

const tryProgram = (type: ProgramType = 'kprobe', uprobeMulti = false, then?: (program: OwnedFd) => Tried): Tried =>
  tryLoad(idle(type, uprobeMulti), then);

const tryLoad = (spec: ProgramSpec, then?: (program: OwnedFd) => Tried): Tried =>
  attempt('bpf(BPF_PROG_LOAD)', () => loadProgram(spec, noMap), then);

const noMap = (name: string): never => {
  throw new RsymError('internal', `no map ${name}`);
};

const idle = (type: ProgramType, uprobeMulti: boolean): ProgramSpec => ({
  name: 'rsym_doctor',
  type,
  uprobeMulti,
  code: [mov('r0', 0), exit()],
  functions: [],
});

const tryRawTracepoint = (): Tried =>
  tryProgram('rawTracepoint', false, (program) =>
    attempt('bpf(BPF_RAW_TRACEPOINT_OPEN)', () => attachRawTracepoint(program, 'sched_process_exit')),
  );

const tryUprobeMulti = (path: string): Tried => tryProgram('kprobe', true, (program) => tryPlant(program, path));

const tryPlant = (program: OwnedFd, path: string): Tried =>
  attempt('bpf(BPF_LINK_CREATE, uprobe_multi)', () =>
    attachUprobes(program, {
      path,
      offsets: BigUint64Array.of(0n),
      cookies: BigUint64Array.of(0n),
      pid: null,
      uretprobe: false,
    }),
  );

/** A probe whose program waits for a page. */
export const trySleepableProbe = (): Tried => onPage((path) => tryLoad(waiting, (program) => tryPlant(program, path)));

const waiting: ProgramSpec = {
  name: 'rsym_doctor',
  type: 'kprobe',
  uprobeMulti: true,
  isSleepable: true,
  code: [mov('r1', 'r10'), add('r1', -8), mov('r2', 8), mov('r3', 0), call('copy_from_user'), mov('r0', 0), exit()],
  functions: [],
};

const typesFile = '/sys/kernel/btf/vmlinux';
const noTypes = (reason: string): Tried => ({ ok: false, reason: `${typesFile} ${reason}`, error: null });

const tryTypes = (): Tried => {
  try {
    closeSync(openSync(typesFile, 'r'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return noTypes(
      code === 'ENOENT' ? 'does not exist: the kernel was built without' : `can't be read: ${code ?? 'unknown'}`,
    );
  }
  return kernelTypes().task === null ? noTypes('does not say where tasks keep what rsym reads of them') : yes;
};

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
  const attr = Buffer.alloc(PERF_ATTR.size);
  attr.writeUInt32LE(type, PERF_ATTR.type);
  attr.writeUInt32LE(PERF_ATTR.size, PERF_ATTR.ownSize);
  attr.writeBigUInt64LE(PERF_ATTR_DISABLED, PERF_ATTR.flags);
  attr.writeBigUInt64LE(addressOf(path), PERF_ATTR.uprobePath); // the offset after it stays 0
  const opened = syscall(NR.perfEventOpen, addressOf(attr), -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (!opened.ok) return refused('perf_event_open', opened.errno);
  new OwnedFd(opened.value)[Symbol.dispose]();
  return yes;
};
