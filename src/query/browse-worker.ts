import { parentPort, workerData } from 'node:worker_threads';
import { BrowseIndex } from './browse-index.ts';
import type { ThreadMessage } from './browse-thread.ts';

/** The thread that reads debug info for a list of functions, and answers what needs it. Runs until it is ended. */
const index = new BrowseIndex(String(workerData));
const say = (message: ThreadMessage): void => parentPort?.postMessage(message);
say({ kind: 'listing', listing: index.listing });
parentPort?.on('message', (rows: readonly number[]) => say({ kind: 'details', details: index.details(rows) }));
