import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { branchLine, type TreeView } from '../../src/query/browse.ts';
import { mostMarked } from '../../src/tui/list/marks.ts';
import { focusedField, modeOf, type State } from '../../src/tui/state.ts';
import type { Action } from '../../src/tui/step.ts';
import { update } from '../../src/tui/update.ts';
import { effectsOf, facts, follow, state, typed } from './states.ts';

const command = (name: (Action & { kind: 'command' })['command']): Action => ({ kind: 'command', command: name });
const news = (one: (Action & { kind: 'list' })['news']): Action => ({ kind: 'list', news: one });
const found = (...rows: number[]): Action =>
  news({ kind: 'found', rows: Uint32Array.from(rows), done: true, fault: null });
const askOf = (start: State, action: Action) => {
  const [effect] = effectsOf(start, action);
  return effect?.kind === 'list' ? effect.ask : undefined;
};

describe('where keys go', () => {
  test('at first into the search field; Esc and arrows lead into the list, Ctrl-N does not', () => {
    expect(modeOf(state())).toBe('list');
    expect(modeOf(follow(state(), 'back'))).toBe('rows');
    expect(modeOf(follow(state(), 'down'))).toBe('rows');
    expect(follow(state(), 'down').list.cursor).toBe(1);
    expect(modeOf(follow(state(), 'peek-down'))).toBe('list');
    expect(follow(state(), 'peek-down').list.cursor).toBe(1);
  });

  test('a letter that is no key of the list goes on with the search, at its end', () => {
    const left = follow(state(), typed('he'), 'start', 'down');
    expect(focusedField(left)).toBeNull();
    const again = follow(left, typed('ll'));
    expect(again.list).toMatchObject({ search: { text: 'hell', at: 4 }, isTyping: true, cursor: 0 });
  });

  test('Esc in the list clears the search, then shows all again', () => {
    const marked = follow(state(), typed('he'), 'down', 'mark', 'marked-only', 'focus-search', typed('x'), 'back');
    expect(marked.list.search.text).toBe('hex');
    const cleared = follow(marked, 'back');
    expect(cleared.list).toMatchObject({ search: { text: '' }, isMarkedOnly: true });
    expect(follow(cleared, 'back').list.isMarkedOnly).toBe(false);
  });

  test('back from a function, letters are keys', () => {
    expect(modeOf(follow(state(), typed('he'), 'open', facts(0), 'back'))).toBe('rows');
  });
});

describe('marks', () => {
  test('a mark is set and taken away, the cursor goes on, a search changes nothing', () => {
    const two = follow(state(), 'mark', 'mark');
    expect([...two.list.marked]).toEqual([0, 1]);
    expect([...follow(two, typed('x'), found(4)).list.marked]).toEqual([0, 1]);
    expect([...follow(two, 'first', 'mark').list.marked]).toEqual([1]);
    expect(follow(two, 'unmark-all').list.marked.size).toBe(0);
  });

  test('all that are found, but no more than anybody means', () => {
    expect([...follow(state(), found(2, 4), 'mark-found').list.marked]).toEqual([2, 4]);
    const many = follow(state(mostMarked + 5), 'mark-found');
    expect(many.list.marked.size).toBe(mostMarked);
    expect(many.notice).toContain('1,005 are too many');
    // Those that are marked already count once.
    expect(follow(many, 'first', 'mark', 'first', 'mark').list.marked.size).toBe(mostMarked);
  });

  test('what the same search finds later is marked too; what was unmarked meanwhile stays so', () => {
    const some = follow(state(), 'back', 'mark-found', 'first', 'mark');
    expect([...some.list.marked]).not.toContain(0);
    const later = follow(some, found(0, 1, 2, 3, 4, 7, 9));
    expect([...later.list.marked].sort()).toEqual([1, 2, 3, 4, 7, 9]);
    // Another search has nothing to do with it, nor have functions that are only near.
    expect(follow(some, typed('x'), found(8)).list.marked.has(8)).toBe(false);
    expect(follow(some, 'unmark-all', found(0, 8)).list.marked.size).toBe(0);
    const near = news({ kind: 'found', rows: Uint32Array.of(8), done: true, fault: null, isNearest: true });
    expect(follow(some, near).list.marked.has(8)).toBe(false);
  });

  test('marked ones alone', () => {
    expect(follow(state(), 'marked-only')).toMatchObject({
      notice: 'nothing is marked',
      list: { isMarkedOnly: false },
    });
    const marked = follow(state(), 'down', 'mark');
    expect(askOf(marked, command('marked-only'))).toMatchObject({ kind: 'search', among: new Set([1]) });
  });
});

