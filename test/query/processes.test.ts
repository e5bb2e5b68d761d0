import { copyFileSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { mappings, readMappings } from '../../src/query/mappings.ts';
import { identityOf, surveyProcesses } from '../../src/query/processes.ts';
import { fixture } from '../support/fixtures.ts';
import { testWith } from '../support/need.ts';
import { type Running, start } from '../support/process.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rsym-processes-')));
const path = join(folder, 'own\nname');
let child: Running;

beforeAll(() => {
  copyFileSync(fixture('endings/debug-v0'), path);
  child = start(path, ['serve', '120']);
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
  await child.waitFor('ready');
  expect(relations(path)).toEqual(['runs']);
  const libc = /^\S+ \S+ \S+ \S+ \d+\s+(\/.*\/libc[.-].*)$/m.exec(readFileSync(`/proc/${child.pid}/maps`, 'utf8'))?.[1];
  expect(relations(realpathSync(libc ?? ''))).toEqual(['maps']);
  expect(relations('/etc/passwd')).toEqual([]);
  expect(surveyProcesses(path, [child.pid]).related).toHaveLength(1);
});

testWith('linux')('a file that was replaced since the process started', () => {
  const before = identityOf(path);
  const mapped = (): string[] => mappings(child.pid).map((mapping) => mapping.path);
  expect(mapped()).toContain(path);
  copyFileSync(path, `${path}.new`);
  renameSync(`${path}.new`, path);
  expect(identityOf(path)).not.toEqual(before);
  expect(relations(path)).toEqual(['replaced']);
  // Its mappings are those of a file that is gone: no offset in the new one may be worked out from them.
  expect(mapped()).not.toContain(path);
  const all = readMappings(child.pid);
  expect(typeof all === 'string' ? all : all.filter((mapping) => mapping.path === path)).toContainEqual(
    expect.objectContaining({ deleted: true, inode: before?.ino, executable: true }),
  );
  expect(readMappings(2 ** 22 + 1)).toBe('gone');
});

testWith('linux')('a file that is gone, and a process that is none', () => {
  rmSync(path);
  expect(identityOf(path)).toBeNull();
  expect(relations(path)).toEqual(['replaced']);
  expect(surveyProcesses(path, [2 ** 22 + 1])).toEqual({ related: [], hidden: 0 });
});
