import { spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Target } from './target.js';

const pollMs = 20;
const attachMs = 30_000;
/** bpftrace plants one probe after the other; the target shows only the first of them. */
const settleMs = 400;
const quietMs = 400;
/** A tenth of a CPU: both sides look at their buffers from time to time. */
const quietNs = quietMs * 1e5;
const drainMs = 60_000;
const exitMs = 10_000;

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

export const waitFor = async (condition, limitMs, what) => {
  for (let waited = 0; !condition(); waited += pollMs) {
    if (waited >= limitMs) throw new Error(`${what} after ${limitMs / 1000} s`);
    await sleep(pollMs);
  }
};

export class Tracer {
  #child;
  #log;

  constructor([file, ...args], environment, log) {
    this.#log = log;
    const fd = openSync(log, 'w');
    this.#child = spawn(file, args, { stdio: ['ignore', fd, fd], env: { ...process.env, ...environment } });
    closeSync(fd);
  }

  get isRunning() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get said() {
    return readFileSync(this.#log, 'utf8');
  }

  signal(name) {
    if (this.isRunning) this.#child.kill(name);
  }

  /** Time on a CPU so far, over all threads, ns. The first number of `schedstat` (Documentation/scheduler/sched-stats). */
  cpuNs() {
    const tasks = `/proc/${this.#child.pid}/task`;
    const spent = (task) => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]);
    return readdirSync(tasks).reduce((sum, task) => sum + spent(task), 0);
  }
}

/** Until the tracer has written all that it has: its file has stopped growing, and it has little to do. */
export const drained = async (tracer, path) => {
  let last = { size: -1, cpuNs: 0 };
  for (let waited = 0; waited < drainMs; waited += quietMs) {
    const now = { size: sizeOf(path), cpuNs: tracer.cpuNs() };
    if (now.size === last.size && now.cpuNs - last.cpuNs < quietNs) return;
    last = now;
    await sleep(quietMs);
  }
};

/**
 * Runs the target under a tracer and waits until the tracer has written everything. `onCpuNs` is the part of the
 * slowdown that the target spent on a CPU, `cpuNs` what the tracer did meanwhile and until it had written all.
 *
 * @param {{path: string, calls: number, command: (pid: number) => readonly string[], env?: object, output: string, log: string}} what
 * @returns {Promise<{slowdownNs: number, onCpuNs: number, cpuNs: number, written: string, said: string}>}
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
    const cpuBefore = tracer.cpuNs();
    const watched = await target.watch();
    await drained(tracer, output);
    const cpuNs = tracer.cpuNs() - cpuBefore;
    await target.end();
    await sleep(settleMs);
    tracer.signal('SIGINT');
    await waitFor(() => !tracer.isRunning, exitMs, 'the tracer has not ended');
    return {
      slowdownNs: watched.wallNs - target.unwatched.wallNs,
      onCpuNs: watched.cpuNs - target.unwatched.cpuNs,
      cpuNs,
      written: readFileSync(output, 'utf8'),
      said: tracer.said,
    };
  } finally {
    clear();
    process.removeListener('exit', clear);
  }
};
