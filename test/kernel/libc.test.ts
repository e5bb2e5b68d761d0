import { expect, test } from 'vitest';
import { program, rsym } from '../support/cli.ts';
import { describeNeeding, testNeeding } from '../support/need.ts';
import { type Finished, run } from '../support/process.ts';

type Call = {
  event: string;
  args: { value: unknown }[];
  ret: { value: string } | null;
  copy: { address: string };
  outcome: string;
};
const callsOf = (text: string): Call[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'call');
const strlen = ['trace', '--json', 'libc', 'strlen(s: *const c_char) -> usize', '-c', 'ls /'];

/** bpftrace 0.17 now and then never starts its command: a try is short, and there are three. */
const bpftrace = (args: readonly string[]): Finished => {
  for (let attempt = 1; ; attempt++) {
    try {
      return run('bpftrace', args, { timeout: 15_000 });
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
};

describeNeeding(['kernel', 'ls', 'find'], 'functions of the C library', () => {
  test('strlen: the strings that `ls` measures, each with its own length', () => {
    const done = rsym(strlen);
    expect(done.stderr).toMatch(/IFUNC.*not the resolver/);
    const calls = callsOf(done.stdout);
    const names = run('ls', ['/']).stdout.trimEnd().split('\n');
    const seen = new Set(calls.map(({ args }) => args[0]?.value));
    expect(names.filter((name) => !seen.has(name))).toEqual([]);
    const whole = calls.filter(({ args, ret }) => typeof args[0]?.value === 'string' && ret !== null);
    expect(whole.length).toBeGreaterThan(50);
    for (const { args, ret } of whole) {
      expect(Number(ret?.value), String(args[0]?.value)).toBe(Buffer.byteLength(args[0]?.value as string));
    }
  });

  testNeeding(['kernel', 'bpftrace'], 'strlen: as many calls as bpftrace counts on the implementation', () => {
    const calls = callsOf(rsym(strlen).stdout);
    const path = run('ldconfig', ['-p']).stdout.match(/libc\.so\.6 .*x86-64.*=> (\S+)/)?.[1];
    const probe = `uprobe:${path}:${calls[0]?.copy.address} /pid == cpid/ { @ = count(); }`;
    const ls = run('which', ['ls']).stdout.trim();
    const counted = bpftrace(['-e', probe, '-c', `${ls} /`]);
    // The first lines depend on where the output goes, so both run with a pipe.
    expect(Number(/@: (\d+)/.exec(counted.stdout)?.[1]), counted.stderr).toBe(calls.length);
  });

  // `ls` makes the system call without this function; `find` calls it.
  test('openat: what `find` opens, among it the folder that it lists', () => {
    const signature = 'openat(dirfd: i32, path: *const c_char, flags: i32) -> i32';
    const calls = callsOf(rsym(['trace', '--json', 'libc', signature, '-c', 'find / -maxdepth 1']).stdout);
    expect(calls.map(({ args }) => args[1]?.value)).toContain('/');
  });

  test('C notation gives the same values as Rust’s', () => {
    const c = callsOf(
      rsym([
        'trace',
        '--json',
        'libc',
        'int openat(int dirfd, const char *path, int flags)',
        '-c',
        'find / -maxdepth 1',
      ]).stdout,
    );
    expect(c.map(({ args }) => args[1]?.value)).toContain('/');
  });

  test('malloc, in every process: as many calls as were asked for', () => {
    // Something must call it while the trace runs.
    const done = run('sh', [
      '-c',
      '(for i in 1 2 3 4 5 6 7 8; do ls / >/dev/null; sleep 0.25; done) & exec "$@"',
      'sh',
      process.execPath,
      program,
      ...['trace', '--json', 'libc', 'malloc(size: usize) -> usize', '-d', '4', '-n', '50'],
    ]);
    const calls = callsOf(done.stdout);
    expect(calls.length, done.stderr).toBe(50);
    expect(calls.every(({ ret }) => ret !== null && ret.value !== '0')).toBe(true);
  });

  test('a command that is no program, or none at all: one message, status 2', () => {
    for (const command of ['no-such-program-here', '', "ls '"]) {
      const done = rsym(['trace', 'libc', 'malloc(size_t) -> void*', '-c', command]);
      expect({ status: done.status, stdout: done.stdout }).toEqual({ status: 2, stdout: '' });
      expect(done.stderr).not.toMatch(/\n\s+at /);
    }
  });
});
