import type { Writable } from 'node:stream';
import { RsymError } from '../base/errors.ts';
import { jsonText } from '../report/json.ts';
import { makePalette, type Palette, wantsColour } from '../report/terminal-colour.ts';

/** The reader of an output went away (`rsym ls … | head`): the command stops, quietly, with exit status 0. */
export class ClosedPipe extends Error {
  constructor() {
    super('the reader closed the pipe');
    this.name = 'ClosedPipe';
  }
}

/** Whether a write failed only because nobody reads any more. */
export const isClosedPipe = (error: unknown): boolean =>
  error instanceof ClosedPipe ||
  (error instanceof Error && ['EPIPE', 'ERR_STREAM_DESTROYED'].includes((error as NodeJS.ErrnoException).code ?? ''));

type Chunk = Uint8Array | string;

// Small chunks are joined: one system call for each line would cost more than making the line.
const blockSize = 1 << 16;

/**
 * Writes everything in order and waits whenever the reader is slow, so that memory stays flat. Resolves when the
 * last byte is handed over; rejects with ClosedPipe when the reader is gone.
 */
export const writeAll = async (
  chunks: Iterable<Chunk> | AsyncIterable<Chunk>,
  to: Writable = process.stdout,
): Promise<void> => {
  let block: string[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    if (size === 0) return;
    const text = block.join('');
    block = [];
    size = 0;
    await write(to, text);
  };
  const take = (chunk: Chunk): Promise<void> | undefined => {
    if (typeof chunk !== 'string') return flush().then(() => write(to, chunk));
    block.push(chunk);
    size += chunk.length;
    return size >= blockSize ? flush() : undefined;
  };
  if (Symbol.asyncIterator in chunks) {
    for await (const chunk of chunks) {
      await take(chunk);
      // The next chunk may be a long time coming: what is here must be seen now.
      await flush();
    }
  } else {
    for (const chunk of chunks) {
      const written = take(chunk);
      if (written) await written;
    }
  }
  await flush();
};

/** A full disk and its like: the user's to mend, no defect of rsym. */
const unwritable = (cause: Error): RsymError =>
  new RsymError('input', 'cannot write the output', { reason: cause.message, cause });

/** Writes one piece of text; rejects with ClosedPipe when the reader is gone, with RsymError on other failures. */
export const write = (to: Writable, chunk: Chunk): Promise<void> =>
  new Promise((done, fail) => {
    to.write(chunk, (error) => {
      if (!error) done();
      else fail(isClosedPipe(error) ? new ClosedPipe() : unwritable(error));
    });
  });

/** One JSON document and a line end. Bigints must already be strings: schema 1 decides that by type. */
export const writeJson = (document: object, to: Writable = process.stdout): Promise<void> =>
  write(to, `${jsonText(document)}\n`);

type Stream = Writable & { readonly isTTY?: boolean };

/** The palette for a stream: colour only where NO_COLOR, FORCE_COLOR and the terminal say so. */
export const paletteFor = (stream: Stream): Palette => makePalette(wantsColour(process.env, stream.isTTY === true));
