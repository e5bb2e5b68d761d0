import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, cliFail, startCli } from '../support/cli.ts';
import { writeElf } from '../support/elf-writer.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { type Running, run, start } from '../support/process.ts';
import { Temporary } from '../support/temporary.ts';

type Event = { event: string; pid: number; text: string };
const parse = (text: string): Event[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const pidsOf = (text: string): number[] => [
  ...new Set(parse(text).flatMap((e) => (e.event === 'call' ? [e.pid] : []))),
];
const work = 'endings::work(n: u32) -> u32';
const copyOf = (name: string, to: string): string => {
  copyFileSync(fixture(name), to);
  chmodSync(to, 0o755);
  return to;
};

describeNeeding(['kernel', 'root', 'unshare'], 'a path as a process in another mount namespace sees it', () => {
  /** A file system of its own, which only the process sees, with /srv/app and a link to it. */
  const startInside = (folder: Temporary, file: string): Running => {
    const jail = join(folder.path, 'jail');
    mkdirSync(jail);
    const commands = [
      `mount -t tmpfs none ${jail}`,
      `mkdir ${jail}/srv`,
      `cp ${file} ${jail}/srv/rsym-test-app`,
      `ln -s /srv ${jail}/opt`,
      `exec chroot ${jail} /srv/rsym-test-app serve 20`,
    ];
    return start('unshare', ['--mount', 'sh', '-ec', commands.join('\n')]);
  };

  test.each(['/srv/rsym-test-app', '/opt/rsym-test-app'])(
    '%s: the file is taken through /proc, and that is told',
    async (path) => {
      using folder = new Temporary();
      await using inside = startInside(folder, fixture('endings/static-v0'));
      await inside.waitFor('ready');
      const done = cli(['trace', '--json', path, work, '-p', String(inside.pid), '-n', '20']);
      expect(pidsOf(done.stdout), done.stderr).toEqual([inside.pid]);
      expect(done.stderr).toContain(`/proc/${inside.pid}/root/srv/rsym-test-app`);
      expect(parse(done.stdout)[0]).toMatchObject({ event: 'note', text: expect.stringContaining(path) });
      expect(cli(['doctor', path, 'endings::work', '-p', String(inside.pid)]).stdout).toMatch(/runs the file/);
    },
  );

  test('a file of that name here is another one', async () => {
    using folder = new Temporary();
    const outside = copyOf('hello/never-v0', join(folder.path, 'app'));
    const script = `mount --bind ${fixture('endings/static-v0')} ${outside}; exec ${outside} serve 20`;
    await using inside = start('unshare', ['--mount', 'sh', '-ec', script]);
    await inside.waitFor('ready');
    const done = cli(['trace', '--json', outside, work, '-p', String(inside.pid), '-n', '20']);
    expect(pidsOf(done.stdout), done.stderr).toEqual([inside.pid]);
    expect(done.stderr).toContain(`/proc/${inside.pid}/root${outside}`);
    // Without the process it is ours.
    expect(cli(['trace', outside, 'hello', '-c', `${outside} 1`]).stdout).toMatch(/hello\(/);
  });
});

describeNeeding(['kernel'], 'a file that is no longer what runs', () => {
  test('deleted: the way to it is named, and works', async () => {
    using folder = new Temporary();
    const path = copyOf('endings/release-legacy', join(folder.path, 'app'));
    await using target = start(path, ['serve', '20']);
    await target.waitFor('ready');
    rmSync(path);
    const pid = String(target.pid);
    expect(cliFail(['trace', path, work, '-p', pid])).toMatch(
      new RegExp(`deleted[\\s\\S]*try: /proc/${pid}/exe as TARGET`),
    );
    const done = cli(['trace', '--json', `/proc/${pid}/exe`, work, '-p', pid, '-n', '20']);
    expect(pidsOf(done.stdout), done.stderr).toEqual([target.pid]);
  });

  test('replaced: the same; among other processes it is a note', async () => {
    using folder = new Temporary();
    const path = copyOf('endings/release-legacy', join(folder.path, 'app'));
    await using target = start(path, ['serve', '20']);
    await target.waitFor('ready');
    renameSync(copyOf('endings/debug-v0', `${path}.new`), path);
    const pid = String(target.pid);
    expect(cliFail(['trace', path, work, '-p', pid])).toMatch(
      new RegExp(`earlier file[\\s\\S]*/proc/${pid}/exe as TARGET`),
    );
    await using newer = start(path, ['serve', '20']);
    await newer.waitFor('ready');
    const both = cli(['trace', '--json', path, work, '-p', pid, '-p', String(newer.pid), '-n', '20']);
    expect(pidsOf(both.stdout)).toEqual([newer.pid]);
    expect(both.stderr).toContain(`/proc/${pid}/exe is that file`);
  });

  test('replaced while every process is traced: told once, also between calls; a process of the new file is not seen', async () => {
    using folder = new Temporary();
    const path = copyOf('endings/release-legacy', join(folder.path, 'app'));
    await using traced = startCli(['trace', path, work]);
    await using json = startCli(['trace', '--json', path, work]);
    for (const one of [traced, json]) await one.waitFor(/probes/, { stream: 'stderr' });
    renameSync(copyOf('endings/debug-v0', `${path}.new`), path);
    await traced.waitFor(/^rsym: \S+ was replaced: /m, { stream: 'stderr' });
    await json.waitFor(/"event":"note".*was replaced/);
    run(path, ['serve', '2']);
    for (const one of [traced, json]) one.kill('SIGINT');
    const done = await traced.finished;
    expect(done.stdout).toBe('');
    expect(done.stderr.match(/was replaced/g)).toHaveLength(1);
    expect(parse((await json.finished).stdout).map(({ event }) => event)).toEqual(['note', 'end']);
  });

  test('a symbolic link in the path', async () => {
    using folder = new Temporary();
    const path = copyOf('endings/release-legacy', join(folder.path, 'app'));
    symlinkSync(path, join(folder.path, 'link'));
    await using target = start(path, ['serve', '20']);
    await target.waitFor('ready');
    const done = cli(['trace', '--json', join(folder.path, 'link'), work, '-p', String(target.pid), '-n', '2']);
    expect(parse(done.stdout).map(({ event }) => event)).toEqual(['call', 'call', 'end']);
  });
});

describeNeeding(['kernel'], '32 bits', () => {
  test('a file is refused', () => {
    using folder = new Temporary();
    const path = folder.file('app', writeElf({ bits: 32, machine: 3, symbols: [{ name: 'f', size: 8n }] }));
    expect(cliFail(['trace', path, 'f'])).toMatch(/64-bit x86 ELF programs; it is elf, x86, 32 bits/);
  });

  testNeeding(['cc'], 'a process is refused, whatever TARGET is', async () => {
    using folder = new Temporary();
    const source = folder.file(
      'app.c',
      'void _start(void) { for (;;) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "a"(29)); } }',
    );
    const path = join(folder.path, 'app');
    const flags = ['-m32', '-nostdlib', '-static', '-fno-pie', '-no-pie'];
    if (run('cc', [...flags, source, '-o', path]).status !== 0) return; // a compiler of one width
    await using target = start(path);
    const pid = String(target.pid);
    expect(cliFail(['trace', path, '_start', '-p', pid])).toMatch(/process \d+[\s\S]*32-bit program/);
    expect(cliFail(['trace', 'libc', 'write', '-p', pid])).toMatch(/process \d+[\s\S]*32-bit program/);
  });
});
