import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for a test: `using folder = new Temporary()` removes it with everything in it. */
export class Temporary implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rsym-test-'));

  /** Writes a file and gives its path. */
  file(name: string, bytes: Uint8Array | string): string {
    const path = join(this.path, name);
    writeFileSync(path, bytes);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
