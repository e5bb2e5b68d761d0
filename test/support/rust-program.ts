import { run } from './process.ts';

/** Builds a program with debug info; ask `need('rustc')` first. */
export const buildRust = (source: string, path: string, flags: readonly string[] = []): void => {
  const { status, stderr } = run('rustc', ['--edition=2024', '-g', ...flags, '-o', path, source], { timeout: 120_000 });
  if (status !== 0) throw new Error(`rustc ${source}: ${stderr}`);
};
