import { createWriteStream, openSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';

/** A stream into a file that is made or emptied now, so that a refusal is told before anything starts. */
export const fileWriter = (path: string): Writable => {
  try {
    const stream = createWriteStream('', { fd: openSync(path, 'w') });
    // Who writes learns of a failure from its own callback.
    stream.on('error', () => undefined);
    return stream;
  } catch (error) {
    throw new RsymError('input', `cannot write ${sanitize(path)}`, {
      reason: (error as NodeJS.ErrnoException).code ?? String(error),
      cause: error,
    });
  }
};
