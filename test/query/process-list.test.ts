import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { ProcessSearch } from '../../src/query/process-list.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { start } from '../support/process.ts';

const all = (path: string): ProcessSearch => {
  const search = new ProcessSearch(path);
  while (!search.done) search.step();
  return search;
};

describeNeeding(['linux'], 'processes of a file', () => {
  test('one that runs it, with its user and its command', async () => {
    const path = fixture('endings/debug-v0');
    await using target = start(path, ['serve', '60']);
    await target.waitFor('ready');
    const found = all(path).found();
    expect(found.find(({ pid }) => pid === target.pid)).toEqual({
      pid: target.pid,
      relation: 'runs',
      comm: 'debug-v0',
      user: userInfo().username,
      command: `${path} serve 60`,
    });
  });

  test('none of a file that nobody runs, or that is not there; never this process', () => {
    expect(all(fixture('types/debug')).found()).toEqual([]);
    expect(all('/nonesuch').found()).toEqual([]);
    expect(
      all(process.execPath)
        .found()
        .map(({ pid }) => pid),
    ).not.toContain(process.pid);
  });
});
