import type { Feature, FeatureName } from '../trace/features.ts';
import { type Machine, readMachine } from './machine.ts';

/** Why kernel probes can't be used here, and what mends it: commands, or plain advice where there is none. */
export type Refusal = { readonly reason: string; readonly fixes: readonly string[] };

export type DoctorReport = {
  readonly machine: Machine;
  /** Empty where rsym has no system calls to try: anything but Linux on x86-64. */
  readonly features: readonly (Feature & { readonly needed: boolean })[];
  /** What a trace would use now; null: nothing works, and `refusals` says why. */
  readonly backend: 'bpf' | null;
  readonly refusals: readonly Refusal[];
  /** Whether a trace can also start a program itself; if not, `refusals` says why. */
  readonly launch: { readonly ok: boolean; readonly refusals: readonly Refusal[] };
};

export const examine = async (): Promise<DoctorReport> => {
  const machine = readMachine();
  if (machine.os !== 'linux' || machine.arch !== 'x64') {
    const reason = `tracing needs Linux on x86-64; this is ${machine.os} on ${machine.arch}`;
    return answerOf(machine, [], [{ reason, fixes: [] }]);
  }
  // Loaded only here: the system calls behind it exist on no other machine.
  const { needed, probeFeatures } = await import('../trace/features.ts');
  const features = probeFeatures().map((feature) => ({ ...feature, needed: needed.includes(feature.name) }));
  return answerOf(machine, features, refusalsOf(machine, features));
};

const answerOf = (machine: Machine, features: DoctorReport['features'], refusals: readonly Refusal[]): DoctorReport => {
  const all = [...refusals, ...launchRefusalsOf(features)];
  return {
    machine,
    features,
    backend: refusals.length === 0 ? 'bpf' : null,
    refusals,
    launch: { ok: all.length === 0, refusals: all },
  };
};

/** What keeps a trace from starting programs beyond what keeps it from anything. */
export const launchRefusalsOf = (features: DoctorReport['features']): Refusal[] => {
  const types = features.find(({ name }) => name === 'kernel-btf')?.support;
  if (types === undefined || types.ok) return [];
  return [
    {
      reason: `starting a program under observation needs the kernel's type information (${types.reason})`,
      fixes: ['start it by hand, then rsym trace … -p PID', 'a kernel built with CONFIG_DEBUG_INFO_BTF'],
    },
  ];
};

type Refused = { readonly name: FeatureName; readonly reason: string; readonly error: string | null };

/**
 * One refusal for the namespace, one for lack of rights, which explains every feature it takes away, and one for each
 * missing feature.
 */
export const refusalsOf = (machine: Machine, features: DoctorReport['features']): Refusal[] => {
  const failed = features.flatMap(({ name, needed, support }): Refused[] =>
    needed && !support.ok ? [{ name, reason: support.reason, error: support.error }] : [],
  );
  const isDenied = ({ error }: Refused): boolean => error === 'EPERM' || error === 'EACCES';
  const denied = failed.filter(isDenied);
  return [
    ...(machine.pidNamespace === 'nested' ? [otherNumbers(machine)] : []),
    ...(denied.length === 0 ? [] : [lackOfRights(machine, denied)]),
    ...failed.filter((feature) => !isDenied(feature)).map(missing),
  ];
};

const otherNumbers = ({ container }: Machine): Refusal => ({
  reason: 'this is a nested PID namespace: the kernel’s probes know processes by other numbers than are seen here',
  fixes: ['run rsym on the host', ...(container?.startsWith('Docker') ? ['docker run --pid=host …'] : [])],
});

const missing = ({ name, reason, error }: Refused): Refusal => {
  if (name === 'uprobe-multi' && (error === 'EINVAL' || error === 'EOPNOTSUPP' || error === 'ENOTSUPP'))
    return {
      reason: `this kernel has no uprobe_multi links (${reason})`,
      fixes: ['a kernel from 6.6 on, built with CONFIG_UPROBE_EVENTS and CONFIG_BPF_EVENTS'],
    };
  if (error === 'ENOSYS')
    return {
      reason: `the system call is missing or filtered away (${reason})`,
      fixes: ['a kernel built with CONFIG_BPF_SYSCALL; in a container: a seccomp profile that allows bpf'],
    };
  return { reason: `${name} does not work (${reason})`, fixes: [] };
};

const lackOfRights = (machine: Machine, denied: readonly Refused[]): Refusal => {
  const what = denied[0]?.reason ?? '';
  const holds = (name: string): boolean => machine.capabilities.some((c) => c.name === name && c.held);
  if (!isEnough(holds)) {
    const lacking = ['CAP_BPF', 'CAP_PERFMON'].filter((name) => !holds(name)).join(' and ');
    return { reason: `this process lacks ${lacking} (${what})`, fixes: waysToRights(machine) };
  }
  if (machine.userNamespace)
    return {
      reason: `the capabilities hold only inside this user namespace (${what})`,
      fixes: ['run rsym outside the user namespace, as root of the host'],
    };
  if (machine.seccomp === 'filter')
    return {
      reason: `the capabilities are there, so a seccomp filter refuses (${what})`,
      fixes: ['docker run --security-opt seccomp=unconfined --cap-add BPF --cap-add PERFMON --pid=host …'],
    };
  if (machine.lockdown === 'confidentiality')
    return {
      reason: `kernel lockdown forbids reading memory (${what})`,
      fixes: ['boot without lockdown=confidentiality'],
    };
  return {
    reason: `the capabilities are there, but a security module refuses (${what})`,
    fixes: ['sudo dmesg | tail', 'sudo ausearch -m avc -ts recent'],
  };
};

const isEnough = (has: (name: string) => boolean): boolean =>
  has('CAP_SYS_ADMIN') || (has('CAP_BPF') && has('CAP_PERFMON'));

/** The second way for an ordinary user grants two rights to one run only; the programs that it starts inherit them. */
const waysToRights = ({ uid, container, capabilities }: Machine): string[] => {
  const obtainable = isEnough((name) => capabilities.some((c) => c.name === name && c.obtainable));
  if (!obtainable)
    return [
      container === null
        ? 'start this session with CAP_BPF and CAP_PERFMON in its bounding set: now not even root gets them here'
        : 'docker run --cap-add BPF --cap-add PERFMON --pid=host …',
    ];
  const caps = '--inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon';
  return uid === 0
    ? ['start rsym from a root shell that still has its capabilities']
    : ['sudo rsym …', `sudo setpriv --reuid=${uid} --init-groups ${caps} rsym …`];
};
