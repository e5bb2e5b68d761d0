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
  { name: 'bpf-map', use: 'calls under way', support: tryMap(MAP_TYPE.hash, 8, 8, 1) },
  { name: 'bpf-ring-buffer', use: 'events', support: tryMap(MAP_TYPE.ringbuf, 0, 0, 4096) },
  { name: 'bpf-program', use: 'reading arguments and results', support: tryProgram() },
  { name: 'raw-tracepoint', use: 'ends of threads and processes', support: tryRawTracepoint() },
  { name: 'uprobe-multi', use: 'probing functions', support: onPage(tryUprobeMulti) },
  { name: 'kernel-btf', use: 'telling a thread’s stacks apart', support: tryBtf() },
  { name: 'perf-uprobe', use: 'probing functions the older way', support: onPage(tryPerfUprobe) },
];

/** asm/unistd_64.h; linux/memfd.h */
const NR_MEMFD_CREATE = 319;
const MFD_CLOEXEC = 1;

/** Tries something on a file of one page of `nop`s that has no name and that nobody runs. */
const onPage = (attempt: (file: string) => Tried): Tried => {
  const name = Buffer.from('rsym-doctor\0');
  const made = syscall(NR_MEMFD_CREATE, addressOf(name), MFD_CLOEXEC);
  if (!made.ok) return refused('memfd_create', made.errno);
  using page = new OwnedFd(made.value);
  writeSync(page.value, Buffer.alloc(4096, 0x90));
  return attempt(`/proc/self/fd/${page.value}`);
};

const tryMap = (type: number, keySize: number, valueSize: number, entries: number): Tried => {
  const attr = attributes();
  attr.writeUInt32LE(type, 0);
  attr.writeUInt32LE(keySize, 4);
  attr.writeUInt32LE(valueSize, 8);
  attr.writeUInt32LE(entries, 12);
  const made = bpf('mapCreate', attr);
  if (!made.ok) return refused('bpf(BPF_MAP_CREATE)', made.errno);
  new OwnedFd(made.value)[Symbol.dispose]();
  return yes;
};

type Loaded = { readonly ok: true; readonly fd: OwnedFd } | { readonly ok: false; readonly support: Tried };

/** `return 0`, under the licence that reading user memory asks for. */
const loadProgram = (type: number, attachType: number): Loaded => {
  const code: readonly Instruction[] = [mov('r0', 0), exit()];
  const bytes = assemble(code, () => 0);
  const licence = Buffer.from('GPL\0');
  const attr = attributes();
  attr.writeUInt32LE(type, 0);
  attr.writeUInt32LE(bytes.length / 8, 4);
  attr.writeBigUInt64LE(addressOf(bytes), 8);
  attr.writeBigUInt64LE(addressOf(licence), 16);
  attr.writeUInt32LE(attachType, 68);
  const loaded = bpf('progLoad', attr);
  if (!loaded.ok) return { ok: false, support: refused('bpf(BPF_PROG_LOAD)', loaded.errno) };
  return { ok: true, fd: new OwnedFd(loaded.value) };
};

const tryProgram = (): Tried => {
  const loaded = loadProgram(PROG_TYPE.kprobe, 0);
  if (!loaded.ok) return loaded.support;
  using _program = loaded.fd;
  return yes;
};

const tryRawTracepoint = (): Tried => {
  const loaded = loadProgram(PROG_TYPE.rawTracepoint, 0);
  if (!loaded.ok) return loaded.support;
  using program = loaded.fd;
  const name = Buffer.from('sched_process_exit\0');
  const attr = attributes();
  attr.writeBigUInt64LE(addressOf(name), 0);
  attr.writeUInt32LE(program.value, 8);
  const opened = bpf('rawTracepointOpen', attr);
  if (!opened.ok) return refused('bpf(BPF_RAW_TRACEPOINT_OPEN)', opened.errno);
  new OwnedFd(opened.value)[Symbol.dispose]();
  return yes;
};

const tryUprobeMulti = (file: string): Tried => {
  const loaded = loadProgram(PROG_TYPE.kprobe, ATTACH_UPROBE_MULTI);
  if (!loaded.ok) return loaded.support;
  using program = loaded.fd;
  const path = Buffer.from(`${file}\0`);
  const offsets = Buffer.alloc(8);
  const attr = attributes();
  attr.writeUInt32LE(program.value, 0);
  attr.writeUInt32LE(ATTACH_UPROBE_MULTI, 8);
  attr.writeBigUInt64LE(addressOf(path), 16);
  attr.writeBigUInt64LE(addressOf(offsets), 24);
  attr.writeUInt32LE(1, 48);
  const linked = bpf('linkCreate', attr);
  if (!linked.ok) return refused('bpf(BPF_LINK_CREATE, uprobe_multi)', linked.errno);
  new OwnedFd(linked.value)[Symbol.dispose]();
  return yes;
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
