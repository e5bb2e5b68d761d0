import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const functionName = 'rsym_bench_mixed';
export const signature = `${functionName}(a: i64, b: u64) -> u64`;

/** @returns {string} the built program's path */
export const buildTarget = (folder, name = 'mixed') => {
  const path = join(folder, name);
  const source = fileURLToPath(new URL(`./target/${name}.rs`, import.meta.url));
  const flags = ['--edition=2024', '-O', '-C', 'force-frame-pointers=yes', '-o', path, source];
  const rustc = spawnSync('rustc', flags, { encoding: 'utf8' });
  if (rustc.status !== 0) throw new Error(`rustc can't build the target: ${rustc.stderr}`);
  return path;
};

/** `push` of a 64-bit register: 50 to 57, or 41 50 to 41 57. */
export const isPush = (bytes) => /^(5[0-7]|415[0-7])/.test(bytes);

/** What a uprobe puts in place of the first byte. */
const int3 = 0xcc;

/** One run of the program: unwatched to begin with, then as its tracer lets it. */
export class Target {
  #child;
  #lines;
  #address = 0;
  /** What a call costs without probes. */
  unwatched = { wallNs: 0, cpuNs: 0 };

  static async start(path, calls) {
    const target = new Target();
    target.#child = spawn(path, [String(calls)], { stdio: ['pipe', 'pipe', 'inherit'] });
    target.#lines = createInterface({ input: target.#child.stdout })[Symbol.asyncIterator]();
    const [address, bytes] = await target.#read('function');
    if (!isPush(bytes)) throw new Error(`${functionName} begins with ${bytes}, not with push`);
    target.#address = Number(address);
    target.unwatched = await target.#cost('unwatched');
    return target;
  }

  get pid() {
    return this.#child.pid;
  }

  async #read(key) {
    const { value, done } = await this.#lines.next();
    const [name, ...rest] = done ? [] : value.split(' ');
    if (name !== key) throw new Error(`the target says ${done ? 'nothing' : value} instead of ${key}`);
    return rest;
  }

  /** Whether a probe is planted at the function, seen in the process's own memory. */
  isProbed() {
    const fd = openSync(`/proc/${this.pid}/mem`, 'r');
    try {
      const byte = Buffer.alloc(1);
      readSync(fd, byte, 0, 1, this.#address);
      return byte[0] === int3;
    } finally {
      closeSync(fd);
    }
  }

  async #cost(key) {
    const [wallNs, cpuNs] = (await this.#read(key)).map(Number);
    return { wallNs, cpuNs };
  }

  /** Makes the calls; returns what one costs. */
  async watch() {
    this.#child.stdin.write('\n');
    return await this.#cost('watched');
  }

  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    await once(this.#child, 'exit');
  }

  kill() {
    this.#child.kill('SIGKILL');
  }
}
