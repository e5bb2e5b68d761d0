import { existsSync, readFileSync, readlinkSync } from 'node:fs';

/** What /proc and /sys say about the machine and about this process's rights. Nothing here is tried, only read. */
export type Machine = {
  readonly os: string;
  readonly release: string;
  readonly arch: string;
  readonly node: string;
  readonly uid: number | null;
  /** Signs of a container that were seen, as words for a user. */
  readonly container: string | null;
  readonly pidNamespace: 'initial' | 'nested' | 'unknown';
  /** User ids mean something else than on the host: capabilities hold only inside. */
  readonly userNamespace: boolean;
  readonly seccomp: 'off' | 'strict' | 'filter' | 'unknown';
  /** The mode of kernel lockdown, where the kernel has it. */
  readonly lockdown: string | null;
  readonly tracefs: boolean;
  readonly capabilities: readonly Capability[];
  readonly settings: readonly Setting[];
};

/** `obtainable`: in the bounding set, so that a privileged parent (sudo) could hand it over. */
export type Capability = {
  readonly name: string;
  readonly held: boolean;
  readonly obtainable: boolean;
  readonly use: string;
};

/** A sysctl value as the kernel shows it; null where the kernel has no such setting. */
export type Setting = { readonly name: string; readonly value: string | null; readonly meaning: string };

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
};

const link = (path: string): string | null => {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
};

/** A field of /proc/self/status. */
const field = (status: string | null, name: string): string | undefined =>
  status === null ? undefined : new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];

/** linux/capability.h */
const capabilities = [
  { name: 'CAP_BPF', bit: 39n, use: 'loading bpf programs and maps' },
  { name: 'CAP_PERFMON', bit: 38n, use: 'programs that read memory, and uprobes' },
  { name: 'CAP_SYS_ADMIN', bit: 21n, use: 'stands in for both; perf-event uprobes need it' },
  { name: 'CAP_SYS_PTRACE', bit: 19n, use: 'reading what other users’ processes map' },
] as const;

/** linux/proc_ns.h, PROC_PID_INIT_INO: the inode of the first pid namespace. */
const initialPidNamespace = 'pid:[4026531836]';

const pidNamespace = (): Machine['pidNamespace'] => {
  const own = link('/proc/self/ns/pid');
  return own === null ? 'unknown' : own === initialPidNamespace ? 'initial' : 'nested';
};

/** Whether processes have other numbers here than the kernel's probes see. */
export const inNestedPidNamespace = (): boolean => pidNamespace() === 'nested';

export const readMachine = (): Machine => {
  const status = read('/proc/self/status');
  const isIn = (set: string, bit: bigint): boolean => ((BigInt(`0x${field(status, set) ?? '0'}`) >> bit) & 1n) === 1n;
  return {
    os: process.platform,
    release: read('/proc/sys/kernel/osrelease') ?? '',
    arch: process.arch,
    node: process.versions.node,
    uid: process.getuid?.() ?? null,
    container: containerSign(),
    pidNamespace: pidNamespace(),
    userNamespace: isUserNamespace(read('/proc/self/uid_map')),
    seccomp: seccompMode(field(status, 'Seccomp')),
    lockdown: /\[(\w+)\]/.exec(read('/sys/kernel/security/lockdown') ?? '')?.[1] ?? null,
    tracefs: existsSync('/sys/kernel/tracing/events') || existsSync('/sys/kernel/debug/tracing/events'),
    capabilities: capabilities.map(({ name, bit, use }) => ({
      name,
      use,
      held: isIn('CapEff', bit),
      obtainable: isIn('CapBnd', bit),
    })),
    settings: [
      setting('kernel.unprivileged_bpf_disabled', bpfMeaning),
      setting('kernel.perf_event_paranoid', paranoidMeaning),
      setting('kernel.yama.ptrace_scope', ptraceMeaning),
    ],
  };
};

const setting = (name: string, meaningOf: (value: string | null) => string): Setting => {
  const value = read(`/proc/sys/${name.replaceAll('.', '/')}`);
  return { name, value, meaning: meaningOf(value) };
};

const bpfMeaning = (value: string | null): string =>
  value === '0'
    ? 'everyone may load some programs, but not the kind that probes'
    : value === null
      ? 'this kernel has no such setting'
      : 'only privileged processes may use bpf';

const paranoidMeaning = (value: string | null): string =>
  value === null ? 'this kernel has no such setting' : 'limits perf events, which rsym’s probes do not use';

const ptraceMeanings = [
  'ptrace: a process may attach to any other of its user',
  'ptrace: a process may attach to its descendants only',
  'ptrace: attaching needs CAP_SYS_PTRACE',
  'ptrace: no process may attach',
];

const ptraceMeaning = (value: string | null): string =>
  value === null ? 'Yama is not active' : (ptraceMeanings[Number(value)] ?? 'unknown value');

const seccompMode = (value: string | undefined): Machine['seccomp'] =>
  value === '0' ? 'off' : value === '1' ? 'strict' : value === '2' ? 'filter' : 'unknown';

/** In the first user namespace every id maps to itself. */
const isUserNamespace = (map: string | null): boolean => map !== null && !/^0\s+0\s+4294967295$/.test(map);

const containerSign = (): string | null => {
  if (existsSync('/.dockerenv')) return 'Docker (/.dockerenv)';
  if (existsSync('/run/.containerenv')) return 'Podman (/run/.containerenv)';
  const manager = read('/run/systemd/container');
  if (manager) return `${manager} (/run/systemd/container)`;
  const cgroup = read('/proc/1/cgroup') ?? '';
  const engine = /docker|kubepods|containerd|libpod|lxc/.exec(cgroup)?.[0];
  return engine === undefined ? null : `${engine} (/proc/1/cgroup)`;
};
