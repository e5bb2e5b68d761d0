import type { Socket } from 'node:net';
import type { OwnedFd } from '../sys/fd.ts';

/**
 * A started program, as the process that holds the probes knows it: where rsym ends, the program must neither stay stopped
 * nor find its pipes closed.
 */
export class KeptProgram {
  readonly #pid: number;
  readonly #pipes: readonly OwnedFd[];
  #isResumed = false;

  /** `pid`: also of its process group. `pipes`: read ends of its output, read by rsym as long as that lives. */
  constructor(pid: number, pipes: readonly OwnedFd[]) {
    this.#pid = pid;
    this.#pipes = pipes;
  }

  /** Where it is to run, whoever stops it may want it stopped. */
  told(isResumed: boolean): void {
    this.#isResumed = isResumed;
  }

  /** Lets it run, if rsym didn't come to that, and reads what it writes; resolves when all of its pipes are closed. */
  async drain(): Promise<void> {
    if (!this.#isResumed) this.#resume();
    // Not before it is needed: a trace's begin waits until this process is ready.
    const { Socket } = await import('node:net');
    await Promise.all(
      this.#pipes.map(({ value: fd }) => readToEnd(new Socket({ fd, readable: true, writable: false }))),
    );
  }

  #resume(): void {
    try {
      process.kill(-this.#pid, 'SIGCONT');
    } catch {
      // It has ended.
    }
  }
}

const readToEnd = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    // Reading a pipe fails only where it is no more.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
