import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { planTextWatch, RecordRoom, type TraceEvent } from '../../src/query/watch.ts';
import { traceJson } from '../../src/report/trace-json.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';

const hello = fixture('hello/debug-v0');
const functions = ['helloworld::hello(i: i32, len: usize) -> i32'];

/** Until something holds, but not longer than so many ms. */
const until = async (holds: () => boolean, ms = 10_000): Promise<void> => {
  for (let waited = 0; waited < ms && !holds(); waited += 20) await sleep(20);
  expect(holds()).toBe(true);
};

describeNeeding(['kernel'], 'a program whose output is read', () => {
  test('both streams, whole, in order; its stdin is empty', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rsym-output-'));
    try {
      const script = join(folder, 'script');
      // Opened once more by its name, which a socket can't be.
      writeFileSync(
        script,
        '#!/bin/sh\ncat\necho one\necho two >/dev/stdout\necho three >&2\nyes 12345678 | head -c 3000000\n',
      );
      chmodSync(script, 0o755);
      const written = { stdout: '', stderr: '' };
      const watch = planTextWatch({
        target: hello,
        functions,
        scope: { kind: 'command', line: script },
        output: (from, bytes) => {
          written[from] += Buffer.from(bytes).toString();
        },
      });
      for await (const _ of watch.batches());
      await until(() => written.stdout.length >= 3_000_008);
      expect(written.stdout.slice(0, 17)).toBe('one\ntwo\n12345678\n');
      expect(written.stdout.length).toBe(3_000_008);
      expect(written.stderr).toBe('three\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describeNeeding(['kernel'], 'events that are kept', () => {
  test('they say the same from their room as when they came, until it is cleared', async () => {
    const room = new RecordRoom(1 << 20);
    const places: number[] = [];
    const before: string[] = [];
    const keep = (event: TraceEvent): void => {
      if (event.event !== 'call') return;
      const place = event.keepIn?.(room);
      if (typeof place === 'number') places.push(place);
      before.push(traceJson(event));
    };
    const scope = { kind: 'run', args: ['1', '2', '3', '4'] } as const;
    const watch = planTextWatch({ target: hello, functions, scope, output: 'ignore' });
    for await (const batch of watch.batches()) for (const event of batch) keep(event);
    expect(before.length).toBe(4);
    const kept = places.map((place) => room.call(place));
    expect(kept.map((event) => (event ? traceJson(event) : null))).toEqual(before);

    const filter = watch.filter('i > 2 && ret < 9 && duration > 0ns && comm.len() > 0');
    expect(kept.map((event) => event && filter.test(event))).toEqual([false, false, true, false]);
    expect(() => watch.filter('nothing > 2')).toThrow(/there is no `nothing`/);
    room.clear();
    expect(() => kept.map((event) => event?.time)).toThrow(/after its trace had ended/);
  });

  test('a room without space takes nothing', async () => {
    const room = new RecordRoom(16);
    const scope = { kind: 'run', args: ['1'] } as const;
    const places: unknown[] = [];
    const watch = planTextWatch({ target: hello, functions, scope, output: 'ignore' });
    for await (const batch of watch.batches())
      for (const event of batch) if ('args' in event) places.push(event.keepIn?.(room));
    expect(places).toEqual([null]);
  });
});
