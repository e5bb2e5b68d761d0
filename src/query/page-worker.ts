/** The thread that answers for pages: reading a large file's code may take seconds, and keys must be answered meanwhile. */

import { setImmediate as breathe } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { RsymError } from '../base/errors.ts';
import { examine } from './doctor.ts';
import type { FromWorker, ToWorker } from './page-messages.ts';
import type { PageNews } from './page-model.ts';
import { PageReader } from './page-reader.ts';

const port = parentPort;
const reader = new PageReader(String(workerData));
/** Asked, and still wanted. */
const wanted = new Set<number>();
/** One after the other: what was asked first is on its way to the screen. */
let turn: Promise<void> = Promise.resolve();

const tell = (message: FromWorker): void => port?.postMessage(message);

/** Trying what the kernel allows loads the system calls, and takes a tenth of a second. */
async function* machineNews(): AsyncGenerator<PageNews> {
  const { refusals, launch } = await examine();
  yield { kind: 'machine', trace: refusals, launch: launch.refusals };
}

const answer = async ({ id, ask }: Extract<ToWorker, { kind: 'ask' }>): Promise<void> => {
  // Between two steps what came meanwhile is read: that it is no longer wanted, for one.
  await breathe();
  try {
    if (!wanted.has(id)) return;
    for await (const news of ask.kind === 'machine' ? machineNews() : reader.answer(ask)) {
      tell({ id, kind: 'news', news });
      await breathe();
      if (!wanted.has(id)) return;
    }
  } catch (error) {
    if (error instanceof RsymError && error.code !== 'internal') {
      const { code, message, reason, hints } = error;
      tell({ id, kind: 'refused', error: { code, message, reason, hints } });
    } else tell({ id, kind: 'defect', error: error instanceof Error ? error : new Error(String(error)) });
  } finally {
    wanted.delete(id);
  }
};

port?.on('message', (message: ToWorker) => {
  if (message.kind === 'cancel') wanted.delete(message.id);
  else {
    wanted.add(message.id);
    turn = turn.then(() => answer(message));
  }
});
