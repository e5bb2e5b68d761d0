import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type CallEvent, type TraceEvent, trace } from '../../src/index.ts';
import { planTextWatch } from '../../src/query/watch.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { openDescriptors, run, start } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

const target = fixture('endings/release-legacy');
const functions = ['endings::work(n: u32) -> u32'];

describeNeeding(['kernel'], 'trace()', () => {
  const served = async () => {
    const running = start(target, ['serve', '30']);
    await running.waitFor('ready');
    return running;
  };
  const scopeOf = (pid: number) => ({ kind: 'processes', pids: [pid] }) as const;

  test('says what will be watched, then gives the events; the last is the end', async () => {
    await using one = await served();
    using traced = trace({ target, functions, scope: scopeOf(one.pid), calls: 5 });
    expect(traced.watch.functions.map(({ name, signature }) => [name, signature])).toEqual([
      ['endings::work', 'endings::work(n: u32) -> u32'],
    ]);
    const events: TraceEvent[] = [];
    for await (const event of traced) events.push(event);
    expect(events.map(({ event }) => event)).toEqual([...Array(5).fill('call'), 'end']);
    expect((events[0] as CallEvent).args[0]?.name).toBe('n');
    // Once is all.
    for await (const event of traced) expect(event).toBe('nothing');
  });

  test('every way out takes the probes away', async () => {
    await using one = await served();
    // The first trace opens what stays open: libraries, the core.
    for await (const _ of trace({ target, functions, scope: scopeOf(one.pid), calls: 1 }));
    const before = openDescriptors();

    for await (const event of trace({ target, functions, scope: scopeOf(one.pid) })) if (event.event === 'call') break;
    expect(openDescriptors()).toEqual(before);

    await expect(async () => {
      for await (const event of trace({ target, functions, scope: scopeOf(one.pid) })) throw new Error(event.event);
    }).rejects.toThrow('call');
    expect(openDescriptors()).toEqual(before);

    {
      await using traced = trace({ target, functions, scope: scopeOf(one.pid) });
      await traced[Symbol.asyncIterator]().next();
      expect(openDescriptors()).not.toEqual(before);
    }
    expect(openDescriptors()).toEqual(before);

    {
      using traced = trace({ target, functions, scope: scopeOf(one.pid) });
      await traced[Symbol.asyncIterator]().next();
    }
    await expect.poll(openDescriptors).toEqual(before);
    // Not even begun.
    await trace({ target, functions, scope: scopeOf(one.pid) })[Symbol.asyncDispose]();
    expect(openDescriptors()).toEqual(before);
  });

  test('an event for its texts that is read after the loop is refused', async () => {
    await using one = await served();
    let late: CallEvent | undefined;
    for await (const batch of planTextWatch({ target, functions, scope: scopeOf(one.pid) }).batches()) {
      late = batch.find((event): event is CallEvent => event.event === 'call');
      if (late) break;
    }
    expect(late?.function).toBe('endings::work');
    expect(() => late?.args[0]?.text).toThrow(expect.objectContaining({ name: 'RsymError', code: 'internal' }));
  });

  test('stop() and the signal of the request end it with the end event, also while nothing comes', async () => {
    for (const way of ['stop', 'signal']) {
      const controller = new AbortController();
      const traced = trace({ target, functions, scope: { kind: 'everywhere' }, signal: controller.signal });
      setTimeout(() => (way === 'stop' ? traced.stop() : controller.abort()), 300);
      const events: string[] = [];
      for await (const { event } of traced) events.push(event);
      expect(events.at(-1)).toBe('end');
    }
  });

  test('what can not be answered is thrown at once, what the kernel refuses by the loop', async () => {
    expect(() => trace({ target, functions: ['no::such'], scope: { kind: 'everywhere' } })).toThrow(
      expect.objectContaining({ name: 'RsymError', code: 'not-found' }),
    );
    expect(() => trace({ target, functions, scope: scopeOf(2 ** 22 + 1) })).toThrow(/does not exist/);
    await using one = await served();
    const traced = trace({ target, functions, scope: scopeOf(one.pid) });
    one.kill('SIGKILL');
    await one.finished;
    await expect(async () => {
      for await (const _ of traced);
    }).rejects.toThrow(/does not exist/);
  });
});

describeNeeding(['kernel', 'cc'], 'examples', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const source = `
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <string.h>
    #include <unistd.h>
    size_t (*volatile length)(const char *) = strlen;
    int main(void) {
      for (;;) {
        length("rsym knows this text");
        close(open("/etc/passwd", O_RDONLY));
        openat(AT_FDCWD, "/no/such/file", O_RDONLY);
        open64("/no/such/64", O_RDONLY);
        usleep(5000);
      }
    }`;
  const output = async (example: string): Promise<string> => {
    using folder = new Temporary();
    const program = join(folder.path, 'known');
    run('cc', [folder.file('known.c', source), '-o', program]);
    await using known = start(program);
    const done = run(process.execPath, ['--import', 'tsx', `examples/${example}.ts`, String(known.pid), '1.5'], {
      cwd: root,
    });
    expect(done.status, done.stderr).toBe(0);
    return done.stdout.replaceAll(String(known.pid), 'PID');
  };

  test('strlen: the texts, counted', async () => {
    expect(await output('strlen')).toMatch(/^ +\d\d+ +PID known {12}"rsym knows this text"$/m);
  });

  test('opensnoop: who opens what, and the descriptor', async () => {
    const lines = await output('opensnoop');
    expect(lines).toMatch(/^ +PID known +\d+ "\/etc\/passwd"$/m);
    expect(lines).toMatch(/^ +PID known +-1 "\/no\/such\/file"$/m);
    expect(lines).toMatch(/^ +PID known +-1 "\/no\/such\/64"$/m);
  });
});
