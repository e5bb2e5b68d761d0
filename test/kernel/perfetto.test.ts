import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliFail, startCli } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

type Slice = { ph: string; name: string; tid: number; ts: number; dur: number; args: Record<string, string> };
const slicesOf = (path: string): Slice[] => JSON.parse(readFileSync(path, 'utf8')).traceEvents;
const recurse = 'endings::recurse(n: u32) -> u32';

describeNeeding(['kernel'], '--perfetto', () => {
  const path = fixture('endings/release-legacy');

  test('holds the calls of the answer beside it, nested as they were', () => {
    using folder = new Temporary();
    const file = folder.file('timeline.json', 'what was there before'.repeat(10_000));
    const done = cli(['trace', '--json', '--perfetto', file, path, recurse, '--', 'serve', '1']);
    const shown = done.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'call');
    const slices = slicesOf(file).filter(({ ph }) => ph === 'X');
    expect(slices.length).toBe(shown.filter(({ duration_ns }) => duration_ns !== null).length);
    expect(slices.length).toBeGreaterThan(100);
    expect(slices.slice(0, 50).map(({ args }) => [args['n'], args['return']])).toEqual(
      shown.slice(0, 50).map(({ args, ret }) => [args[0].text, ret.text]),
    );
    // By times alone each slice lies inside one or outside all others of its thread; recurse(n) is inside recurse(n + 1).
    for (const tid of new Set(slices.map((slice) => slice.tid))) {
      const open: Slice[] = [];
      for (const slice of slices.filter((one) => one.tid === tid).sort((a, b) => a.ts - b.ts)) {
        for (let top = open.at(-1); top && top.ts + top.dur <= slice.ts; top = open.at(-1)) open.pop();
        const outer = open.at(-1);
        if (outer) {
          expect(slice.ts + slice.dur).toBeLessThanOrEqual(outer.ts + outer.dur);
          expect(Number(slice.args['n'])).toBe(Number(outer.args['n']) - 1);
        }
        open.push(slice);
      }
    }
    expect(slicesOf(file).filter(({ name }) => name === 'thread_name').length).toBeGreaterThan(0);
  });

  test('with text; whole also when it is interrupted', async () => {
    using folder = new Temporary();
    const file = join(folder.path, 'timeline.json');
    await using target = start(path, ['serve', '20']);
    await target.waitFor('ready');
    await using traced = startCli(['trace', '--perfetto', file, path, recurse, '-p', String(target.pid)]);
    await traced.waitFor(/recurse\(n: .*\) -> /);
    traced.kill('SIGINT');
    const done = await traced.finished;
    expect(done.status).toBe(130);
    const calls = slicesOf(file).filter(({ ph }) => ph !== 'M');
    expect(calls.length).toBe(done.stdout.trimEnd().split('\n').length);
  });

  test('a full disk, the program itself, and the file of -o are refused in words', () => {
    using folder = new Temporary();
    const full = cli(['trace', '--perfetto', '/dev/full', path, recurse, '--', 'serve', '1']);
    expect({
      status: full.status,
      first: full.stderr.match(/rsym: cannot write \/dev\/full\n {2}.*ENOSPC.*/)?.length,
    }).toEqual({
      status: 2,
      first: 1,
    });
    expect(cliFail(['trace', '--perfetto', path, path, recurse])).toMatch(/it is the program/);
    const file = join(folder.path, 'both');
    expect(cliFail(['trace', '-o', file, '--perfetto', file, path, recurse])).toMatch(/the other answer/);
    expect(cliFail(['trace', '--perfetto', join(folder.path, 'no', 'file'), path, recurse])).toMatch(/ENOENT/);
  });
});
