import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

const ask = (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args, '--json'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

/** Where a function's code begins in the file, and how many bytes it has. @returns {{offset: bigint, size: number}} */
export const functionBytes = (path, name) => {
  const [copy] = ask('show', path, name).functions[0].copies;
  return { offset: BigInt(copy.probe.offset), size: Number(copy.size) };
};
