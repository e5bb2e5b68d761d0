import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Toolchain } from '../abi/toolchains.ts';

const sources = fileURLToPath(new URL('../../../fixtures/calls', import.meta.url));

export type Variant = { readonly name: string; readonly flags: readonly string[] };

const levels = {
  debug: ['-C', 'opt-level=0'],
  release: ['-C', 'opt-level=3'],
  thin: ['-C', 'opt-level=3', '-C', 'lto=thin'],
  size: ['-C', 'opt-level=s'],
  abort: ['-C', 'opt-level=3', '-C', 'panic=abort'],
} as const;

const manglings = {
  v0: ['-C', 'symbol-mangling-version=v0'],
  legacy: ['-Z', 'unstable-options', '-C', 'symbol-mangling-version=legacy'],
} as const;

/** Each way to build, such as `release-v0`. Nothing says how many codegen units: there are as many as by default. */
export const variants: readonly Variant[] = Object.entries(levels).flatMap(([level, flags]) =>
  Object.entries(manglings).map(([mangling, more]) => ({ name: `${level}-${mangling}`, flags: [...flags, ...more] })),
);

/** `ordinary` prints nothing of its calls: a build of it that does stands beside each compiler's variants. */
const roots = { calls: 'main.rs', ordinary: 'ordinary.rs' } as const;
const told = ['--cfg', 'told'];
const debug = { name: 'told', flags: [...levels.debug] };

type Output = { readonly path: string; readonly complaint: string };

/** Where the build of a program lies that prints its calls; for `calls` that is any. */
export const toldBuild = (binary: string): string | null => {
  const path = join(dirname(dirname(binary)), debug.name, basename(binary));
  return existsSync(path) && path !== binary ? path : null;
};

const compile = (toolchain: Toolchain, crate: keyof typeof roots, variant: Variant, folder: string): Output => {
  const into = join(folder, toolchain.label, variant.name);
  mkdirSync(into, { recursive: true });
  const path = join(into, crate);
  const given = [...toolchain.args, '--crate-name', crate, '--edition', '2024', '-C', 'debuginfo=2', ...variant.flags];
  const { status, stderr, error } = spawnSync(toolchain.rustc, [...given, '-o', path, join(sources, roots[crate])], {
    // Choosing the older mangling isn't stable.
    env: { ...process.env, ...toolchain.environment, RUSTC_BOOTSTRAP: '1' },
    encoding: 'utf8',
  });
  return { path, complaint: status === 0 ? stderr : `${error?.message ?? `status ${status}`}\n${stderr}` };
};

/** Compiles the programs as `FOLDER/COMPILER/VARIANT/NAME`; a complaint is what the compiler says. */
export const buildVariant = (toolchain: Toolchain, variant: Variant, folder: string): Output[] => [
  compile(toolchain, 'calls', { ...variant, flags: [...variant.flags, ...told] }, folder),
  compile(toolchain, 'ordinary', variant, folder),
];

export const buildTold = (toolchain: Toolchain, folder: string): Output =>
  compile(toolchain, 'ordinary', { ...debug, flags: [...debug.flags, ...told] }, folder);
