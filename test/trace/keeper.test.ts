import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KeptProgram } from '../../src/trace/keeper/kept-program.ts';
import { isAlive, processState } from '../../src/trace/process-stat.ts';
import { describeNeeding } from '../support/need.ts';

const soon = { timeout: 10_000, interval: 10 };

describeNeeding(['linux'], 'a program that is kept', () => {
  test('is let run where nobody else did; one that was stopped later stays so', async () => {
    for (const isResumed of [false, true]) {
      const child = spawn('/bin/sh', ['-c', 'kill -STOP $$'], { stdio: 'ignore', detached: true });
      const pid = child.pid ?? 0;
      await expect.poll(() => processState(pid), soon).toBe('T');
      const kept = new KeptProgram(pid, []);
      if (isResumed) kept.told(true);
      await kept.drain();
      if (isResumed) {
        expect(processState(pid)).toBe('T');
        child.kill('SIGKILL');
      }
      await expect.poll(() => isAlive(pid), soon).toBe(false);
    }
  });
});

describeNeeding(['linux'], 'the process that holds probes', () => {
  test('ends well where nobody reads its answers any more', async () => {
    const main = fileURLToPath(new URL('../../dist/trace/keeper/keeper-main.js', import.meta.url));
    const keeper = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'pipe'] });
    let told = '';
    keeper.stderr.on('data', (piece) => {
      told += piece;
    });
    await once(keeper.stdout, 'data');
    keeper.stdout.destroy();
    await once(keeper.stdout, 'close');
    keeper.stdin.end('{"do":"detach"}\n');
    const [status] = await once(keeper, 'close');
    expect({ status, told }).toEqual({ status: 0, told: '' });
  });
});
