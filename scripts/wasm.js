// Builds the wasm core, or checks that the committed one belongs to the committed sources.
//   node scripts/wasm.js build    writes src/core/elfinfo.wasm and its manifest src/core/elfinfo.json
//   node scripts/wasm.js check    fails when sources, manifest and built file differ
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const crate = join(root, 'wasm');
const builtFile = join(root, 'src/core/elfinfo.wasm');
const manifestFile = join(root, 'src/core/elfinfo.json');
const target = 'wasm32-unknown-unknown';

class Failure extends Error {}

const output = (command, args, env = process.env) => {
  const run = spawnSync(command, args, { env, encoding: 'utf8' });
  return run.status === 0 ? run.stdout.trim() : undefined;
};
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Name and content of everything that decides what is built. */
const sourceHash = () => {
  const sources = readdirSync(join(crate, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.rs'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`);
  const hash = createHash('sha256');
  for (const name of ['Cargo.lock', 'Cargo.toml', ...sources].sort())
    hash.update(`${name} ${sha256(readFileSync(join(crate, name)))}\n`);
  return hash.digest('hex');
};

/** The toolchain of PATH with its wasm target installed: the ordinary case. */
const installedTarget = () => {
  const sysroot = output('rustc', ['--print', 'sysroot']);
  if (!sysroot || !existsSync(join(sysroot, 'lib/rustlib', target))) return undefined;
  return { name: 'installed target', cargo: 'cargo', rustc: 'rustc', sysroot, args: [], env: {} };
};

/** Distributions ship a compiler and the library's sources instead of a built target: core and alloc are built too. */
const systemSources = () => {
  const sysroot = '/usr';
  const linker = '/usr/bin/wasm-ld';
  const needed = ['/usr/bin/cargo', '/usr/bin/rustc', linker, join(sysroot, 'lib/rustlib/src/rust/library')];
  if (!needed.every((file) => existsSync(file))) return undefined;
  return {
    name: 'system compiler with its sources',
    cargo: '/usr/bin/cargo',
    rustc: '/usr/bin/rustc',
    sysroot,
    args: ['-Zbuild-std=core,alloc,panic_abort'],
    env: {
      PATH: `/usr/bin:${process.env.PATH}`,
      RUSTC: '/usr/bin/rustc',
      RUSTC_BOOTSTRAP: '1',
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker,
    },
  };
};

const findToolchain = () => {
  const found = installedTarget() ?? systemSources();
  if (!found) return undefined;
  return { ...found, version: `${output(found.rustc, ['--version'])}; ${found.name}` };
};

/** Builds into `directory` and returns the module's bytes. Paths of this machine are kept out of them. */
const build = (toolchain, directory) => {
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  // Where several prefixes match a path, rustc takes the last one: the general ones come first.
  const prefixes = [
    [root.replace(/\/$/, ''), '/rsym'],
    [cargoHome, '/cargo'],
    ...registrySources(cargoHome).map((folder) => [folder, '/crates']),
    [join(toolchain.sysroot, 'lib/rustlib/src/rust'), '/rust'],
    [join(toolchain.sysroot, 'share/cargo'), '/cargo'],
    [directory, '/target'],
  ];
  const flags = [
    ...prefixes.map(([from, to]) => `--remap-path-prefix=${from}=${to}`),
    '-Ctarget-feature=+bulk-memory,+simd128,+sign-ext,+nontrapping-fptoint,+mutable-globals',
  ];
  const run = spawnSync(
    toolchain.cargo,
    ['build', '--release', '--locked', '--lib', '--target', target, '--target-dir', directory, ...toolchain.args],
    {
      cwd: crate,
      env: { ...process.env, ...toolchain.env, CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f'), CARGO_INCREMENTAL: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (run.status !== 0) throw new Failure(`cargo build failed${run.error ? `: ${run.error.message}` : ''}`);
  return readFileSync(join(directory, target, 'release/elfinfo_wasm.wasm'));
};

/** The folder crates are unpacked into is named after the registry, which differs between machines. */
const registrySources = (cargoHome) => {
  const folder = join(cargoHome, 'registry/src');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};

const manifestOf = (bytes, rustc) => ({ rustc, sources: sourceHash(), sha256: sha256(bytes), size: bytes.length });

const commands = {
  build() {
    const toolchain = findToolchain();
    if (!toolchain)
      throw new Failure(
        `no Rust toolchain for ${target}\n  try: rustup target add ${target}\n  or, on Debian: apt-get install rustc-web cargo-web rust-web-src lld`,
      );
    // Fetching first makes the registry's folder known before its name is remapped.
    const fetched = spawnSync(toolchain.cargo, ['fetch', '--locked', '--target', target], {
      cwd: crate,
      env: { ...process.env, ...toolchain.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (fetched.status !== 0) throw new Failure('cargo fetch failed');
    const bytes = build(toolchain, join(crate, 'target'));
    writeFileSync(builtFile, bytes);
    writeFileSync(manifestFile, `${JSON.stringify(manifestOf(bytes, toolchain.version), null, 2)}\n`);
    console.log(`src/core/elfinfo.wasm: ${bytes.length} bytes, ${toolchain.version}`);
  },

  check() {
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
    const committed = readFileSync(builtFile);
    const again = 'run npm run wasm and commit the result';
    if (manifest.sources !== sourceHash()) throw new Failure(`the sources in wasm/ changed since the build: ${again}`);
    if (manifest.sha256 !== sha256(committed) || manifest.size !== committed.length)
      throw new Failure(`src/core/elfinfo.wasm is not the file its manifest describes: ${again}`);
    const toolchain = findToolchain();
    if (toolchain?.version !== manifest.rustc) {
      console.log(
        `hashes agree; not rebuilt: it was built by ${manifest.rustc}, here is ${toolchain?.version ?? 'none'}`,
      );
      return;
    }
    const directory = mkdtempSync(join(tmpdir(), 'elfinfo-wasm-'));
    try {
      if (!build(toolchain, directory).equals(committed))
        throw new Failure(`a fresh build differs from src/core/elfinfo.wasm: ${again}`);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
    console.log('hashes agree and a fresh build gives the same bytes');
  },
};

const command = commands[process.argv[2] ?? ''];
try {
  if (!command) throw new Failure('usage: node scripts/wasm.js build|check');
  command();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`wasm: ${error.message}`);
  process.exitCode = 1;
}
