import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';

export type ProcessOptions = {
  readonly input?: string | Uint8Array;
  /** Added to the inherited environment; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Replaces PATH. */
  readonly path?: string;
  /** Milliseconds after which a run counts as hung: an error, never a result. */
  readonly timeout?: number;
  /** Run as another user; needs root. */
  readonly uid?: number;
  readonly gid?: number;
};

export type Finished = {
  /** null when a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly stdoutBytes: Buffer;
  readonly stderrBytes: Buffer;
};

// Set by whoever runs the tests, or by the test runner (CI and NODE_ENV change how Ink and React behave);
// a test that means one sets it itself.
const notInherited = [
  'NO_COLOR',
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  'RSYM_DEBUG',
  'UPDATE_GOLDEN',
  'TMUX',
  'COLUMNS',
  'LINES',
].concat(['CI', 'CONTINUOUS_INTEGRATION', 'NODE_ENV', 'VITEST', 'NODE_OPTIONS']);

const spawnOptions = ({ env = {}, cwd, path, uid, gid }: ProcessOptions) => {
  const merged: NodeJS.ProcessEnv = { ...process.env };
  for (const name of notInherited) delete merged[name];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete merged[name];
    else merged[name] = value;
  }
  if (path !== undefined) merged['PATH'] = path;
  return { env: merged, cwd, ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
};

/** Runs a program to its end. Throws if it can't be started or hangs. */
export const run = (program: string, args: readonly string[] = [], options: ProcessOptions = {}): Finished => {
  const { input = '', timeout = 30_000 } = options;
  const done = spawnSync(program, args, {
    ...spawnOptions(options),
    input,
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
  });
  // A program that doesn't read its input to the end is no failure.
  if (done.error && (done.error as NodeJS.ErrnoException).code !== 'EPIPE') {
    throw new Error(`${[program, ...args].join(' ')}: ${done.error.message}\n${done.stderr ?? ''}`, {
      cause: done.error,
    });
  }
  const { status, signal, stdout: stdoutBytes, stderr: stderrBytes } = done;
  return { status, signal, stdout: stdoutBytes.toString(), stderr: stderrBytes.toString(), stdoutBytes, stderrBytes };
};

export type Running = {
  readonly pid: number;
  readonly child: ChildProcess;
  /** What has been written so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the match once the stream's whole text matches; rejects on its end or after `timeout` ms. */
  readonly waitFor: (
    pattern: RegExp | string,
    on?: { stream?: 'stdout' | 'stderr'; timeout?: number },
  ) => Promise<string>;
  readonly write: (text: string | Uint8Array) => void;
  readonly closeInput: () => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when it has ended and its streams are read. */
  readonly finished: Promise<Finished>;
  /** `await using` ends it, should the test fail half-way. */
  readonly [Symbol.asyncDispose]: () => Promise<void>;
};

/** Starts a program and leaves it running. Unlike `run`, its stdin stays open until `closeInput`. */
export const start = (program: string, args: readonly string[] = [], options: ProcessOptions = {}): Running => {
  const child = spawn(program, args, { ...spawnOptions(options), stdio: ['pipe', 'pipe', 'pipe'] });
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const text = (stream: 'stdout' | 'stderr'): string => Buffer.concat(chunks[stream]).toString();
  const watchers = new Set<() => void>();
  let ended = false;
  const wakeAll = (): void => {
    for (const watcher of [...watchers]) watcher();
  };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      chunks[stream].push(chunk);
      wakeAll();
    });
  }
  child.stdin.on('error', () => undefined); // it may end before it has read everything
  if (options.input !== undefined) child.stdin.write(options.input);

  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      ended = true;
      const [stdoutBytes, stderrBytes] = [Buffer.concat(chunks.stdout), Buffer.concat(chunks.stderr)];
      resolve({ status, signal, stdout: text('stdout'), stderr: text('stderr'), stdoutBytes, stderrBytes });
      wakeAll();
    });
  });
  finished.catch(() => undefined); // reported to whoever awaits it

  const waitFor: Running['waitFor'] = (pattern, { stream = 'stdout', timeout = 20_000 } = {}) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        watchers.delete(look);
      };
      const fail = (why: string): void => {
        stop();
        reject(
          new Error(
            `${why} before ${pattern} on ${stream}\n--- stdout\n${text('stdout')}\n--- stderr\n${text('stderr')}`,
          ),
        );
      };
      const look = (): void => {
        const found =
          typeof pattern === 'string' ? text(stream).includes(pattern) && pattern : pattern.exec(text(stream))?.[0];
        if (typeof found === 'string') {
          stop();
          resolve(found);
        } else if (ended) fail('it ended');
      };
      const timer = setTimeout(() => fail(`${timeout} ms passed`), timeout);
      watchers.add(look);
      look();
    });

  return {
    pid: child.pid ?? -1,
    child,
    stdout: () => text('stdout'),
    stderr: () => text('stderr'),
    waitFor,
    write: (input) => void child.stdin.write(input),
    closeInput: () => void child.stdin.end(),
    kill: (signal) => void child.kill(signal),
    finished,
    [Symbol.asyncDispose]: async () => {
      if (!ended) child.kill('SIGKILL');
      await finished.catch(() => undefined);
    },
  };
};

/** What this process has open, as `/proc/self/fd` says: compare before and after to find a leak. */
export const openDescriptors = (): string[] =>
  readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return []; // the descriptor that listed the folder
      }
    })
    .sort();
