import { type SpawnOptions, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { RsymError } from '../base/errors.ts';
import { OwnedFd } from './sys/fd.ts';
import { addressOf, syscall } from './sys/libc.ts';
import { errnoName, NR, O_CLOEXEC } from './sys/uapi.ts';

export type ProgramStream = 'stdout' | 'stderr';

/** Is given what a started program writes, as it comes; the bytes are its own. */
export type OutputReader = (from: ProgramStream, bytes: Uint8Array) => void;

/**
 * Where a started program's stdout and stderr go: both to rsym's stderr, to rsym's own streams, nowhere, or to a reader;
 * only in the first two cases is its stdin rsym's, else it is empty.
 */
export type ProgramOutput = 'stderr' | 'inherit' | 'ignore' | OutputReader;

/** Bytes that are read of a stream at once, and how long then nothing is: whoever writes more waits, as for a terminal. */
const atOnce = 128 << 10;
const restMs = 5;

const makePipe = (): { readonly read: OwnedFd; readonly write: OwnedFd } => {
  const ends = Buffer.alloc(8);
  const made = syscall(NR.pipe2, addressOf(ends), O_CLOEXEC);
  if (!made.ok) throw new RsymError('unsupported', 'cannot make a pipe', { reason: `pipe2: ${errnoName(made.errno)}` });
  return { read: new OwnedFd(ends.readInt32LE(0)), write: new OwnedFd(ends.readInt32LE(4)) };
};

/** Reads a pipe to its end; for a process that does nothing else. */
const drain = 'process.stdin.resume()';

/**
 * The pipes of a started program's output. Node's own are sockets, which a program can't open again as /dev/stdout.
 *
 * A program whose pipe nobody reads is ended by its next write (SIGPIPE), and one that outlives rsym mustn't be. So the
 * process that holds the probes has the read ends too, and reads them once rsym has ended, in whatever way. Where there is
 * no such process, one that reads is started at this one's end; then a program doesn't outlive `kill -9` of rsym.
 */
export class OutputPipes {
  readonly #pipes = { stdout: makePipe(), stderr: makePipe() };
  readonly #open = new Set<number>();
  readonly #read: OutputReader;
  #isKept: () => boolean = () => false;
  #close: () => void = () => undefined;
  /** Resolves when the program and all that it gave its ends to have closed them. */
  readonly closed = new Promise<void>((resolve) => {
    this.#close = resolve;
  });

  constructor(read: OutputReader) {
    this.#read = read;
  }

  /** For the program. */
  get writeEnds(): readonly [number, number] {
    return [this.#pipes.stdout.write.value, this.#pipes.stderr.write.value];
  }

  /** To be given to another process, as long as they are open. */
  get readEnds(): readonly OwnedFd[] {
    return [this.#pipes.stdout.read, this.#pipes.stderr.read].filter(({ value }) => this.#open.has(value));
  }

  /** Another process has the read ends too; `isKept`: it is there still. */
  keptWhile(isKept: () => boolean): void {
    this.#isKept = isKept;
  }

  /** The program has its ends, or there is none: what it writes is read until all ends are closed. */
  begin(): void {
    process.on('exit', this.#handOver);
    for (const from of ['stdout', 'stderr'] as const) {
      this.#pipes[from].write[Symbol.dispose]();
      this.#follow(from, this.#pipes[from].read.value);
    }
  }

  #follow(from: ProgramStream, fd: number): void {
    this.#open.add(fd);
    // It owns the descriptor from here on.
    const socket = new Socket({ fd, readable: true, writable: false });
    let taken = 0;
    socket.on('data', (bytes: Buffer) => {
      this.#read(from, bytes);
      taken += bytes.length;
      if (taken < atOnce) return;
      taken = 0;
      socket.pause();
      setTimeout(() => socket.resume(), restMs).unref();
    });
    // Reading a pipe fails only where it is no more.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#open.delete(fd);
      if (this.#open.size > 0) return;
      process.off('exit', this.#handOver);
      this.#close();
    });
    socket.unref();
  }

  readonly #handOver = (): void => {
    if (this.#isKept()) return;
    for (const fd of this.#open) {
      try {
        const options: SpawnOptions = { stdio: [fd, 'ignore', 'ignore'], detached: true, cwd: '/' };
        spawn(process.execPath, ['-e', drain], options).on('error', () => undefined);
      } catch {
        // Without it the program is left to its own handling of a closed pipe.
      }
    }
  };
}
