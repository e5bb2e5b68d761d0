import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Browser, openForBrowsing } from '../../src/query/browse.ts';
import { Controller } from '../../src/tui/controller.ts';
import type { State } from '../../src/tui/state.ts';
import { fixture } from '../support/fixtures.ts';
import { Temporary } from '../support/temporary.ts';

/** The screen without Ink and terminal, on a program with debug info. */
let folder: Temporary;
let browser: Browser;
let controller: Controller;

beforeEach(() => {
  folder = new Temporary();
  browser = new Browser(openForBrowsing(fixture('inlined/units')));
  controller = new Controller(
    browser,
    { columns: 140, rows: 30 },
    {
      draw: () => undefined,
      copy: () => undefined,
      forget: () => undefined,
      quit: () => undefined,
      suspend: () => undefined,
      fail: (error) => {
        throw error;
      },
    },
  );
  controller.draw();
});
afterEach(async () => {
  await controller.close();
  browser[Symbol.dispose]();
  folder[Symbol.dispose]();
});

const press = (...names: readonly string[]): void => controller.keys(names.map((name) => ({ kind: 'key', name })));
const type = (text: string): void => controller.keys([...text].map((one) => ({ kind: 'text', text: one })));

/** Until what was begun has come to this. */
const until = async (holds: (state: State) => boolean): Promise<State> => {
  for (let i = 0; i < 2_000; i++) {
    if (holds(controller.state)) return controller.state;
    await wait(10);
  }
  throw new Error(`never came: ${JSON.stringify({ ...controller.state.list, rows: null, found: null })}`);
};
const isRead = ({ list }: State): boolean => list.count !== null && list.debugNote === null;
const isFound = ({ list }: State): boolean => !list.searching;
const namesOf = ({ list }: State): string[] => [...list.found].map((row) => browser.entry(row).name);

describe('debug info', () => {
  test('is read behind the first frame; then there are more functions, and the cursor is where it was', async () => {
    const before = controller.state.list.rows;
    press('down', 'down', 'down');
    const chosen = before[3];
    const { list } = await until(isRead);
    expect(list.rows.length).toBeGreaterThan(before.length);
    expect(list.rows[list.cursor]).toBe(chosen);
  });

  test('details of what is on the screen come by themselves', async () => {
    await until(isRead);
    const known = (row: number): boolean => browser.entry(row).details !== null;
    await until(({ list }) => [...list.rows.subarray(0, 10)].every(known));
    const { list } = controller.state;
    expect(known(list.rows[list.rows.length - 1] ?? 0)).toBe(false);
    press('end');
    await until(() => known(list.rows[list.rows.length - 1] ?? 0));
  });
});

test('a tree grows behind the keys, and a search filters it', async () => {
  await until(isRead);
  press('ctrl-t');
  const { list } = await until((state) => state.list.tree?.isWhole === true);
  const { tree } = list;
  expect(tree?.branches.map(({ end, first }) => end - first).reduce((a, b) => a + b, 0)).toBe(list.found.length);
  type('alloc');
  const after = await until((state) => isFound(state) && state.list.found.length < list.found.length);
  expect(after.list.tree?.sorted.length).toBe(after.list.found.length);
});

describe('a selection', () => {
  test('is saved, not written over unasked, and opened again', async () => {
    await until(isRead);
    type('deallocate');
    await until(isFound);
    press('down');
    type('a');
    const { marked } = controller.state.list;
    expect(marked.size).toBeGreaterThan(1);
    const path = join(folder.path, 'marks.txt');
    type('w');
    type(path);
    press('enter');
    expect(controller.state).toMatchObject({ list: { prompt: null } });
    expect(controller.state.notice).toContain(`saved to ${path}`);
    const saved = readFileSync(path, 'utf8');
    expect(saved.split('\n')[0]).toMatch(/^# functions of .*units/);
    type('w');
    type(path);
    press('enter');
    expect(controller.state.list.prompt?.exists).toBe(true);
    press('escape');
    type('A');
    expect(controller.state.list.marked.size).toBe(0);
    controller.mark(path);
    const again = await until(({ list }) => list.marked.size > 0);
    for (const row of marked) expect(again.list.marked.has(row), browser.entry(row).name).toBe(true);
    type('m');
    expect(namesOf(await until((state) => isFound(state) && state.list.isMarkedOnly)).length).toBe(
      again.list.marked.size,
    );
  });

  test('that can not be read or written is refused with the reason', async () => {
    await until(isRead);
    press('down');
    type('o');
    type(join(folder.path, 'nothing'));
    press('enter');
    expect(controller.state.list.prompt?.fault?.reason).toBe('there is no such file or folder');
    press('escape');
    controller.mark(folder.file('faulty', 'one\n/(/\n'));
    expect(controller.state.notice).toMatch(/cannot read line 2 of .*faulty/);
    controller.mark(folder.file('missing', 'no::such::function\n'));
    expect((await until(({ notice }) => notice?.includes('missing') === true)).notice).toMatch(/no function here/);
    type(' w');
    type(join(folder.path, 'no', 'folder'));
    press('enter');
    expect(controller.state.list.prompt?.fault?.message).toMatch(/^cannot write/);
    expect(existsSync(join(folder.path, 'no'))).toBe(false);
  });

  test('names in it do no harm', async () => {
    await until(isRead);
    controller.mark(folder.file('odd', `# \x1b[31m\n\n${'x'.repeat(70_000)}\n`));
    expect(controller.state.notice).toMatch(/cannot read line 3/);
  });
});
