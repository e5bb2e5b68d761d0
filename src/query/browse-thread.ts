import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ownFile } from '../base/own-file.ts';
import { BrowseIndex, type BrowseListing, type RowDetails } from './browse-index.ts';

/** What the thread says: once what it read, then an answer to each question. */
export type ThreadMessage =
  | { readonly kind: 'listing'; readonly listing: BrowseListing }
  | { readonly kind: 'details'; readonly details: readonly RowDetails[] };

/** What is told of the reading. */
export type IndexListener = {
  readonly listing: (listing: BrowseListing) => void;
  readonly details: (details: readonly RowDetails[]) => void;
  /** There is no thread: it is read here, which keeps everything else waiting for a while. */
  readonly inPlace: () => void;
  /** It can't be read at all. */
  readonly failed: (error: unknown) => void;
};

/** Asks a {@link BrowseIndex} in a thread of its own ({@link file://./browse-worker.ts}); without one, in place. */
export class BrowseThread implements Disposable {
  readonly #path: string;
  readonly #listener: IndexListener;
  #worker: Worker | null = null;
  #index: BrowseIndex | null = null;
  #isClosed = false;
  /** A question is being answered, and this is the next: of those that came meanwhile only the last. */
  #isBusy = true;
  #next: readonly number[] | null = null;

  constructor(path: string, listener: IndexListener) {
    this.#path = path;
    this.#listener = listener;
    const worker = startWorker(path);
    if (worker === null) {
      this.#readInPlace();
      return;
    }
    this.#worker = worker;
    // Nobody waits for it who leaves.
    worker.unref();
    worker.on('message', (message: ThreadMessage) => this.#heard(message));
    worker.on('error', () => this.#readInPlace());
  }

  /** Asks for these; who asks again before the answer comes is told of the last. */
  ask(rows: readonly number[]): void {
    this.#next = rows;
    this.#askNext();
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#worker?.terminate().catch(() => undefined);
    this.#index?.[Symbol.dispose]();
  }

  #heard(message: ThreadMessage): void {
    if (this.#isClosed) return;
    this.#isBusy = false;
    if (message.kind === 'listing') this.#listener.listing(message.listing);
    else this.#listener.details(message.details);
    this.#askNext();
  }

  #askNext(): void {
    const rows = this.#next;
    if (rows === null || this.#isBusy || this.#isClosed) return;
    this.#next = null;
    this.#isBusy = true;
    if (this.#worker) this.#worker.postMessage(rows);
    else setImmediate(() => this.#answer(rows));
  }

  #answer(rows: readonly number[]): void {
    if (this.#index === null || this.#isClosed) return;
    try {
      this.#heard({ kind: 'details', details: this.#index.details(rows) });
    } catch (error) {
      this.#listener.failed(error);
    }
  }

  /** Also where a thread had begun: it may have got too little memory. */
  #readInPlace(): void {
    this.#worker = null;
    if (this.#isClosed) return;
    this.#listener.inPlace();
    // What was said is on the screen first.
    setTimeout(() => {
      if (this.#isClosed) return;
      try {
        this.#index = new BrowseIndex(this.#path);
        this.#heard({ kind: 'listing', listing: this.#index.listing });
      } catch (error) {
        this.#listener.failed(error);
      }
    }, 50);
  }
}

/** Null where the thread's file, or what is needed to run it as it was written, isn't there. */
const startWorker = (path: string): Worker | null => {
  const here = import.meta.url;
  const extension = extname(here);
  const main = ownFile(`query/browse-worker${extension}`);
  if (!existsSync(fileURLToPath(main))) return null;
  // Its streams are this process's terminal.
  const options = { workerData: path, stdin: false, stdout: true, stderr: true };
  try {
    if (extension !== '.ts') return new Worker(main, options);
    // Node 20 gives a thread no loader by its arguments.
    const tsx = pathToFileURL(createRequire(here).resolve('tsx'));
    const [api, own] = [new URL('esm/api/index.mjs', tsx), main].map(({ href }) => JSON.stringify(href));
    const code = `import(${api}).then(({ register }) => { register(); return import(${own}); })`;
    return new Worker(code, { ...options, eval: true });
  } catch {
    return null;
  }
};
