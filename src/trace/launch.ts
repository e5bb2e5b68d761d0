import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { RsymError } from '../base/errors.ts';
import { inheritedFiles } from '../base/inherited-files.ts';
import { sanitize } from '../base/text.ts';
import type { ProgramEnd } from './event.ts';
import type { ProcessScope } from './process-scope.ts';
import { isOver, processStat } from './process-stat.ts';
import { OutputPipes, type ProgramOutput } from './program-output.ts';
import { addressOf, syscall } from './sys/libc.ts';
import { NR, RLIMIT_NOFILE } from './sys/uapi.ts';

export type Command = {
  readonly file: string;
  /** What the program finds as its own name, argv[0]. */
  readonly name: string;
  readonly args: readonly string[];
  readonly output: ProgramOutput;
};

/** A program started by rsym, stopped before its first instruction until {@link resume}. */
export type Launched = {
  readonly pid: number;
  /** See ProcessStat. */
  readonly startTime: string;
  readonly resume: () => void;
  readonly kill: () => void;
  readonly ended: Promise<ProgramEnd>;
  /** The pipes of its output, where that has a reader. */
  readonly output: OutputPipes | null;
  /** Waits for its end, but not longer than so many ms. */
  readonly endsWithin: (ms: number) => Promise<void>;
  /** Lets rsym end before the program does. */
  readonly release: () => void;
};

const stopTimeoutMs = 10_000;
const pollMs = 1;

const cannotStart = (file: string, error: NodeJS.ErrnoException): RsymError =>
  new RsymError('process', `cannot run ${sanitize(file)}`, {
    reason:
      error.code === 'ENOENT'
        ? 'there is no such program'
        : error.code === 'EACCES'
          ? 'it is not executable (EACCES)'
          : error.code === 'ENOEXEC'
            ? 'it is not a program this system can run (ENOEXEC)'
            : `${error.code ?? error.message}`,
    cause: error,
  });

type Stdio = 'ignore' | 'inherit' | number;

/** Where its output isn't shown as it is, the terminal's keys aren't its own either. */
const streamsOf = (output: ProgramOutput, pipes: OutputPipes | null): [Stdio, Stdio, Stdio] => {
  if (pipes !== null) return ['ignore', ...pipes.writeEnds];
  if (output === 'stderr') return ['inherit', 2, 2];
  return output === 'inherit' ? ['inherit', 'inherit', 'inherit'] : ['ignore', 'ignore', 'ignore'];
};

/**
 * A program whose output has a reader is in a session of its own, without a terminal: that belongs to whoever reads, and
 * its hangup, its keys and a write to /dev/tty are no matter between it and the program.
 */
const start = async (command: Command, pipes: OutputPipes | null): Promise<ChildProcess> => {
  try {
    const stdio: Stdio[] = streamsOf(command.output, pipes);
    // At the same numbers; Node leaves the places between them closed.
    for (const fd of inheritedFiles()) stdio[fd] = fd;
    for (let fd = 0; fd < stdio.length; fd++) stdio[fd] ??= 'ignore';
    const child = spawn(command.file, [...command.args], { stdio, argv0: command.name, detached: pipes !== null });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return child;
  } catch (error) {
    throw cannotStart(command.file, error as NodeJS.ErrnoException);
  } finally {
    pipes?.begin();
  }
};

const openFiles = (pid: number | 'self'): { soft: bigint; hard: bigint } | null => {
  try {
    const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1')) ?? [];
    return soft === undefined || hard === undefined ? null : { soft: BigInt(soft), hard: BigInt(hard) };
  } catch {
    return null; // another user's process
  }
};

/**
 * Node raises its own soft limit of open files to the hard one, and a program would inherit that; it gets back the
 * one that rsym was started under, as far as that can be told: its parent's, and never more than was allowed.
 */
const restoreLimit = (pid: number): void => {
  const parent = openFiles(process.ppid);
  const own = openFiles('self');
  if (!parent || !own) return;
  let soft = parent.soft;
  if (soft > own.hard) soft = own.hard;
  const limit = Buffer.from(new BigUint64Array([soft, own.hard]).buffer);
  syscall(NR.prlimit64, pid, RLIMIT_NOFILE, addressOf(limit), 0);
};

/** Sends a signal to a process that may be gone by now. */
const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/**
 * Starts a program that the kernel stops at its `execve`, in the scope. The stop is a SIGSTOP that a BPF
 * program sends from inside the new process, so there is neither a shell nor a moment in which it runs unwatched.
 */
export const launch = async (scope: ProcessScope, command: Command): Promise<Launched> => {
  const armed = scope.armLaunch(process.pid);
  try {
    const pipes = typeof command.output === 'function' ? new OutputPipes(command.output) : null;
    const child = await start(command, pipes);
    const pid = child.pid ?? 0;
    restoreLimit(pid);
    const ended = new Promise<ProgramEnd>((resolve) => {
      child.once('exit', (status, signal) => resolve({ pid, status, signal }));
    });
    const deadline = Date.now() + stopTimeoutMs;
    let stat = processStat(pid);
    while (stat?.state !== 'T') {
      if (Date.now() > deadline || isOver(stat?.state)) {
        signal(pid, 'SIGKILL');
        throw new RsymError('process', `cannot start ${sanitize(command.file)} under observation`, {
          reason: 'it did not stop at its first instruction',
          hints: ['start it by hand and use -p PID'],
        });
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      stat = processStat(pid);
    }
    const endsWithin = async (ms: number): Promise<void> => {
      let timer: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([ended, over]);
      clearTimeout(timer);
    };
    return {
      pid,
      startTime: stat.startTime,
      ended,
      output: pipes,
      endsWithin,
      resume: () => signal(pid, 'SIGCONT'),
      kill: () => signal(pid, 'SIGKILL'),
      release: () => child.unref(),
    };
  } finally {
    armed[Symbol.dispose]();
  }
};
