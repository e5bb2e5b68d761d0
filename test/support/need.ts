import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, type TestContext, test } from 'vitest';
import { inNestedPidNamespace } from '../../src/query/machine.ts';

/** Tools that tests compare with or lean on, and how each tells its version: that proves more than a file in PATH. */
const versionFlag = {
  addr2line: '--version',
  bash: '--version',
  bpftrace: '--version',
  'c++': '--version',
  'c++filt': '--version',
  cargo: '--version',
  cc: '--version',
  find: '--version',
  fish: '--version',
  gdb: '--version',
  'llvm-ar': '--version',
  'llvm-dwarfdump': '--version',
  'llvm-mc': '--version',
  'llvm-nm': '--version',
  'llvm-symbolizer': '--version',
  ls: '--version',
  man: '--version',
  mandoc: '-Tascii',
  mkfifo: '--version',
  nm: '--version',
  npm: '--version',
  objcopy: '--version',
  objdump: '--version',
  readelf: '--version',
  rustc: '--version',
  rustfilt: '--version',
  setpriv: '--version',
  tar: '--version',
  taskset: '--version',
  tmux: '-V',
  unshare: '--version',
  zsh: '--version',
} as const;

type Tool = keyof typeof versionFlag;
export type Feature = Tool | 'linux' | 'kernel' | 'tracefs' | 'root' | 'shared';

/** The folder of test data that may lie beside the project; ask `need('shared')` first. */
export const shared = fileURLToPath(new URL('../../../shared', import.meta.url));

// Bits of CapEff, linux/capability.h.
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

const linuxLack = (): string | null =>
  process.platform === 'linux' && process.arch === 'x64'
    ? null
    : `${process.platform} ${process.arch} isn't x86-64 Linux`;

/** Why this process can't trace through the kernel; null when nothing speaks against it. */
const kernelLack = (): string | null => {
  const otherSystem = linuxLack();
  if (otherSystem !== null) return otherSystem;
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'no /sys/kernel/btf/vmlinux';
  if (inNestedPidNamespace()) return 'a nested PID namespace';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const has = (bit: bigint): boolean => ((BigInt(`0x${effective}`) >> bit) & 1n) === 1n;
  return has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON)) ? null : 'neither root nor CAP_BPF and CAP_PERFMON';
};

const toolLack = (tool: Tool): string | null => {
  const { error, status } = spawnSync(tool, [versionFlag[tool]], { stdio: 'ignore', timeout: 20_000 });
  if (error) return `can't run it: ${error.message}`;
  return status === 0 ? null : `${tool} ${versionFlag[tool]} ended with status ${status}`;
};

const special: Record<Exclude<Feature, Tool>, () => string | null> = {
  linux: linuxLack,
  kernel: kernelLack,
  tracefs: () => (existsSync('/sys/kernel/tracing/events') ? null : 'tracefs is not mounted'),
  root: () => (process.getuid?.() === 0 ? null : 'not run as root'),
  shared: () => (existsSync(shared) ? null : 'no folder ../shared beside the project'),
};

const isTool = (feature: Feature): feature is Tool => feature in versionFlag;
const answers = new Map<Feature, string | null>();

/** Why a feature isn't there, in words; null when it is. */
export const need = (feature: Feature): string | null => {
  const known = answers.get(feature);
  if (known !== undefined) return known;
  const lack = isTool(feature) ? toolLack(feature) : special[feature]();
  answers.set(feature, lack);
  return lack;
};

/** Features named in RSYM_REQUIRE (`kernel,rustc`): without one of these, tests fail instead of being skipped. */
const requiredFeatures = (list = process.env['RSYM_REQUIRE'] ?? ''): string[] => {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !(name in versionFlag) && !(name in special));
  if (unknown !== undefined) throw new Error(`RSYM_REQUIRE names ${unknown}, which is no feature`);
  return names;
};

/** What to do where `features` are needed. */
export const verdict = (features: readonly Feature[], list?: string): { act: 'run' | 'skip' | 'fail'; why: string } => {
  const required = requiredFeatures(list);
  const lacks = features.flatMap((feature) => {
    const lack = need(feature);
    return lack === null ? [] : [{ feature, lack }];
  });
  if (lacks.length === 0) return { act: 'run', why: '' };
  const why = lacks.map(({ feature, lack }) => `needs ${feature}: ${lack}`).join('; ');
  return { act: lacks.some(({ feature }) => required.includes(feature)) ? 'fail' : 'skip', why };
};

// A skipped group's body isn't run at all: it may well use what is missing.
const insteadOf = (name: string, { act, why }: ReturnType<typeof verdict>): void => {
  if (act === 'skip') test.skip(`${name} [${why}]`, () => undefined);
  else {
    test(name, () => {
      throw new Error(`${why} (required by RSYM_REQUIRE)`);
    });
  }
};

/** `describe`, where the features are there. */
export const describeNeeding = (features: readonly Feature[], name: string, body: () => void): void => {
  const decided = verdict(features);
  if (decided.act === 'run') describe(name, body);
  else insteadOf(name, decided);
};

/** `test`, where the features are there. */
export const testNeeding = (
  features: readonly Feature[],
  name: string,
  body: (context: TestContext) => void | Promise<void>,
  timeout?: number,
): void => {
  const decided = verdict(features);
  if (decided.act === 'run') test(name, body, timeout);
  else insteadOf(name, decided);
};

/** `testWith('kernel', 'bpftrace')(name, body)`: the same, for a row of tests with the same needs. */
export const testWith =
  (...features: readonly Feature[]) =>
  (name: string, body: (context: TestContext) => void | Promise<void>, timeout?: number): void =>
    testNeeding(features, name, body, timeout);
