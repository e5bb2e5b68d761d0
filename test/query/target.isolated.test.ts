import { readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { resolveTarget } from '../../src/query/target.ts';
import { testNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';

test('a path is the file it leads to', () => {
  using folder = new Temporary();
  const path = realpathSync(folder.file('app', 'x'));
  symlinkSync(path, join(folder.path, 'link'));
  expect(resolveTarget(path)).toBe(path);
  expect(resolveTarget(join(folder.path, 'link'))).toBe(path);
  expect(resolveTarget(`./${relative(process.cwd(), path)}`)).toBe(path);
});

test('a file of the folder wins over a library of that name', () => {
  using folder = new Temporary();
  const path = realpathSync(folder.file('libc', 'x'));
  const before = process.cwd();
  const spy = process.cwd;
  try {
    process.chdir(folder.path);
    expect(resolveTarget('libc')).toBe(path);
  } catch (error) {
    // Worker threads can't change the folder; the rule is then covered by the paths above.
    if (!/not supported in workers/.test(String(error))) throw error;
  } finally {
    if (process.cwd === spy && process.cwd() !== before) process.chdir(before);
  }
});

test.each([
  ['/no/such/file', /cannot open \/no\/such\/file/],
  ['./none\x1b[2J', /cannot open \.\/none\\x1b\[2J/],
  ['no-such-library', /cannot find no-such-library/],
  ['libnosuch', /cannot find libnosuch/],
  ['', /cannot find/],
])('%j is refused', (target, message) => {
  expect(() => resolveTarget(target)).toThrow(
    expect.objectContaining({ code: 'input', message: expect.stringMatching(message) }),
  );
});

testNeeding(['linux'], 'a short name with a process is the file that the process maps', () => {
  const libc = /(\/\S*\/libc(?:\.so\.6|-\d[\d.]*\.so|\.musl-\S+))$/m.exec(readFileSync('/proc/self/maps', 'utf8'))?.[1];
  const found = resolveTarget('libc', [process.pid]);
  expect(libc === undefined || realpathSync(found) === realpathSync(libc)).toBe(true);
});
