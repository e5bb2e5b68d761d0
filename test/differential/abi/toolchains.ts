import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A Rust compiler, and the environment it runs in. */
export type Toolchain = {
  readonly label: string;
  readonly rustc: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

export type Missing = { readonly label: string; readonly missing: string };

const cache = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'rsym-toolchains');

const plain = (label: string, rustc: string): Toolchain => ({ label, rustc, args: [], environment: {} });

const runs = ({ rustc, args, environment }: Toolchain): boolean =>
  spawnSync(rustc, [...args, '-vV'], { env: { ...process.env, ...environment }, timeout: 20_000 }).status === 0;

/** Release of the compiler and the major version of its LLVM. */
export const versionOf = ({ rustc, args, environment }: Toolchain): { release: string; llvm: number } => {
  const { stdout } = spawnSync(rustc, [...args, '-vV'], { env: { ...process.env, ...environment }, encoding: 'utf8' });
  return {
    release: /^release: (\S+)/m.exec(stdout)?.[1] ?? '',
    llvm: Number(/^LLVM version: (\d+)/m.exec(stdout)?.[1]),
  };
};

const debianPackages = ['rustc=1.63*', 'libstd-rust-1.63', 'libstd-rust-dev=1.63*', 'libllvm14'];

/** Debian's 1.63, unpacked beside what is installed. */
const unpacked163 = (get: boolean): Toolchain | Missing => {
  const root = join(cache(), '1.63');
  const usr = join(root, 'usr');
  const rustc = join(usr, 'bin', 'rustc');
  if (!existsSync(rustc) && get) {
    const packages = join(root, 'packages');
    mkdirSync(packages, { recursive: true });
    spawnSync('apt-get', ['download', ...debianPackages], { cwd: packages, stdio: ['ignore', 'ignore', 'inherit'] });
    for (const file of readdirSync(packages))
      spawnSync('dpkg', ['-x', join(packages, file), root], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const library = join(usr, 'lib', 'x86_64-linux-gnu');
  const toolchain = { label: '1.63', rustc, args: ['--sysroot', usr], environment: { LD_LIBRARY_PATH: library } };
  if (!existsSync(rustc))
    return {
      label: '1.63',
      missing: `not unpacked in ${root}: node scripts/abi/toolchains.js get (needs apt-get with Debian 12)`,
    };
  return runs(toolchain) ? toolchain : { label: '1.63', missing: `${rustc} doesn't run` };
};

const rustup = (label: string, release: string): Toolchain | Missing => {
  const rustc = join(
    process.env['RUSTUP_HOME'] ?? join(homedir(), '.rustup'),
    'toolchains',
    `${release}-x86_64-unknown-linux-gnu`,
    'bin',
    'rustc',
  );
  const toolchain = plain(label, rustc);
  return existsSync(rustc) && runs(toolchain)
    ? toolchain
    : { label, missing: `rustup has no ${release}: rustup toolchain install ${release}` };
};

const debian196 = (): Toolchain | Missing => {
  const toolchain = plain('1.96', '/usr/bin/rustc');
  const found = existsSync(toolchain.rustc) && versionOf(toolchain).release.startsWith('1.96');
  return found ? toolchain : { label: '1.96', missing: '/usr/bin/rustc is no 1.96: apt-get install rustc-web' };
};

/** The compilers whose code is compared; `get` unpacks what can be had without installing. */
export const toolchains = (get = false): readonly (Toolchain | Missing)[] => [
  unpacked163(get),
  rustup('1.95', '1.95.0'),
  debian196(),
];

/** The compiler that PATH names. */
export const ownToolchain = (): Toolchain => plain('rustc', 'rustc');
