import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'vitest';

const versionFlag = {
  rustc: '--version',
  cc: '--version',
  nm: '--version',
  'llvm-nm': '--version',
  objdump: '--version',
  readelf: '--version',
  rustfilt: '--version',
  'c++filt': '--version',
  bpftrace: '--version',
  gdb: '--version',
  setpriv: '--version',
  tmux: '-V',
} as const;

type Tool = keyof typeof versionFlag;
export type Feature = Tool | 'kernel' | 'root' | 'shared';

const sharedDir = fileURLToPath(new URL('../../../shared', import.meta.url));

/** A file of the folder that may lie beside the project; ask `need('shared')` first. */
export const sharedPath = (name: string): string => `${sharedDir}/${name}`;

// Bits of CapEff, linux/capability.h.
const CAP_SYS_ADMIN = 21n;
const CAP_PERFMON = 38n;
const CAP_BPF = 39n;

/** Why this process can't trace through the kernel; null when nothing speaks against it. */
const kernelLack = (): string | null => {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `${process.platform} ${process.arch} isn't x86-64 Linux`;
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'no /sys/kernel/btf/vmlinux';
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
  kernel: kernelLack,
  root: () => (process.getuid?.() === 0 ? null : 'not run as root'),
  shared: () => (existsSync(sharedDir) ? null : 'no folder ../shared beside the project'),
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
  body: () => void | Promise<void>,
  timeout?: number,
): void => {
  const decided = verdict(features);
  if (decided.act === 'run') test(name, body, timeout);
  else insteadOf(name, decided);
};
