import { readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rsym } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';

type Call = {
  event: string;
  function: string;
  args: { name: string; value: unknown; text: string; evidence: string }[];
  ret: { value: unknown; evidence: string } | null;
  outcome: string;
  duration_ns: string | null;
};
const lines = (text: string): Call[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const signature = 'helloworld::hello(i: i32, len: usize) -> i32';

describeNeeding(['kernel'], 'the tutorial program', () => {
  for (const variant of ['debug-legacy', 'debug-v0', 'never-legacy', 'never-v0']) {
    test(`${variant}: four calls with their arguments and return values, in order`, () => {
      const path = fixture(`hello/${variant}`);
      const plain = run(path, ['1', '2', '3', '4']);
      const done = rsym(['trace', '--json', path, signature, '--', '1', '2', '3', '4']);
      expect(done.status, done.stderr).toBe(0);
      const events = lines(done.stdout);
      const calls = events.filter(({ event }) => event === 'call');
      // The program prints what it got and what it returned: that is the truth to compare with.
      const printed = [...plain.stdout.matchAll(/number (-?\d+), (\d+) arguments\nreturned (-?\d+)/g)];
      expect(printed.length).toBe(4);
      expect(
        calls.map(({ args, ret, outcome }) => [args.map(({ name, value }) => [name, value]), ret?.value, outcome]),
      ).toEqual(
        printed.map(([, i, len, ret]) => [
          [
            ['i', Number(i)],
            ['len', len],
          ],
          Number(ret),
          'returned',
        ]),
      );
      expect(calls.every(({ args, ret }) => [...args, ret].every((v) => v?.evidence === 'given'))).toBe(true);
      expect(calls.every(({ duration_ns }) => BigInt(duration_ns ?? 0) > 0n)).toBe(true);
      expect(events.at(-1)).toMatchObject({ event: 'end', calls: 4, program: { status: 0, signal: null } });
      // The program's output goes to stderr, unchanged.
      expect(done.stderr).toContain(plain.stdout);
    });
  }

  test('an argument that a given signature names is redacted; a pattern that matches nothing is told', () => {
    const options = ['--redact', 'LEN', '--redact', 'pasword', '--redact', 'helloworld::hello'];
    const done = rsym(['trace', '--json', ...options, fixture('hello/never-v0'), signature, '--', '1']);
    const told = [
      '--redact pasword matches no value of what is traced',
      '--redact helloworld::hello matches no value of what is traced: it names a function, and values are redacted by their own names and types',
    ];
    for (const note of told) expect(done.stderr).toContain(`rsym: ${note}\n`);
    const events = lines(done.stdout) as (Call & { text?: string })[];
    expect(events.filter(({ event }) => event === 'note').map((note) => JSON.stringify(note))).toEqual(
      told.map((note) => expect.stringContaining(note)),
    );
    expect(events.find(({ event }) => event === 'call')?.args.map(({ text }) => text)).toEqual(['1', '<redacted>']);
  });

  test('negative numbers keep their sign, and only the named bits of a register count', () => {
    const done = rsym(['trace', '--json', fixture('hello/never-v0'), signature, '--', '-5', '2147483647']);
    const calls = lines(done.stdout).filter(({ event }) => event === 'call');
    expect(calls.map(({ args, ret }) => [args[0]?.value, ret?.value])[0]).toEqual([-5, -2]);
    expect(calls[1]?.args[0]?.value).toBe(2147483647);
  });

  test('without a signature registers are shown as what they are', () => {
    const done = rsym(['trace', '--json', fixture('hello/never-v0'), 'hello', '--', '7']);
    const [call] = lines(done.stdout).filter(({ event }) => event === 'call');
    expect(call?.args.map(({ name }) => name)).toEqual(['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9']);
    expect(call?.args.every(({ evidence }) => evidence === 'raw')).toBe(true);
    expect(BigInt(String(call?.args[0]?.value)) & 0xffffffffn).toBe(7n);
    expect(done.stderr).toContain('no signature');
  });

  test('a function inlined everywhere, without debug info that knows of it: status 1, the nearest named', () => {
    const done = rsym(['trace', fixture('hello/release-v0'), signature, '--', '1']);
    expect({ status: done.status, stdout: done.stdout }).toEqual({ status: 1, stdout: '' });
    expect(done.stderr).toMatch(/nothing in \S+ matches helloworld::hello/);
    expect(done.stderr).toMatch(/no debug info: a function that was inlined everywhere leaves no trace/);
    expect(done.stderr).toMatch(/helloworld::main/);
  });

  test('-o keeps the program’s streams as they are and the answers in the file', () => {
    const path = fixture('hello/never-v0');
    const file = `${path}.${process.pid}.out`;
    const done = rsym(['trace', '--json', '-o', file, path, signature, '--', '1', '2']);
    expect(done.stdout).toBe(run(path, ['1', '2']).stdout);
    expect(lines(readFileSync(file, 'utf8')).map(({ event }) => event)).toEqual(['call', 'call', 'end']);
    rmSync(file);
  });

  test('-n counts calls, --events both shows each beginning before its end', () => {
    const path = fixture('hello/never-v0');
    const two = lines(rsym(['trace', '--json', '-n', '2', path, signature, '--', '1', '2', '3', '4']).stdout);
    expect(two.map(({ event }) => event)).toEqual(['call', 'call', 'end']);
    const both = lines(rsym(['trace', '--json', '--events', 'both', path, signature, '--', '1', '2']).stdout);
    expect(both.map(({ event }) => event)).toEqual(['enter', 'call', 'enter', 'call', 'end']);
  });

  test('--returns off: entries alone, outcome `entered`, nothing known of the end', () => {
    const done = rsym(['trace', '--json', '--returns', 'off', fixture('hello/debug-v0'), signature, '--', '3']);
    expect(lines(done.stdout).find(({ event }) => event === 'call')).toMatchObject({
      outcome: 'entered',
      ret: null,
      duration_ns: null,
    });
  });

  test('--returns fast: uretprobes give the same values and say what they can do', () => {
    const path = fixture('hello/debug-v0');
    const fast = rsym(['trace', '--json', '--returns', 'fast', path, signature, '--', '3', '4']);
    expect(
      lines(fast.stdout)
        .filter(({ event }) => event === 'call')
        .map(({ ret }) => ret?.value),
    ).toEqual([6, 7]);
    expect(fast.stderr).toMatch(/panic .*aborts the program/);
  });
});
