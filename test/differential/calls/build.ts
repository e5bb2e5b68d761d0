import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Temporary } from '../../support/temporary.ts';
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

const roots = { calls: 'main.rs', ordinary: 'ordinary.rs', told: 'told.rs' } as const;
const told = ['--cfg', 'told'];
const toldFolder = 'told';

type Output = { readonly path: string; readonly complaint: string };

/** Where the build of `ordinary` lies that prints its calls; null of a program that prints them itself. */
export const toldBuild = (binary: string): string | null => {
  const path = join(dirname(dirname(binary)), toldFolder, basename(binary));
  return existsSync(path) && path !== binary ? path : null;
};

/** Compiles a program, and first the crate of its macros with the same flags. */
const compile = (toolchain: Toolchain, crate: 'calls' | 'ordinary', flags: readonly string[], into: string): Output => {
  mkdirSync(into, { recursive: true });
  const call = (name: keyof typeof roots, path: string, more: readonly string[]): string => {
    const given = [
      ...toolchain.args,
      '--crate-name',
      name,
      '--edition',
      '2024',
      '-C',
      'debuginfo=2',
      ...flags,
      ...more,
    ];
    const { status, stderr, error } = spawnSync(toolchain.rustc, [...given, '-o', path, join(sources, roots[name])], {
      // Choosing the older mangling isn't stable.
      env: { ...process.env, ...toolchain.environment, RUSTC_BOOTSTRAP: '1' },
      encoding: 'utf8',
    });
    return status === 0 ? stderr : `${error?.message ?? `status ${status}`}\n${stderr}`;
  };
  using folder = new Temporary();
  const library = join(folder.path, 'libtold.rlib');
  const path = join(into, crate);
  const complaints = [
    call('told', library, ['--crate-type', 'rlib']),
    call(crate, path, ['--extern', `told=${library}`]),
  ];
  return { path, complaint: complaints.join('') };
};

/** Compiles the programs as `FOLDER/COMPILER/VARIANT/NAME`; a complaint is what the compiler says. */
export const buildVariant = (toolchain: Toolchain, { name, flags }: Variant, folder: string): Output[] => {
  const into = join(folder, toolchain.label, name);
  return [compile(toolchain, 'calls', [...flags, ...told], into), compile(toolchain, 'ordinary', flags, into)];
};

/** `ordinary` prints nothing of its calls: this build of it does, for all the others of its compiler. */
export const buildTold = (toolchain: Toolchain, folder: string): Output =>
  compile(toolchain, 'ordinary', [...levels.debug, ...told], join(folder, toolchain.label, toldFolder));
