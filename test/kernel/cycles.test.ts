import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planWatch, type Watch } from '../../src/query/watch.ts';
import { codeBytes } from '../support/code-bytes.ts';
import { describeNeeding } from '../support/need.ts';
import { openDescriptors, type Running, start } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';

const source = fileURLToPath(new URL('programs/steady.rs', import.meta.url));
const cycles = 20;
const plans = 20;
const callsEach = 20;
const MB = 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What stays after a collection, in bytes. */
const memory = async (): Promise<{ heap: number; resident: number; buffers: number }> => {
  for (let i = 0; i < 4; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, resident: rss, buffers: arrayBuffers };
};

/** Calls in a millisecond: the best of some, since others' load only takes away. */
const speed = async (target: Running): Promise<number> => {
  const seen = () => [...target.stdout().matchAll(/^in a millisecond (\d+)$/gm)].map(([, calls]) => Number(calls));
  const before = seen().length;
  for (let i = before; i < before + 5; i++) {
    target.write('\n');
    await expect.poll(() => seen().length, { timeout: 20_000, interval: 20 }).toBeGreaterThan(i);
  }
  return Math.max(...seen().slice(before));
};

describeNeeding(['kernel', 'rustc'], 'attaching to a running process again and again', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'steady');

  beforeAll(() => buildRust(source, program, ['-O']));
  afterAll(() => folder[Symbol.dispose]());

  test(`${cycles} times: nothing is left in rsym nor in the process`, async () => {
    await using target = start(program);
    await target.waitFor('ready');
    const code = codeBytes(target.pid, program);
    const plan = (): Watch =>
      planWatch({
        target: program,
        functions: ['steady::*'],
        scope: { kind: 'processes', pids: [target.pid] },
        calls: callsEach,
      });
    const watched = async (watch: Watch): Promise<void> => {
      let last: string | undefined;
      for await (const batch of watch.batches()) last = batch.at(-1)?.event;
      expect(last).toBe('end');
    };
    // What is made once and kept: libraries, compiled code, tables that grow to their size.
    for (let i = 0; i < plans; i++) await watched(plan());
    const unwatched = await speed(target);
    const descriptors = openDescriptors();
    const before = await memory();
    for (let i = 0; i < plans; i++) await watched(plan());
    const watch = plan();
    for (let i = plans; i < cycles; i++) await watched(watch);
    const after = await memory();
    expect(openDescriptors()).toEqual(descriptors);
    expect(after.heap - before.heap).toBeLessThan(2 * MB);
    expect(after.buffers - before.buffers).toBeLessThan(MB);
    expect(after.resident - before.resident).toBeLessThan(32 * MB);
    expect(code.differences()).toEqual([]);
    // Half: what is measured is whether a trap is left, which takes a hundred times as long as a call.
    expect(await speed(target)).toBeGreaterThan(unwatched / 2);
    target.closeInput();
    const { status, stdout } = await target.finished;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^calls \d+ sum right$/m);
  }, 480_000);
});
