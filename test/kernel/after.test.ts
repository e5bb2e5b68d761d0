import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cliFail, rsym } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';
import { type TracedCall, traced } from '../support/traced.ts';

const source = fileURLToPath(new URL('programs/after.rs', import.meta.url));

const texts = ({ args, ret }: TracedCall): string[] => [
  ...args.map(({ name, text }) => `${name}: ${text}`),
  ret?.text ?? '',
];

const tracedNotes = (args: readonly string[]): { stderr: string; events: string[] } => {
  const { stdout, stderr } = rsym(['trace', '--json', ...args]);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; text: string });
  return { stderr, events: events.filter(({ event }) => event === 'note').map(({ text }) => text) };
};

describeNeeding(['kernel', 'rustc'], 'what is asked of values', () => {
  const folder = new Temporary();
  const path = join(folder.path, 'after');
  beforeAll(() => buildRust(source, path, ['--crate-name=after', '-Copt-level=0']));
  afterAll(() => folder[Symbol.dispose]());

  test('memory behind arguments is read once more at the return', () => {
    const { calls } = traced([path, 'after::grow', 'fill', '--after', '*', '--after', 'buffer:ret', '--']);
    expect(calls.map(texts)).toEqual([
      ['values: [7, 8]', 'more: 1', '3'],
      [expect.stringMatching(/^buffer: 0x/), 'room: 8', '3'],
      [expect.stringMatching(/^buffer: 0x/), 'room: 0', '-1'],
    ]);
    expect(calls.map(({ after }) => after?.map(({ name, text }) => `${name}: ${text}`))).toEqual([
      ['values: [7, 8, 1]'],
      ['buffer: "abc"'],
      ['buffer: ""'],
    ]);
  });

  test('what is not read again is told, with the reason', () => {
    const notes = (...args: string[]): string[] => {
      const { stderr, events } = tracedNotes([path, ...args, '--']);
      for (const note of events) expect(stderr).toContain(`rsym: ${note}\n`);
      return events.filter((note) => note.includes('--after'));
    };
    expect(notes('after::grow', '--after', 'values:more', '--after', 'value', '--after', 'more:2')).toEqual([
      'after::grow: --after values:more: values is not read again: what `&mut alloc::vec::Vec<u8, alloc::alloc::Global>` points to is no plain bytes: without a length its value is read',
      'after::grow: --after more:2: more is not read again: `u8` is no pointer',
      '--after value: there is no argument of that name in what is traced; the nearest: values',
    ]);
    expect(notes('fill', '--after', 'buffer:len', '--after', '*')).toEqual([
      'after::fill: --after buffer:len: buffer is not read again: there is no argument len that could be its length',
      '--after *: there is no `&mut` argument of that name in what is traced',
    ]);
    expect(notes('after::grow', '--after', 'values', '--returns', 'fast')).toEqual([
      'after::grow: --after values: a uretprobe reads results only; --returns safe reads arguments again',
    ]);
    expect(cliFail(['trace', path, 'after::grow', '--after', 'values', '--returns', 'off', '--'])).toBe(
      'rsym: --after reads when calls return, and --returns off watches no return\n',
    );
  });

  test('counts of a counted pointer, and what a closure captured', () => {
    const { calls } = traced([path, 'after::shared', 'after::apply', 'after::main::{closure#1}', '--']);
    const [shared, apply, closure] = ['shared', 'apply', 'main::{closure#1}'].map((name) =>
      calls.find((call) => call.function === `after::${name}`),
    );
    expect(shared?.args[0]).toMatchObject({ text: '"counted"', counts: [{ path: '', strong: '2', weak: '1' }] });
    expect(apply?.args[0]?.text).toBe('{closure} { by: 1, word: "word" }');
    expect(closure && texts(closure)).toEqual(['by: 1', 'word: "word"', 'n: 5', '10']);
  });

  test('what is redacted is nowhere in the answer', () => {
    const done = traced([path, 'after::enter', '--redact', 'password', '--redact', 'PIN', '--']);
    expect(done.calls.map(texts)).toEqual([
      [
        'login: Login { user: "user1", password: <redacted>, pin: <redacted> }',
        'all: [Login { user: "user2", password: <redacted>, pin: <redacted> }, Login { user: "user3", password: <redacted>, pin: <redacted> }]',
        expect.any(String),
      ],
    ]);
    expect(JSON.stringify(done.calls)).not.toMatch(/secret/);
    expect(done.calls[0]?.args[0]?.value).toEqual({
      user: 'user1',
      password: { $missing: 'redacted' },
      pin: { $missing: 'redacted' },
    });
  });

  test('the depth says how many pointers are followed', () => {
    const { calls } = traced([path, 'after::enter', '--depth', '1', '--']);
    expect(calls[0]?.args[1]?.text).toMatch(/^\[Login \{ user: /);
    expect(calls[0]?.args[1]?.text).not.toBe(undefined);
  });
});
