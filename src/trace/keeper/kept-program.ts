import type { Socket } from 'node:net';
import type { OwnedFd } from '../sys/fd.ts';
import type { StartedProgram } from './started-program.ts';

/**
 * A started program, as the process that holds the probes knows it: where rsym ends, the program must neither stay stopped
 * nor find its pipes closed.
 */
export class KeptProgram {
  readonly #program: StartedProgram;
  readonly #pipes: readonly OwnedFd[];
  #isResumed = false;

  /** `pipes`: read ends of its output, read by rsym as long as that lives; none where the output has no reader. */
  constructor(program: StartedProgram, pipes: readonly OwnedFd[]) {
    this.#program = program;
    this.#pipes = pipes;
  }

  /** Where it is to run, whoever stops it may want it stopped. */
  told(isResumed: boolean): void {
    this.#isResumed = isResumed;
  }

  /** Lets it run, if rsym didn't come to that. */
  resume(): void {
    if (!this.#isResumed) this.#program.signal('SIGCONT');
    this.#isResumed = true;
  }

  /** Reads what it writes; resolves when all of its pipes are closed, at once where there are none. */
  async drain(): Promise<void> {
    if (this.#pipes.length === 0) return;
    // Not before it is needed: a trace's begin waits until this process is ready.
    const { Socket } = await import('node:net');
    await Promise.all(
      this.#pipes.map(({ value: fd }) => readToEnd(new Socket({ fd, readable: true, writable: false }))),
    );
  }
}

const readToEnd = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    // Reading a pipe fails only where it is no more.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });
