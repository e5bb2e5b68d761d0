import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive, processState } from '../../src/trace/process-stat.ts';
import { startCli } from '../support/cli.ts';
import { codeBytes } from '../support/code-bytes.ts';
import { describeNeeding } from '../support/need.ts';
import { type Running, start } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';

const source = fileURLToPath(new URL('programs/steady.rs', import.meta.url));
const functions = ['adds', 'panics', 'catches', 'rarely'].map((name) => `steady::${name}`);

/** Numbers from 0 to 1, the same in every run (a linear congruential generator). */
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const attached = /tracing \d+ functions/;

/** What the process that holds the probes may take to remove them and end. */
const soon = { timeout: 10_000, interval: 20 };

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // it has ended
  }
};

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);

/** The children of a process that hold probes; while Node starts in one, it isn't known for what it will be. */
const keepersOf = (pid: number): number[] => childrenOf(pid).filter(isThere);

const isThere = (pid: number): boolean => read(`/proc/${pid}/comm`) === 'rsym-keeper\n';

describeNeeding(['kernel', 'rustc'], 'by SIGKILL', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'steady');

  beforeAll(() => buildRust(source, program, ['-O']));
  afterAll(() => folder[Symbol.dispose]());

  const trace = (target: Running, ...options: string[]) =>
    startCli(['trace', program, ...functions, '-p', String(target.pid), ...options]);

  /** The process that holds the probes, once they are planted. */
  const keeperOf = async (traced: Running): Promise<number> => {
    await traced.waitFor(attached, { stream: 'stderr' });
    const [keeper] = keepersOf(traced.pid);
    if (keeper === undefined) throw new Error('no keeper');
    return keeper;
  };

  const endsRight = async (target: Running): Promise<void> => {
    target.closeInput();
    const { status, signal, stdout } = await target.finished;
    expect({ status, signal }).toEqual({ status: 0, signal: null });
    expect(stdout).toMatch(/^calls \d+ sum right$/m);
  };

  for (const [phase, kills] of [
    ['begins', 8],
    ['traces', 5],
    ['ends', 8],
  ] as const) {
    test(`rsym ends ${kills} times while it ${phase}: no breakpoint is left, and the process goes on`, async () => {
      await using target = start(program);
      await target.waitFor('ready');
      const code = codeBytes(target.pid, program);
      const chance = random(kills);
      const seconds = phase === 'traces' ? '10' : '0.01';

      const begun = performance.now();
      await using whole = trace(target, '-d', seconds === '10' ? '0.01' : seconds);
      await whole.waitFor(attached, { stream: 'stderr' });
      const attaching = performance.now() - begun;
      await whole.finished;
      const detaching = performance.now() - begun - attaching;
      expect(code.differences()).toEqual([]);

      let planted = 0;
      for (let i = 0; i < kills; i++) {
        await using traced = trace(target, '-d', seconds);
        // The probes are planted at the end of the beginning.
        if (phase === 'begins') await sleep((0.5 + chance() / 2) * attaching);
        else {
          await traced.waitFor(attached, { stream: 'stderr' });
          await sleep(chance() * (phase === 'traces' ? 100 : detaching));
        }
        const keepers = keepersOf(traced.pid);
        if (code.differences().length > 0) planted++;
        traced.kill('SIGKILL');
        await traced.finished;
        await expect.poll(code.differences, soon).toEqual([]);
        await expect.poll(() => keepers.filter(isThere), soon).toEqual([]);
      }
      if (phase === 'traces') expect(planted).toBe(kills);
      await endsRight(target);
    }, 240_000);
  }

  for (const command of ['trace', 'latency', 'count', 'count --by true'])
    test(`rsym ends before the program that ${command} started is let run: it runs without probes`, async () => {
      const [verb = '', ...options] = command.split(' ');
      await using traced = startCli([verb, program, ...functions, ...options, '--', 'here']);
      await expect.poll(() => keepersOf(traced.pid), soon).toHaveLength(1);
      const [keeper = 0] = keepersOf(traced.pid);
      // Planting lasts as long as it pleases the test.
      process.kill(keeper, 'SIGSTOP');
      const started = (): number[] => childrenOf(traced.pid).filter((pid) => read(`/proc/${pid}/comm`) === 'steady\n');
      await expect.poll(() => started().map(processState), soon).toEqual(['T']);
      const [pid = 0] = started();
      using _pid = { [Symbol.dispose]: () => void (isAlive(pid) && process.kill(pid, 'SIGKILL')) };
      await sleep(100);
      traced.kill('SIGKILL');
      await expect.poll(() => isAlive(traced.pid), soon).toBe(false);
      expect(processState(pid)).toBe('T');
      process.kill(keeper, 'SIGCONT');
      // Its input ended with rsym; a breakpoint that was left would have ended it before its last line.
      await traced.waitFor(/^calls \d+ sum right$/m, { stream: 'stderr' });
      await expect.poll(() => isThere(keeper), soon).toBe(false);
      await expect.poll(() => isAlive(pid), soon).toBe(false);
    });

  test('the process that holds the probes ends: rsym says so, and nothing is left', async () => {
    await using target = start(program);
    await target.waitFor('ready');
    const code = codeBytes(target.pid, program);
    await using traced = trace(target);
    const keeper = await keeperOf(traced);
    process.kill(keeper, 'SIGKILL');
    const done = await traced.finished;
    expect({ status: done.status, signal: done.signal }).toEqual({ status: 2, signal: null });
    expect(done.stderr).toContain(
      `rsym: the probes are gone\n  the process that held them, ${keeper}, ended (SIGKILL)`,
    );
    await expect.poll(code.differences, soon).toEqual([]);
    await endsRight(target);
  });

  test('signals of the terminal and of others do not end the process that holds the probes', async () => {
    await using target = start(program);
    await target.waitFor('ready');
    const code = codeBytes(target.pid, program);
    await using traced = trace(target);
    const keeper = await keeperOf(traced);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.kill(keeper, signal);
    await sleep(200);
    expect(code.differences()).not.toEqual([]);
    traced.kill('SIGINT');
    expect((await traced.finished).status).toBe(130);
    // Here at once: rsym has waited for it.
    expect(code.differences()).toEqual([]);
    expect(isThere(keeper)).toBe(false);
    await endsRight(target);
  });
});
