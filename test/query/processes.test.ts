import { copyFileSync, mkdtempSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { identityOf, surveyProcesses } from '../../src/query/processes.ts';
import { testWith } from '../support/need.ts';
import { type Running, run, start } from '../support/process.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rsym-processes-')));
const path = join(folder, 'own\nname');
let child: Running;

beforeAll(() => {
  copyFileSync(realpathSync(run('sh', ['-c', 'command -v cat']).stdout.trim()), path);
  child = start(path);
});
afterAll(async () => {
  await child[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const relations = (of: string): string[] =>
  surveyProcesses(of)
    .related.filter(({ pid }) => pid === child.pid)
    .map(({ relation }) => relation);

testWith('linux')('the program of a process, a library of it, a file it has nothing to do with', async () => {
  // Its echo says that it has passed exec and mapped its libraries.
  child.write('ready\n');
  await child.waitFor('ready');
  expect(relations(path)).toEqual(['runs']);
  const libc = /^\S+ \S+ \S+ \S+ \d+\s+(\/.*\/libc[.-].*)$/m.exec(run('cat', [`/proc/${child.pid}/maps`]).stdout)?.[1];
  expect(relations(realpathSync(libc ?? ''))).toEqual(['maps']);
  expect(relations('/etc/passwd')).toEqual([]);
  expect(surveyProcesses(path, [child.pid]).related).toHaveLength(1);
});

testWith('linux')('a file that was replaced since the process started', () => {
  const before = identityOf(path);
  copyFileSync(path, `${path}.new`);
  renameSync(`${path}.new`, path);
  expect(identityOf(path)).not.toEqual(before);
  expect(relations(path)).toEqual(['replaced']);
});

testWith('linux')('a file that is gone, and a process that is none', () => {
  rmSync(path);
  expect(identityOf(path)).toBeNull();
  expect(relations(path)).toEqual(['replaced']);
  expect(surveyProcesses(path, [2 ** 22 + 1])).toEqual({ related: [], hidden: 0 });
});
