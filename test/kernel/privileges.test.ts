import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';

const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
/** Another user where that one can reach this checkout; else root's own id, which has no power without capabilities. */
const identity = (): string[] => (run('setpriv', [...nobody, 'test', '-r', program]).status === 0 ? nobody : []);
const only = (caps: string): string[] => [
  `--inh-caps=-all${caps}`,
  `--ambient-caps=-all${caps}`,
  `--bounding-set=-all${caps}`,
];
const signature = 'helloworld::hello(i: i32, len: usize) -> i32';

describeNeeding(['kernel', 'root', 'setpriv'], 'with less than root', () => {
  let folder: string;
  let target: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rsym-privileges-'));
    chmodSync(folder, 0o755);
    target = join(folder, 'hello');
    copyFileSync(fixture('hello/never-v0'), target);
    chmodSync(target, 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const trace = (caps: readonly string[], args: readonly string[] = ['--', '1', '2']) =>
    run('setpriv', [...identity(), ...caps, process.execPath, program, 'trace', '--json', target, signature, ...args]);

  test('CAP_BPF and CAP_PERFMON are enough, also to start a program', () => {
    const done = trace(only(',+bpf,+perfmon'));
    expect(done.status, done.stderr).toBe(0);
    const calls = done.stdout.split('\n').filter((line) => line.includes('"event":"call"'));
    expect(calls.map((line) => JSON.parse(line).ret.value)).toEqual([4, 5]);
  });

  for (const [who, caps] of [
    ['an ordinary user', only('')],
    ['CAP_BPF alone', only(',+bpf')],
    ['CAP_PERFMON alone', only(',+perfmon')],
  ] as const)
    test(`${who}: told why and what next, status 2, the program not started`, () => {
      const done = trace(caps);
      expect({ status: done.status, stdout: done.stdout }).toEqual({ status: 2, stdout: '' });
      expect(done.stderr).toMatch(/refused/);
      expect(done.stderr).toMatch(/CAP_BPF|sudo/);
      expect(done.stderr).not.toMatch(/number 1|\n\s+at /);
    });

  test('a file that may not be read', () => {
    chmodSync(target, 0o711);
    const done = trace(only(',+bpf,+perfmon'));
    chmodSync(target, 0o755);
    expect(done.status).toBe(2);
    expect(done.stderr.trimEnd().split('\n').length).toBeLessThan(4);
  });
});
