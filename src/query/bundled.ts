import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { RsymError } from '../base/errors.ts';
import { ownFile } from '../base/own-file.ts';

/**
 * The program that comes with rsym: `hello(i: i32, len: usize) -> i32` is called once for each of its arguments; the
 * optimiser left no code of its own.
 */
const packed = fileURLToPath(ownFile('../fixtures/hello/out/full-release.gz'));

export type Bundled = Disposable & {
  /** The compressed file inside the package. */
  readonly packed: string;
  /** A folder of this user alone; gone when disposed of. */
  readonly folder: string;
  /** The program's name in the folder. */
  readonly name: string;
};

/**
 * Unpacks the program into a new folder below the system's temporary one.
 *
 * @throws {RsymError} `internal` if the package is incomplete, `input` if nothing can be written there.
 */
export const unpackProgram = (): Bundled => {
  const name = 'helloworld';
  const bytes = readProgram();
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'rsym-demo-'));
    writeFileSync(join(folder, name), bytes, { mode: 0o755 });
  } catch (cause) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw new RsymError('input', `cannot write to ${tmpdir()}`, {
      reason: (cause as Error).message,
      hints: ['TMPDIR=FOLDER rsym demo'],
      cause,
    });
  }
  const made = folder;
  return { packed, folder, name, [Symbol.dispose]: () => rmSync(made, { recursive: true, force: true }) };
};

const readProgram = (): Buffer => {
  try {
    return gunzipSync(readFileSync(packed));
  } catch (cause) {
    throw new RsymError('internal', 'the bundled program is missing or damaged', {
      hints: ['install rsym again'],
      cause,
    });
  }
};
