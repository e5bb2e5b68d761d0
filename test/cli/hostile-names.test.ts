import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { splitWords } from '../../src/query/words.ts';
import { rsym } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { testWith } from '../support/need.ts';

const folder = mkdtempSync(join(tmpdir(), 'rsym-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Everything but line ends, which separate the messages.
const control = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/;

testWith('linux')('the name of a file that can not be listed is safe in a remark', () => {
  const name = join(folder, 'a\x1b[2J\u202eb');
  writeFileSync(name, 'no program');
  const { status, stderr } = rsym(['ls', fixture('hello/debug-v0'), name]);
  expect(status).toBe(2);
  expect(stderr).toContain('a\\x1b[2J\\u{202e}b');
  expect(stderr).not.toMatch(control);
});

/** A program that is there wherever the tests run, and does nothing. */
const nothing = `'${process.execPath}' -e 0`;

testWith('kernel')('without a call, a question to doctor that a shell can read', () => {
  const target = join(folder, "it's $HOME; a name");
  copyFileSync(fixture('hello/debug-v0'), target);
  const { status, stderr } = rsym([
    'trace',
    target,
    'helloworld::hello(i: i32, len: usize) -> i32',
    'main',
    '-c',
    nothing,
  ]);
  expect(status).toBe(0);
  const questions = Array.from(stderr.matchAll(/why\? (rsym doctor .*)$/gm), (m) => splitWords(m[1] ?? ''));
  expect(questions).toEqual([
    ['rsym', 'doctor', target, 'helloworld::hello'],
    ['rsym', 'doctor', target, 'main'],
  ]);
  for (const [, ...args] of questions) expect(rsym(args)).toMatchObject({ status: 0, stderr: '' });
});

testWith('kernel')('a name that a terminal must not see is escaped in the note and in the question', () => {
  const target = join(folder, 'b\x1b[2Jc');
  copyFileSync(fixture('hello/debug-v0'), target);
  const { status, stderr } = rsym(['trace', target, 'helloworld::hello', '-c', nothing]);
  expect(status).toBe(0);
  expect(stderr).toContain('b\\x1b[2Jc');
  expect(stderr).not.toMatch(control);
});

testWith('linux')('-p takes what a process id can be', () => {
  const ask = (pid: string) => rsym(['trace', fixture('hello/debug-v0'), 'helloworld::hello', '-p', pid]);
  for (const pid of ['x', '0', '4194305', '99999999999', '1.5', '-1', ''])
    expect(ask(pid), pid).toMatchObject({ status: 2, stderr: expect.stringContaining('it is not a process id') });
});
