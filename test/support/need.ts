import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestContext, test } from 'vitest';

/** Things a test may need that not every machine has. A tool is there when PATH has it. */
const conditions = {
  linux: () => (process.platform === 'linux' && process.arch === 'x64' ? undefined : 'not Linux on x86-64'),
  root: () => (process.getuid?.() === 0 ? undefined : 'not root'),
  kernel: () => conditions.linux() ?? (mayTrace() ? undefined : 'neither CAP_SYS_ADMIN nor CAP_BPF with CAP_PERFMON'),
  tracefs: () => (existsSync('/sys/kernel/tracing/events') ? undefined : 'tracefs is not mounted'),
  shared: () => (existsSync(shared) ? undefined : 'no folder shared/ beside the project'),
} satisfies Record<string, () => string | undefined>;

const tools = [
  'bpftrace',
  'rustc',
  'cargo',
  'rustfilt',
  'c++filt',
  'nm',
  'llvm-nm',
  'gdb',
  'tmux',
  'cc',
  'setpriv',
  'unshare',
  'npm',
] as const;

export type Feature = keyof typeof conditions | (typeof tools)[number];

/** The folder of test data that may lie beside the project. */
export const shared = fileURLToPath(new URL('../../../shared', import.meta.url));

/** Capability bits of linux/capability.h: 21 CAP_SYS_ADMIN, 38 CAP_PERFMON, 39 CAP_BPF. */
const mayTrace = (): boolean => {
  const held = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`);
  const has = (bit: bigint): boolean => ((held >> bit) & 1n) === 1n;
  return has(21n) || (has(38n) && has(39n));
};

const isInPath = (tool: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });

/** Why a feature is missing here; nothing when it is there. */
export const missing = (feature: Feature): string | undefined =>
  feature in conditions
    ? conditions[feature as keyof typeof conditions]()
    : isInPath(feature)
      ? undefined
      : `no ${feature} in PATH`;

const required = new Set((process.env['RSYM_REQUIRE'] ?? '').split(',').map((name) => name.trim()));

/** Skips the running test, naming what is missing; a failure when RSYM_REQUIRE (comma-separated) lists the feature. */
export const need = (context: TestContext, ...features: readonly Feature[]): void => {
  for (const feature of features) {
    const reason = missing(feature);
    if (reason === undefined) continue;
    if (required.has(feature)) throw new Error(`RSYM_REQUIRE lists ${feature}, but: ${reason}`);
    context.skip(`needs ${feature}: ${reason}`);
  }
};

/** `testWith('kernel', 'bpftrace')('name', () => …)`: a test that runs where these features are. */
export const testWith =
  (...features: readonly Feature[]) =>
  (name: string, body: (context: TestContext) => unknown, timeout?: number): void =>
    test(
      name,
      async (context) => {
        need(context, ...features);
        await body(context);
      },
      timeout,
    );
