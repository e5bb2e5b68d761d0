import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCache } from './ld-cache.ts';
import { openImage } from './open.ts';

const hostMachines: Readonly<Record<string, string>> = {
  x64: 'x86-64',
  ia32: 'x86',
  arm64: 'aarch64',
  arm: 'arm',
  riscv64: 'riscv64',
  s390x: 's390x',
  ppc64: 'powerpc64',
  loong64: 'loongarch',
};

/** The machine this process runs on, named as images name theirs. */
export const hostMachine: string = hostMachines[process.arch] ?? process.arch;

/** Debian's directories and the C library's own name for the machine. */
const tuples: Readonly<Record<string, string>> = {
  'x86-64': 'x86_64',
  x86: 'i386',
  aarch64: 'aarch64',
  arm: 'armhf',
  riscv64: 'riscv64',
  s390x: 's390x',
  powerpc64: 'powerpc64le',
  loongarch: 'loongarch64',
};
export const tupleOf = (machine: string): string => tuples[machine] ?? machine;

/** Where a loader looks last, in its order; those that exist here. */
export const defaultDirectories = (machine: string): string[] => {
  const tuple = tupleOf(machine);
  const multiarch = machine === 'arm' ? `${tuple.replace('hf', '')}-linux-gnueabihf` : `${tuple}-linux-gnu`;
  return [
    `/lib/${multiarch}`,
    `/usr/lib/${multiarch}`,
    '/lib64',
    '/usr/lib64',
    '/lib',
    '/usr/lib',
    '/usr/local/lib',
    `/lib/${tuple}-linux-musl`,
    `/usr/lib/${tuple}-linux-musl`,
  ].filter((folder) => existsSync(folder));
};

/** Whether a path is an ELF file for the machine: a linker script of the same name (`libc.so`) is not. */
export const isLibraryFor = (path: string, machine: string): boolean => {
  try {
    using image = openImage(path);
    return image.format === 'elf' && image.machine === machine;
  } catch {
    return false;
  }
};

/**
 * The file a library's short name means: `libc` is `libc.so.6`, `libssl` the newest `libssl.so.*`; a whole file name
 * such as `libgcc_s.so.1` means itself. Looks in the loader's cache, then in the default directories. Undefined for
 * other words, and where there is none.
 */
export const findLibrary = (name: string, machine: string = hostMachine): string | undefined => {
  if (!/^lib[^/]+$|^ld-[^/]+\.so[^/]*$/.test(name)) return undefined;
  const isWhole = /\.so(\.|$)/.test(name);
  const fits = (file: string): boolean =>
    isWhole ? file === name : file === `${name}.so` || file.startsWith(`${name}.so.`);
  const cached = systemCache(machine)
    .filter((library) => fits(library.name))
    .map(({ name: file, path }) => ({ file, path }));
  const listed = defaultDirectories(machine).flatMap((folder) =>
    filesOf(folder)
      .filter(fits)
      .map((file) => ({ file, path: join(folder, file) })),
  );
  // The sort keeps the order of equals: the cache's first, then the directories'.
  const found = [...newestFirst(cached), ...newestFirst(listed)].find(({ path }) => isLibraryFor(path, machine));
  return found?.path ?? (name === 'libc' ? muslLibc(machine) : undefined);
};

const newestFirst = (files: readonly { file: string; path: string }[]): { file: string; path: string }[] =>
  [...files].sort((a, b) => compareVersions(versionOf(b.file), versionOf(a.file)));

const versionOf = (file: string): number[] => (/\.so\.([\d.]+)/.exec(file)?.[1] ?? '').split('.').map(Number);

const compareVersions = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** In musl the C library is the loader. */
const muslLibc = (machine: string): string | undefined =>
  [`/lib/ld-musl-${tupleOf(machine)}.so.1`, `/lib/libc.musl-${tupleOf(machine)}.so.1`].find((path) =>
    isLibraryFor(path, machine),
  );

const filesOf = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
