import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { installed } from './installed.js';
import { Target } from './target.js';

const pollMs = 20;
const attachMs = 30_000;
/** bpftrace plants one probe after the other; the target shows only the first of them. */
const settleMs = 400;
const quietMs = 400;
const drainMs = 60_000;
const exitMs = 10_000;

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const waitFor = async (condition, limitMs, what) => {
  for (let waited = 0; !condition(); waited += pollMs) {
    if (waited >= limitMs) throw new Error(`${what} after ${limitMs / 1000} s`);
    await sleep(pollMs);
  }
};

/** Until the file has stopped growing: the tracer has written all that it has. */
const drained = async (path) => {
  let size = -1;
  for (let quiet = 0, waited = 0; quiet < quietMs && waited < drainMs; waited += pollMs) {
    const now = sizeOf(path);
    quiet = now === size ? quiet + pollMs : 0;
    size = now;
    await sleep(pollMs);
  }
};

class Tracer {
  #child;
  #stderr;
  #usage;

  constructor(command, environment, log) {
    this.#stderr = log;
    this.#usage = `${log}.usage`;
    const time = installed('time');
    const fd = openSync(log, 'w');
    const [file, ...args] = time === null ? command : [time, '-f', '%U %S', '-o', this.#usage, ...command];
    // A group of its own: `time` passes no signal on, so the group is signalled.
    const env = { ...process.env, ...environment };
    this.#child = spawn(file, args, { stdio: ['ignore', fd, fd], env, detached: true });
    closeSync(fd);
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get said() {
    return readFileSync(this.#stderr, 'utf8');
  }

  signal(name) {
    if (this.isRunning) process.kill(-this.#child.pid, name);
  }

  /** User and system time of the whole run, µs; null without `/usr/bin/time`. */
  get cpuMicroseconds() {
    if (installed('time') === null) return null;
    const [user, system] = readFileSync(this.#usage, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
    return (user + system) * 1e6;
  }
}

/**
 * Runs the target under a tracer and waits until the tracer has written everything.
 *
 * @param {{path: string, calls: number, command: (pid: number) => readonly string[], env?: object, output: string, log: string}} what
 * @returns {Promise<{slowdownNs: number, cpuUs: number | null, written: string, said: string}>}
 */
export const watchTarget = async ({ path, calls, command, env = {}, output, log }) => {
  const target = await Target.start(path, calls);
  const tracer = new Tracer(command(target.pid), env, log);
  const clear = () => {
    target.kill();
    tracer.signal('SIGKILL');
  };
  process.once('exit', clear);
  try {
    await waitFor(() => !tracer.isRunning || target.isProbed(), attachMs, 'no probe');
    if (!tracer.isRunning) throw new Error(`the tracer ended: ${tracer.said.trim()}`);
    await sleep(settleMs);
    const watched = await target.watch();
    await drained(output);
    await target.end();
    await sleep(settleMs);
    tracer.signal('SIGINT');
    await waitFor(() => !tracer.isRunning, exitMs, 'the tracer has not ended');
    return {
      slowdownNs: watched - target.unwatched,
      cpuUs: tracer.cpuMicroseconds,
      written: readFileSync(output, 'utf8'),
      said: tracer.said,
    };
  } finally {
    clear();
    process.removeListener('exit', clear);
  }
};