test('orders come round', () => {
  let now = state();
  const seen: string[] = [];
  for (let i = 0; i < 5; i++) {
    seen.push(now.list.order);
    const { state: next, effects } = update(now, command('next-order'));
    expect(effects).toMatchObject([{ kind: 'list', ask: { kind: 'search', order: next.list.order } }]);
    now = next;
  }
  expect(seen).toEqual(['relevance', 'name', 'size', 'copies', 'address']);
  expect(now.list.order).toBe('relevance');
});

describe('a tree', () => {
  const view = (isOpen: boolean): TreeView => ({
    lines: isOpen ? Uint32Array.of(branchLine(0), 0, 1, branchLine(1)) : Uint32Array.of(branchLine(0), branchLine(1)),
    depths: isOpen ? Uint8Array.of(0, 1, 1, 0) : Uint8Array.of(0, 0),
    branches: [
      { name: 'demo', path: 'demo', isOpen, first: 0, end: 2 },
      { name: 'alloc', path: 'alloc', isOpen: false, first: 2, end: 3 },
    ],
    sorted: Uint32Array.of(0, 1, 2),
    isWhole: true,
  });
  const shown = (isOpen: boolean): Action =>
    news({ kind: 'found', rows: Uint32Array.of(0, 1, 2), done: true, fault: null, tree: view(isOpen) });
  const closed = follow(state(), 'back', 'switch-tree', shown(false));
  const opened = follow(closed, 'open-branch', shown(true));

  test('is asked for, and a branch is opened and closed', () => {
    expect(askOf(state(), command('switch-tree'))).toMatchObject({ open: new Set() });
    expect(askOf(closed, command('open-branch'))).toMatchObject({ open: new Set(['demo']) });
    expect(askOf(closed, command('open'))).toMatchObject({ open: new Set(['demo']) });
    expect(askOf(opened, command('close-branch'))).toMatchObject({ open: new Set() });
    expect(askOf(opened, command('open-branch'))).toBeUndefined();
  });

  test('left from inside goes to the branch; Enter opens a function', () => {
    const inside = follow(opened, 'down', 'down');
    expect(follow(inside, 'close-branch').list.cursor).toBe(0);
    expect(follow(inside, 'open')).toMatchObject({ level: 'detail', detail: { row: 1 } });
  });

  test('a mark on a branch is one on all below it', () => {
    const marked = follow(closed, 'mark');
    expect([...marked.list.marked]).toEqual([0, 1]);
    expect(follow(marked, 'first', 'mark').list.marked.size).toBe(0);
  });

  test('while it grows the cursor stays on its line', () => {
    const grown: TreeView = { ...view(false), lines: Uint32Array.of(branchLine(1), branchLine(0)) };
    const moved = follow(
      follow(closed, 'down'),
      news({ kind: 'found', rows: Uint32Array.of(0, 1, 2), done: true, fault: null, again: true, tree: grown }),
    );
    expect(moved.list.cursor).toBe(0);
  });
});

describe('selections', () => {
  const marked = follow(state(), 'back', 'mark');

  test('nothing is saved where nothing is marked', () => {
    expect(follow(state(), 'down', 'save')).toMatchObject({ list: { prompt: null } });
  });

  test('a name is asked for; a file that is there is written over when it is said again', () => {
    const asking = follow(marked, 'save', typed(' calls.txt '));
    expect(modeOf(asking)).toBe('selection');
    const ask = { kind: 'save', path: 'calls.txt', rows: new Set([0]), overwrite: false };
    expect(askOf(asking, command('accept-name'))).toEqual(ask);
    const warned = follow(asking, news({ kind: 'exists', path: 'calls.txt' }));
    expect(askOf(warned, command('accept-name'))).toEqual({ ...ask, overwrite: true });
    // Another name is another file.
    expect(askOf(follow(warned, typed('x')), command('accept-name'))).toMatchObject({ overwrite: false });
    expect(modeOf(follow(asking, news({ kind: 'saved' })))).toBe('rows');
    expect(modeOf(follow(asking, 'back'))).toBe('rows');
  });

  test('what is wrong is said, and the name can be mended', () => {
    const refused = follow(marked, 'save', 'accept-name');
    expect(refused.list.prompt?.fault?.message).toBe('a file name is missing');
    expect(follow(refused, typed('x')).list.prompt?.fault).toBeNull();
    const error = new RsymError('input', 'cannot read it', { reason: 'it is a folder' });
    expect(follow(marked, 'load', news({ kind: 'refused', error })).list.prompt?.fault).toBe(error);
    expect(follow(marked, news({ kind: 'refused', error })).notice).toBe('cannot read it: it is a folder');
  });

  test('the functions of a file are marked beside the others', () => {
    const both = follow(marked, 'load', news({ kind: 'loaded', rows: new Set([3]) }));
    expect([...both.list.marked]).toEqual([0, 3]);
    expect(modeOf(both)).toBe('rows');
  });
});
