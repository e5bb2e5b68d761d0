import { describe, expect, test } from 'vitest';
import { redactionOf } from '../../src/query/redaction.ts';

const isRedacted = (patterns: readonly string[], path: string, type = 'u64'): boolean =>
  redactionOf(patterns)?.matches(path, type) ?? false;

describe('what is not to be read is told', () => {
  test('by nobody: nothing is asked', () => {
    expect(redactionOf([])).toBe(null);
  });

  test.each([
    ['password', 'password', 'u64', true],
    ['password', 'login.password', 'u64', true],
    ['PassWord', 'login.password', 'u64', true],
    ['login.password', 'login.password', 'u64', true],
    ['login.*', 'login.password', 'u64', true],
    ['*pass*', 'login.old_password', 'u64', true],
    ['password', 'login.passwords', 'u64', false],
    ['password', 'password.length', 'u64', false],
    ['Secret', 'a', 'app::auth::Secret', true],
    ['secret', 'a', 'app::auth::Secret<alloc::string::String>', true],
    ['app::auth::Secret', 'a', 'app::auth::Secret<u8>', true],
    ['Secret', 'a', 'alloc::vec::Vec<app::auth::Secret>', false],
    ['/^tok/', 'session.token', 'u64', true],
    ['/TOK/', 'session.token', 'u64', true],
    ['/tok/i', 'SESSION.TOKEN', 'u64', true],
    ['/^tok$/', 'session.token', 'u64', false],
    ['/Vec<.*Secret/', 'a', 'alloc::vec::Vec<app::auth::Secret>', true],
    ['', 'a', 'u64', false],
  ])('by %s: %s of type %s: %s', (pattern, path, type, expected) => {
    expect(isRedacted([pattern], path, type)).toBe(expected);
  });

  test('by any of several', () => {
    expect(['user', 'pin', 'key'].map((name) => isRedacted(['pin', '/^k/'], name))).toEqual([false, true, true]);
  });

  test('not by a faulty expression: that is wrong use', () => {
    expect(() => redactionOf(['/(/'])).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('a pattern that matches nothing is told, with the nearest names; each by itself', () => {
    const redaction = redactionOf(['pasword', 'login', 'pin', '/^x+$/', 'User']);
    for (const [path, type] of [
      ['login', 'app::User'],
      ['login.password', 'alloc::string::String'],
      ['login.pin', 'u64'],
    ] as const)
      redaction?.matches(path, type);
    expect(redaction?.notes(['app::enter'])).toEqual([
      '--redact pasword matches no value of what is traced; the nearest: password',
      '--redact /^x+$/ matches no value of what is traced',
    ]);
  });

  test("a function's name is none of a value", () => {
    for (const pattern of ['app::enter', 'enter', 'ent*'])
      expect(redactionOf([pattern])?.notes(['app::enter'])).toEqual([
        `--redact ${pattern} matches no value of what is traced: it names a function, and values are redacted by their own names and types`,
      ]);
  });
});
