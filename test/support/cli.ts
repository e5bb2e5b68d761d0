import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command, as a user of the package gets it. */
export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

type Options = {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Milliseconds; a run that takes longer is a hang. */
  readonly timeout?: number;
};

export type Run = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** Runs rsym to its end. The environment's own colour settings are taken away, so that tests say what they mean. */
export const rsym = (args: readonly string[], { input = '', env = {}, cwd, timeout = 30_000 }: Options = {}): Run => {
  const { NO_COLOR: _n, FORCE_COLOR: _f, RSYM_DEBUG: _d, ...inherited } = process.env;
  const done = spawnSync(process.execPath, [program, ...args], {
    input,
    env: { ...inherited, ...env },
    cwd,
    timeout,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  if (done.error) throw done.error;
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
};
