import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { missingOf } from './installed.js';

const sysroot = () => {
  const { stdout, status } = spawnSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
};

/**
 * Files of the installed Rust toolchain, the large real programs that the rows look into.
 *
 * @returns {{driver: string, cargo: string} | {missing: string}}
 */
export const rustFiles = () => {
  const missing = missingOf('rustc');
  if (missing !== null) return { missing };
  const root = sysroot();
  if (root === null) return { missing: 'rustc does not tell its sysroot' };
  const library = readdirSync(join(root, 'lib')).find((name) => /^librustc_driver.*\.so$/.test(name));
  if (library === undefined) return { missing: "rustc's driver library is not installed" };
  const cargo = join(root, 'bin', 'cargo');
  if (!existsSync(cargo)) return { missing: 'cargo is not installed' };
  return { driver: join(root, 'lib', library), cargo };
};
