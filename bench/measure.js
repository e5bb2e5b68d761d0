import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { installed } from './installed.js';

const samplingMs = 2;

/** Peak resident memory so far, KiB, as the kernel keeps it; null when the process is gone. */
const highWater = (pid) => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN);
  } catch {
    return null;
  }
};

const withOpen = async (files, use) => {
  const opened = files.map(([path, flags]) => (path === null ? 'ignore' : openSync(path, flags)));
  try {
    return await use(opened);
  } finally {
    for (const fd of opened) if (fd !== 'ignore') closeSync(fd);
  }
};

/**
 * Runs a command to its end, its streams tied to files.
 *
 * Peak memory comes from `/usr/bin/time` (the kernel's account of the ended child). Its parent must be small: a child
 * is charged with what the process that forked it held, and Node is large. Without it the high-water mark is sampled.
 *
 * @param {{command: readonly string[], stdin?: string | null, stdout: string, stderr: string, memory?: boolean}} what
 * @returns {Promise<{wallMs: number, peakKiB: number | null}>}
 * @throws {Error} if the command fails
 */
export const measure = async ({ command, stdin = null, stdout, stderr, memory = false }) => {
  const time = memory ? installed('time') : null;
  const report = `${stderr}.peak`;
  const [file, ...args] = time === null ? command : [time, '-f', '%M', '-o', report, ...command];
  const files = [
    [stdin, 'r'],
    [stdout, 'w'],
    [stderr, 'w'],
  ];
  return await withOpen(files, async (stdio) => {
    let sampled = null;
    const start = process.hrtime.bigint();
    const child = spawn(file, args, { stdio });
    const sampler =
      memory && time === null
        ? setInterval(() => {
            sampled = highWater(child.pid) ?? sampled;
          }, samplingMs)
        : undefined;
    const [status, signal] = await new Promise((done, fail) => {
      child.once('error', fail);
      child.once('exit', (...ended) => done(ended));
    });
    const wallMs = Number(process.hrtime.bigint() - start) / 1e6;
    clearInterval(sampler);
    if (status !== 0) {
      throw new Error(`${command.join(' ')} ended with ${signal ?? status}: ${readFileSync(stderr, 'utf8').trim()}`);
    }
    const peakKiB = time === null ? sampled : Number(readFileSync(report, 'utf8').trim().split('\n').at(-1));
    return { wallMs, peakKiB: memory ? peakKiB : null };
  });
};

/**
 * Runs every contender once a round, so that what else the machine does falls on all of them; who begins changes
 * with the round. One round before the first isn't counted: it brings files into memory.
 *
 * @template Result
 * @param {number} rounds
 * @param {Readonly<Record<string, () => Promise<Result>>>} contenders
 * @returns {Promise<Record<string, Result[]>>}
 */
export const interleave = async (rounds, contenders, { warmUp = true } = {}) => {
  const names = Object.keys(contenders);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const result = await contenders[name]();
      if (round >= 0) results[name].push(result);
    }
  }
  return results;
};
