import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { RsymError } from '../base/errors.ts';
import { ownFile } from '../base/own-file.ts';
import type { FromWorker, ToWorker } from './page-messages.ts';
import type { PageAsk, PageNews } from './page-model.ts';

export type { PageAsk } from './page-model.ts';

type Listener = {
  readonly news: (news: PageNews) => void;
  /** It can't be answered. */
  readonly refused: (error: RsymError) => void;
  /** What should not happen. */
  readonly failed: (error: unknown) => void;
};

/** Answers for the pages of a file's functions, worked out in a thread of its own, which begins with the first question. */
export class PageThread {
  readonly #path: string;
  readonly #listeners = new Map<number, Listener>();
  #worker: Worker | undefined;
  #last = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Asks, and tells the answers as they come. Gives what takes the question back: nothing is told after that. */
  ask(ask: PageAsk, listener: Listener): () => void {
    const id = ++this.#last;
    this.#listeners.set(id, listener);
    const tell = (message: ToWorker): void => this.#worker?.postMessage(message);
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      this.#listeners.delete(id);
      listener.failed(error);
      return () => undefined;
    }
    tell({ kind: 'ask', id, ask });
    return () => {
      if (this.#listeners.delete(id)) tell({ kind: 'cancel', id });
    };
  }

  /** Resolves when the thread has ended; nothing is told from now on. */
  async close(): Promise<void> {
    this.#listeners.clear();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startWorker(this.#path);
    worker.unref();
    worker.on('message', (message: FromWorker) => this.#hear(message));
    worker.on('error', (error) => this.#fail(worker, error));
    return worker;
  }

  #hear(message: FromWorker): void {
    const listener = this.#listeners.get(message.id);
    if (listener === undefined) return;
    switch (message.kind) {
      case 'news':
        listener.news(message.news);
        break;
      case 'refused': {
        const { code, message: text, reason, hints } = message.error;
        this.#listeners.delete(message.id);
        listener.refused(new RsymError(code, text, { reason, hints }));
        break;
      }
      case 'defect':
        this.#listeners.delete(message.id);
        listener.failed(message.error);
        break;
    }
  }

  /** The thread itself has ended: for lack of memory, perhaps. The next question starts another. */
  #fail(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    const reason = error instanceof Error ? error.message : String(error);
    for (const { refused } of listeners)
      refused(new RsymError('unsupported', 'nothing more is known of it', { reason: `its reader ended: ${reason}` }));
  }
}

const startWorker = (path: string): Worker => {
  const here = import.meta.url;
  const extension = extname(here);
  // Joined with the command's modules, where these are: it starts several times faster.
  const file = ownFile(extension === '.ts' ? 'query/page-worker.ts' : 'cli/page-worker.js');
  const options = { workerData: path };
  if (extension !== '.ts') return new Worker(file, options);
  // As it was written, while rsym itself is worked on: a thread's first file isn't one that tsx gets to see.
  const tsx = new URL('index.mjs', pathToFileURL(createRequire(here).resolve('tsx/esm/api'))).href;
  const begin = `import(${JSON.stringify(tsx)}).then(({ register }) => (register(), import(${JSON.stringify(file.href)})));`;
  return new Worker(begin, { ...options, eval: true });
};
