import { chmodSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loneProgram } from '../../src/query/command-program.ts';
import { Temporary } from '../support/temporary.ts';

test('a command that runs another file than the one that is watched', () => {
  using folder = new Temporary();
  const path = folder.file('app', 'any');
  const other = folder.file('other', 'any');
  for (const file of [path, other]) chmodSync(file, 0o755);
  const link = join(folder.path, 'link');
  symlinkSync(path, link);
  const alone = (line: string, children?: boolean): string | null =>
    loneProgram(path, { scope: { kind: 'command', line }, ...(children === undefined ? {} : { children }) });

  expect(alone(`${other} -c ${path}`)).toBe(realpathSync(other));
  expect(alone(`${other} -c ${path}`, true)).toBeNull();
  for (const line of [path, `'${path}' 1`, link, join(folder.path, 'none')]) expect(alone(line)).toBeNull();
  expect(loneProgram(path, { scope: { kind: 'run', args: [] } })).toBeNull();
  expect(loneProgram(path, { scope: { kind: 'everywhere' } })).toBeNull();
});
