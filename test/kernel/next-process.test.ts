import { expect, test } from 'vitest';
import { planWatch, type WatchRequest } from '../../src/query/watch.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';

const program = fixture('endings/debug-v0');
const request: WatchRequest = { target: program, functions: ['endings::pair'], scope: { kind: 'next' } };

/** A promise and what fulfils it. */
const promised = <Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((fulfil) => {
    resolve = fulfil;
  });
  return { promise, resolve };
};

describeNeeding(['kernel'], 'the next process', () => {
  test('neither those that are there nor those that come later; its end ends the trace', async () => {
    await using old = start(program, ['serve', '60']);
    await old.waitFor('ready');
    const planted = promised<void>();
    const came = promised<number>();
    const pids = new Set<number>();
    const batches = planWatch(request).batches(() => planted.resolve(), came.resolve);
    const reading = (async () => {
      for await (const batch of batches) for (const event of batch) if ('args' in event) pids.add(event.pid);
    })();
    await Promise.race([planted.promise, reading]);
    await using first = start(program, ['serve', '60']);
    expect(await came.promise).toBe(first.pid);
    await using second = start(program, ['serve', '60']);
    await second.waitFor('ready');
    process.kill(first.pid);
    await reading;
    expect([...pids]).toEqual([first.pid]);
  });

  test('no call is missing at its begin; a process that was there may become it by running the file', async () => {
    await using shell = start('sh', ['-c', `echo up; read line; exec ${fixture('hello/debug-v0')} 1 2 3`]);
    await shell.waitFor('up');
    const calls: string[] = [];
    const own = planWatch({
      target: fixture('hello/debug-v0'),
      functions: ['helloworld::hello(i: i32)'],
      scope: { kind: 'next' },
    });
    for await (const batch of own.batches(() => shell.write('\n')))
      for (const event of batch) if (event.event === 'call') calls.push(`${event.pid} ${event.args[0]?.text}`);
    expect(calls).toEqual([1, 2, 3].map((i) => `${shell.pid} ${i}`));
  });
});
