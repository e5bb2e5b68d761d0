import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { program, rsym } from '../support/cli.ts';
import { testWith } from '../support/need.ts';
import { run } from '../support/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'rsym-demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const env = { HOME: '/nonexistent', TMPDIR: folder };

const traceCommand = '$ rsym trace ./helloworld helloworld::hello -- 1 2 3 4';

test('anywhere: it lists the functions, shows one, names each command, and leaves nothing behind', () => {
  const { status, stdout } = rsym(['demo'], { env });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\$ gunzip -c \S+\.gz >helloworld && chmod \+x helloworld$/m);
  expect(stdout).toMatch(/^\$ rsym ls --inlined \.\/helloworld 'helloworld::\*\*'\n(.*\n)*?.*helloworld::hello\n/m);
  expect(stdout).toMatch(
    /^\$ rsym show \.\/helloworld helloworld::hello\nfn helloworld::hello\(i: i32, len: usize\) -> i32\n/m,
  );
  expect(stdout).toContain(traceCommand);
  expect(readdirSync(folder)).toEqual([]);
});

testWith('kernel')('with the rights: four calls, in order, and the program’s own output', () => {
  const { status, stdout, stderr } = rsym(['demo'], { env });
  expect(status).toBe(0);
  const calls = Array.from(stdout.matchAll(/hello\(i: (\d+), len: (\d+)\) -> (\d+)/g), (m) => m.slice(1).map(Number));
  expect(calls).toEqual([1, 2, 3, 4].map((i) => [i, 5, i + 5]));
  expect(stderr.match(/Hello, world!/g)).toHaveLength(4);
});

testWith(
  'linux',
  'root',
  'setpriv',
)('without them: what it would probe, why it can not, and status 0', () => {
  const bare = ['--bounding-set=-all', '--inh-caps=-all', process.execPath, program];
  const { status, stdout, stderr } = run('setpriv', [...bare, 'demo'], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [, address] = /^ {2}(0x\w+) +\d+ +inlined into helloworld::main/m.exec(stdout) ?? [];
  expect(stdout).toContain(`would probe helloworld::hello inlined into helloworld::main at ${address} (file offset 0x`);
  expect(stdout).toMatch(/not possible: this process lacks CAP_BPF and CAP_PERFMON/);
  expect(stdout).toMatch(/^ +try: /m);
});

test('nowhere to unpack: one message, and what to set', () => {
  const { status, stderr } = rsym(['demo'], { env: { ...env, TMPDIR: join(folder, 'nosuch') } });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^rsym: cannot write to .*nosuch\n.*\n {2}try: TMPDIR=FOLDER rsym demo\n$/);
});
