import { expect, test } from 'vitest';
import { need, verdict } from './need.ts';

test('root is told apart', () => {
  expect(need('root')).toBe(process.getuid?.() === 0 ? null : 'not run as root');
});

test('nothing needed always runs', () => {
  expect(verdict([], 'kernel')).toEqual({ act: 'run', why: '' });
});

test('a name that is no feature is refused rather than ignored', () => {
  expect(() => verdict([], 'kernel,rustcc')).toThrow('rustcc');
});

test('what is missing is skipped by name, and fails where it is required', () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  try {
    // Asked for the first time in this file, so the answer is for the empty PATH.
    expect(verdict(['gdb'], '')).toEqual({ act: 'skip', why: expect.stringContaining('needs gdb: ') });
    expect(verdict(['gdb'], 'kernel, gdb')).toEqual({ act: 'fail', why: expect.stringContaining('needs gdb: ') });
  } finally {
    if (path !== undefined) process.env['PATH'] = path;
  }
});
