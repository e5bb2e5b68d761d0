import { copyFileSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/query/finding.ts';
import { cliFail, rsym } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rsym-doctor-test-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The findings of `doctor ARGS`, which answers whatever it finds. */
const findings = (...args: string[]): Finding[] => {
  const { status, stdout, stderr } = rsym(['doctor', '--json', ...args]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const document = JSON.parse(stdout);
  expect(document.schema).toBe(1);
  return document.question.findings;
};
const of = (topic: Finding['topic'], all: readonly Finding[]): Finding[] => all.filter((f) => f.topic === topic);
const libcOf = (pid: number | 'self'): string =>
  realpathSync(/\/.*\/libc[.-][^ ]*$/m.exec(readFileSync(`/proc/${pid}/maps`, 'utf8'))?.[0] ?? '');

describe('the machine', () => {
  test('text and JSON give the same facts', () => {
    const text = rsym(['doctor']);
    const document = JSON.parse(rsym(['doctor', '--json']).stdout);
    expect(text.status).toBe(0);
    expect(text.stdout).toContain(document.machine.release);
    for (const { name, value } of document.settings)
      expect(text.stdout).toMatch(new RegExp(`${name} +${value ?? '-'} `));
    for (const { name, ok } of document.features)
      expect(text.stdout).toMatch(new RegExp(`${ok ? 'yes' : 'no'} +${name}`));
    expect(document.question).toBeNull();
    if (document.backend === null) for (const { reason } of document.refusals) expect(text.stdout).toContain(reason);
    else expect(text.stdout).toContain(`backend ${document.backend}`);
  });
});

describe('wrong use', () => {
  test.each([
    ['a target without a function', ['doctor', 'x'], /a function is missing/],
    ['a process without a target', ['doctor', '-p', '1'], /-p needs a target/],
    ['no process id', ['doctor', '-p', 'x', 'a', 'b'], /it is not a process id/],
    ['a process id beyond all', ['doctor', '-p', '4194305', 'a', 'b'], /it is not a process id/],
    ['no such file', ['doctor', './nosuch', 'f'], /nosuch/],
    ['a folder', ['doctor', folder, 'f'], /rsym: /],
  ])('%s', (_what, args, message) => expect(cliFail(args)).toMatch(message));
});

describeNeeding(['linux'], 'why there are no events: the function', () => {
  test('it has code of its own', () => {
    const [found, ...rest] = of('function', findings(fixture('hello/debug-v0'), 'helloworld::hello(i: i32) -> i32'));
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ state: 'good', fixes: [] });
    expect(found?.what).toMatch(/helloworld::hello at 0x[0-9a-f]+;/);
  });

  test('it was inlined: no code, the ways to get some', () => {
    const [found] = of('function', findings(fixture('hello/release-v0'), 'helloworld::hello'));
    expect(found?.state).toBe('bad');
    expect(found?.what).toMatch(/inlined/);
    expect(found?.fixes.join()).toContain('#[inline(never)]');
  });

  test('a mistyped name: the nearest one, as a command that works', () => {
    const [found] = of('function', findings(fixture('hello/debug-v0'), 'helloworld::helo'));
    expect(found?.state).toBe('bad');
    expect(found?.fixes[0]).toBe(`rsym doctor ${fixture('hello/debug-v0')} helloworld::hello`);
  });

  test('it is in a library: which, and the command that traces it there', () => {
    const [found] = of('function', findings(fixture('hello/debug-v0'), 'malloc(size: usize) -> usize'));
    expect(found?.state).toBe('bad');
    expect(found?.what).toMatch(/only calls it; it is in a library: \S*libc/);
    expect(found?.fixes[0]).toMatch(/^rsym trace \S*libc\S* 'malloc\(size: usize\) -> usize'$/);
  });

  test('an IFUNC', () => {
    const found = of('function', findings(libcOf('self'), 'strlen'));
    expect(found.map((f) => f.state)).toEqual(['good', 'good']);
    expect(found[1]?.what).toMatch(/IFUNC/);
  });

  test('a file that the kernel can not probe', () => {
    const wasm = join(folder, 'empty.wasm');
    writeFileSync(wasm, Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    const all = findings(wasm, 'f');
    expect(all.map((f) => f.topic)).toEqual(['file', 'rights']);
    expect(all[0]?.state).toBe('bad');
  });
});

describeNeeding(['linux'], 'why there are no events: the process', () => {
  const program = fixture('endings/debug-v0');
  const startOwn = async (name: string) => {
    const path = join(folder, name);
    copyFileSync(program, path);
    const child = start(path, ['serve', '120']);
    await child.waitFor('ready');
    return { path, child, state: (...args: string[]) => of('process', findings(...args, '-p', String(child.pid))) };
  };

  test('nobody runs the file', () => {
    const [found] = of('process', findings(fixture('hello/debug-v0'), 'helloworld::hello'));
    // As an ordinary user, or under a security module, some processes may not be looked at.
    expect(found?.state).not.toBe('good');
    expect(found?.what).toMatch(
      /^no process (runs or maps it now|is seen to run or map it; \d+ may not be looked at)$/,
    );
    expect(found?.fixes[0]).toMatch(/ -- ARGS$/);
  });

  test('the process runs it, maps it, or has nothing to do with it', async () => {
    const { path, child, state } = await startOwn("it's");
    await using _ending = child;
    expect(state(path, 'endings::work')).toMatchObject([
      { state: 'good', what: expect.stringContaining('runs the file') },
    ]);
    expect(state(libcOf(child.pid), 'malloc')).toMatchObject([{ state: 'good' }]);
    const [other] = state(fixture('hello/debug-v0'), 'helloworld::hello');
    expect(other).toMatchObject({ state: 'bad', fixes: [`rsym ls '${path.replace("'", "'\\''")}' helloworld::hello`] });
    const [anyone] = of('process', findings(libcOf(child.pid), 'malloc'));
    expect(anyone).toMatchObject({ state: 'good', what: expect.stringMatching(/^\d+ process(es)? (run|map)/) });
  });

  test('the file was replaced since the process started', async () => {
    const { path, child, state } = await startOwn('replaced');
    await using _ending = child;
    copyFileSync(path, `${path}.new`);
    renameSync(`${path}.new`, path);
    const [found] = state(path, 'endings::work');
    expect(found).toMatchObject({ state: 'bad', what: expect.stringContaining('replaced') });
    expect(found?.fixes[0]).toBe(`rsym trace /proc/${child.pid}/exe endings::work -p ${child.pid}`);
  });

  test('the process runs another copy of the same build', async () => {
    const { child, state } = await startOwn('copy');
    await using _ending = child;
    expect(state(program, 'endings::work')[0]?.what).toMatch(/another copy of the file: .*\/copy;/);
  });

  test('there is no such process', () => {
    const [found] = of('process', findings(program, 'endings::work', '-p', '4194304'));
    expect(found).toMatchObject({ state: 'bad', what: 'there is no process 4194304' });
  });
});
