import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCli } from '../support/cli.ts';
import { type CodeBytes, codeBytes } from '../support/code-bytes.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';
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

/**
 * Whether breakpoints stay. The kernel leaves them where SIGKILL comes while it plants probes or takes them away ("failed
 * to unregister, leaking uprobe" in its log); the next trace of the same functions takes them with it.
 */
const isLeft = async (code: CodeBytes): Promise<boolean> => {
  for (let waited = 0; waited < 1_000; waited += 20) {
    if (code.differences().length === 0) return false;
    await sleep(20);
  }
  return true;
};

describeNeeding(['kernel', 'rustc'], 'rsym killed by SIGKILL', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'steady');

  beforeAll(() => buildRust(source, program, ['-O']));
  afterAll(() => folder[Symbol.dispose]());

  for (const [phase, kills] of [
    ['begins', 20],
    ['traces', 20],
    ['ends', 10],
  ] as const) {
    test(`${kills} times while it ${phase}: no breakpoint is left, and the process goes on`, async () => {
      await using target = start(program);
      await target.waitFor('ready');
      const code = codeBytes(target.pid, program);
      const chance = random(kills);
      const traceFor = (seconds: number) =>
        startCli(['trace', program, ...functions, '-p', String(target.pid), '-d', String(seconds)]);

      const begun = performance.now();
      await using whole = traceFor(0.01);
      await whole.waitFor(attached, { stream: 'stderr' });
      const attaching = performance.now() - begun;
      await whole.finished;
      const detaching = performance.now() - begun - attaching;
      expect(code.differences()).toEqual([]);

      let left = 0;
      let planted = 0;
      for (let i = 0; i < kills; i++) {
        await using traced = traceFor(phase === 'traces' ? 10 : 0.01);
        if (phase === 'begins') await sleep(chance() * attaching);
        else {
          await traced.waitFor(attached, { stream: 'stderr' });
          await sleep(chance() * (phase === 'traces' ? 100 : detaching));
        }
        if (code.differences().length > 0) planted++;
        traced.kill('SIGKILL');
        await traced.finished;
        if (phase === 'traces') await expect.poll(code.differences, { timeout: 5_000 }).toEqual([]);
        else if (await isLeft(code)) {
          left++;
          await traceFor(0.01).finished;
          expect(code.differences()).toEqual([]);
        }
      }
      if (phase === 'traces') expect(planted).toBe(kills);
      expect(left).toBeLessThan(kills / 2);
      target.closeInput();
      const { status, signal, stdout } = await target.finished;
      expect({ status, signal }).toEqual({ status: 0, signal: null });
      expect(stdout).toMatch(/^calls \d+ sum right$/m);
    }, 240_000);
  }
});
