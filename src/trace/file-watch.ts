import { statSync } from 'node:fs';

const intervalMs = 1_000;

type State = { readonly path: string; readonly file: string | null; readonly written: string | null };

const stateOf = (path: string): State => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return { path, file: found ? `${found.dev} ${found.ino}` : null, written: found ? `${found.mtimeMs}` : null };
};

/**
 * Looks now and then whether traced files are still what they were: a rebuild gives a path another file, in which there
 * are no probes. Each file is told of once.
 */
export class FileWatch {
  #states: readonly State[];
  #checkedAt = performance.now();

  constructor(paths: readonly string[]) {
    // A way through /proc ends with its process.
    this.#states = [...new Set(paths)].filter((path) => !path.startsWith('/proc/')).map(stateOf);
  }

  /** What a user should know of files that have changed since the last time. */
  news(): string[] {
    const now = performance.now();
    if (this.#states.length === 0 || now - this.#checkedAt < intervalMs) return [];
    this.#checkedAt = now;
    const news: string[] = [];
    this.#states = this.#states.filter((before) => {
      const text = change(before, stateOf(before.path));
      if (text !== null) news.push(text);
      return text === null;
    });
    return news;
  }
}

const change = (before: State, now: State): string | null => {
  // The file may be gone for a moment while it is built.
  if (now.file === null || (now.file === before.file && now.written === before.written)) return null;
  return now.file === before.file
    ? `${before.path} was written to: from now on its probes may be at the wrong instructions; trace it anew`
    : `${before.path} was replaced: processes started from now on run another file and aren't seen; trace it anew`;
};
