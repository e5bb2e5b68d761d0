import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
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

const roots = { calls: 'main.rs', ordinary: 'ordinary.rs' } as const;

/** Compiles the programs as `FOLDER/COMPILER/VARIANT/NAME`; `complaint`: errors and warnings. */
export const buildVariant = (
  toolchain: Toolchain,
  variant: Variant,
  folder: string,
): { path: string; complaint: string }[] => {
  const into = join(folder, toolchain.label, variant.name);
  mkdirSync(into, { recursive: true });
  return Object.entries(roots)
    .filter(([, root]) => existsSync(join(sources, root)))
    .flatMap(([crate, root]) => {
      const common = [...toolchain.args, '--crate-name', crate, '--edition', '2024', '-C', 'debuginfo=2'];
      const compile = (path: string, more: readonly string[]): { path: string; complaint: string } => {
        const given = [...common, ...variant.flags, ...more, '-o', path, join(sources, root)];
        const { status, stderr, error } = spawnSync(toolchain.rustc, given, {
          // Choosing the older mangling isn't stable.
          env: { ...process.env, ...toolchain.environment, RUSTC_BOOTSTRAP: '1' },
          encoding: 'utf8',
        });
        return { path, complaint: status === 0 ? stderr : `${error?.message ?? `status ${status}`}\n${stderr}` };
      };
      return [compile(join(into, crate), [])];
    });
};
