import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilterProgram } from './program.ts';

export const levels = {
  debug: ['-C', 'opt-level=0'],
  release: ['-C', 'opt-level=3'],
} as const;

export type Level = keyof typeof levels;
export const isLevel = (text: string): text is Level => Object.hasOwn(levels, text);

/** Compiles a program in a folder; gives its path. */
export const buildFilters = ({ source }: FilterProgram, level: Level, folder: string): string => {
  const file = join(folder, 'filters.rs');
  const path = join(folder, 'filters');
  writeFileSync(file, source);
  const flags = ['--edition', '2024', '-C', 'debuginfo=2', '-C', 'symbol-mangling-version=v0', ...levels[level]];
  const { status, stderr } = spawnSync('rustc', [...flags, '-o', path, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`rustc ${file}: ${stderr}`);
  return path;
};
