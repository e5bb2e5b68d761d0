#!/usr/bin/env node
// Large real programs with debug info, for comparisons and the bench; never committed.
//   build [NAME…]   compile those that aren't there yet (minutes each; needs cargo and its registry)
//   list            the names, and the path of each that is there
// They are kept in $XDG_CACHE_HOME/rsym-corpus (~/.cache/rsym-corpus).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const release = { CARGO_PROFILE_RELEASE_DEBUG: '2', CARGO_PROFILE_RELEASE_STRIP: 'none' };

/** `environment` is cargo's, so that the profile of a published package can be changed from outside. */
const programs = {
  'rg-release': { crate: 'ripgrep', version: '14.1.1', file: 'rg', environment: release },
  'rg-lto': {
    crate: 'ripgrep',
    version: '14.1.1',
    file: 'rg',
    environment: { ...release, CARGO_PROFILE_RELEASE_LTO: 'fat' },
  },
  'fd-release': {
    crate: 'fd-find',
    version: '10.2.0',
    file: 'fd',
    environment: release,
    flags: ['--no-default-features'],
  },
  'fd-dwarf5': {
    crate: 'fd-find',
    version: '10.2.0',
    file: 'fd',
    environment: { ...release, RUSTFLAGS: '-C dwarf-version=5' },
  },
  'fd-dev': { crate: 'fd-find', version: '10.2.0', file: 'fd', environment: {}, flags: ['--debug'] },
};

export const corpusFolder = () => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rsym-corpus');

/** Path of a built program; null where it hasn't been built. */
export const corpusFile = (name) => {
  const path = join(corpusFolder(), name, 'bin', programs[name].file);
  return existsSync(path) ? path : null;
};

const build = (name) => {
  const { crate, version, environment, flags = [] } = programs[name];
  const folder = join(corpusFolder(), name);
  const target = join(corpusFolder(), 'build', name);
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--locked', '--root', folder, '--version', version, ...flags, crate];
  const env = { RUSTFLAGS: '', ...process.env, ...environment, CARGO_TARGET_DIR: target };
  const { status, error } = spawnSync('cargo', args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error || status !== 0) throw new Error(`${name}: cargo install: ${error?.message ?? `status ${status}`}`);
  rmSync(target, { recursive: true, force: true });
};

const main = ([verb, ...wanted]) => {
  const names = wanted.length === 0 ? Object.keys(programs) : wanted;
  const unknown = names.find((name) => !Object.hasOwn(programs, name));
  if ((verb !== 'build' && verb !== 'list') || unknown !== undefined) {
    console.error(`usage: node scripts/corpus.js build [NAME…] | list\nnames: ${Object.keys(programs).join(' ')}`);
    return 2;
  }
  for (const name of names) {
    if (verb === 'build' && corpusFile(name) === null) build(name);
    console.log(`${name}  ${corpusFile(name) ?? 'not built'}`);
  }
  return 0;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = main(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
