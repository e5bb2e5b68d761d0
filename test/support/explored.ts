import { fileURLToPath } from 'node:url';
import { run } from './process.ts';
import { Temporary } from './temporary.ts';

const script = fileURLToPath(new URL('./explore-debug.ts', import.meta.url));

export type Explored = {
  readonly file: string;
  readonly peakKiB: number;
  readonly level: 'none' | 'lines' | 'types' | null;
  readonly notes: readonly string[];
  readonly refused: readonly string[];
  readonly faults: readonly string[];
};

/**
 * Asks everything of each file, in one process beside this one, whose end is awaited for ten seconds a file at most.
 * Throws where it hangs or dies. `peakKiB` is that of the process so far.
 */
export const exploreAll = (files: Readonly<Record<string, Buffer>>): Readonly<Record<string, Explored>> => {
  using folder = new Temporary();
  const paths = Object.values(files).map((bytes, i) => folder.file(`${i}`, bytes));
  const { status, stdout, stderr } = run(process.execPath, ['--import', 'tsx', script, ...paths], {
    timeout: Math.min(110_000, 10_000 * paths.length),
    env: { XDG_CACHE_HOME: folder.path },
  });
  const lines = stdout.trimEnd().split('\n');
  const names = Object.keys(files);
  if (status !== 0) throw new Error(`it ended with ${status} at ${names[lines.length - 1]}: ${stderr}`);
  return Object.fromEntries(lines.map((line, i) => [names[i], JSON.parse(line) as Explored]));
};
