import { branchIndex, branchLine, orders, type TreeView } from '../../query/browse.ts';
import { opened } from '../detail/update.ts';
import type { Command } from '../keys.ts';
import { launchedRows } from '../launch/update.ts';
import { listHeight, listLineAt } from '../layout.ts';
import { type Edit, edit } from '../parts/field.ts';
import { type Motion, moved, scrolledTo } from '../parts/window.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import { markedAll, markedSoFar, toggled, unmarkedAll } from './marks.ts';
import { accepted, closedPrompt, editedPrompt, prompting } from './prompt.ts';
import { type ListNews, type ListState, wanted } from './state.ts';

const changed = (state: State, change: Partial<ListState>): State => ({ ...state, list: { ...state.list, ...change } });

/** The list anew, from its top. */
const searched = (state: State, change: Partial<ListState>): Step => {
  const next = changed(state, { cursor: 0, top: 0, ...change });
  return step(next, { kind: 'list', ask: wanted(next.list) });
};

/** The same with the cursor where it is. */
const arranged = (state: State, change: Partial<ListState>): Step => {
  const next = changed(state, change);
  return step(next, { kind: 'list', ask: wanted(next.list) });
};

const edited = (state: State, change: Edit): Step => {
  const { list } = state;
  if (list.prompt) return step(editedPrompt(state, change));
  // A letter that is no key of the list begins to search on.
  const field = list.isTyping ? list.search : edit(list.search, { kind: 'end' });
  const search = edit(field, change);
  return search.text === list.search.text
    ? step(changed(state, { search, isTyping: true }))
    : searched(state, { search, isTyping: true, markedFound: null });
};

const back = (state: State): Step => {
  const { list } = state;
  if (list.prompt) return step(closedPrompt(state));
  if (list.isTyping) return step(changed(state, { isTyping: false }));
  if (list.search.text !== '') return searched(state, { search: edit(list.search, { kind: 'erase-all' }) });
  return list.isMarkedOnly ? searched(state, { isMarkedOnly: false }) : step(state);
};

const cursorMoved = (state: State, motion: Motion): State => {
  const { list, size } = state;
  const height = listHeight(size);
  const cursor = moved(list.cursor, motion, list.rows.length, height);
  return changed(state, { cursor, top: scrolledTo(list.top, cursor, list.rows.length, height) });
};

/** An arrow leads out of the search field into the list. */
const scrolled = (state: State, motion: Motion): State => cursorMoved(changed(state, { isTyping: false }), motion);

const command = (state: State, name: Command): Step => {
  const { list } = state;
  switch (name) {
    case 'open':
      return openedRow(state);
    case 'trace-found':
      return traced(state);
    case 'focus-search':
      return step(changed(state, { isTyping: true }));
    case 'leave-search':
      return step(changed(state, { isTyping: false }));
    case 'next-order':
      return searched(state, { order: orders[(orders.indexOf(list.order) + 1) % orders.length] ?? 'relevance' });
    case 'switch-tree':
      return searched(state, { isTree: !list.isTree });
    case 'open-branch':
      return branchAt(list)?.isOpen === false ? toggledBranch(state) : step(state);
    case 'close-branch':
      return branchAt(list)?.isOpen === true ? toggledBranch(state) : step(toParent(state));
    case 'mark':
      return step(cursorMoved(toggled(state), 'down'));
    case 'peek-up':
      return step(cursorMoved(state, 'up'));
    case 'peek-down':
      return step(cursorMoved(state, 'down'));
    case 'mark-found':
      return step(markedAll(state));
    case 'unmark-all': {
      const none = unmarkedAll(state);
      return none.list.isMarkedOnly ? searched(none, { isMarkedOnly: false }) : step(none);
    }
    case 'marked-only':
      if (list.marked.size === 0 && !list.isMarkedOnly) return step({ ...state, notice: 'nothing is marked' });
      return searched(state, { isMarkedOnly: !list.isMarkedOnly });
    case 'save':
      return step(prompting(state, 'save'));
    case 'load':
      return step(prompting(state, 'load'));
    case 'accept-name':
      return accepted(state);
    default:
      return step(state);
  }
};

/** A click chooses a line. */
const pointed = (state: State, row: number): Step => {
  const { list, size } = state;
  const line = listLineAt(size, row);
  const cursor = list.top + (line ?? 0);
  if (line === undefined || cursor >= list.rows.length) return step(state);
  return step(changed(state, { cursor, isTyping: false }));
};

/** The list and its search field. */
export const listArea: Area = { command, edited, scrolled, pointed, back };

const openedRow = (state: State): Step => {
  const { list } = state;
  const row = list.rows[list.cursor];
  if (row === undefined) return step(state);
  if (list.tree && branchIndex(row) !== null) return toggledBranch(state);
  return opened(changed(state, { isTyping: false }), row);
};

/** Marked functions are meant before the one under the cursor. */
const traced = (state: State): Step => {
  const { list } = state;
  if (list.marked.size > 0) return launchedRows(state, [...list.marked]);
  const row = list.rows[list.cursor];
  return row === undefined || (list.tree && branchIndex(row) !== null) ? step(state) : launchedRows(state, [row]);
};

/** The branch under the cursor. */
const branchAt = ({ tree, rows, cursor }: ListState): TreeView['branches'][number] | null => {
  const at = branchIndex(rows[cursor] ?? 0);
  return at === null ? null : (tree?.branches[at] ?? null);
};

const toggledBranch = (state: State): Step => {
  const branch = branchAt(state.list);
  if (branch === null) return step(state);
  const open = new Set(state.list.open);
  if (!open.delete(branch.path)) open.add(branch.path);
  return arranged(state, { open });
};

const toParent = (state: State): State => {
  const { tree, cursor, top } = state.list;
  const depth = tree?.depths[cursor] ?? 0;
  if (!tree || depth === 0) return state;
  const parent = tree.depths.subarray(0, cursor).lastIndexOf(depth - 1);
  return parent < 0
    ? state
    : changed(state, { cursor: parent, top: scrolledTo(top, parent, tree.lines.length, listHeight(state.size)) });
};

export const afterListNews = (state: State, news: ListNews): State => {
  switch (news.kind) {
    case 'found':
      return found(state, news);
    case 'debug':
      return changed(state, { debugNote: news.note, count: news.count });
    case 'saved':
      return closedPrompt(state);
    case 'loaded':
      return closedPrompt(changed(state, { marked: new Set([...state.list.marked, ...news.rows]) }));
    case 'exists':
      return state.list.prompt
        ? changed(state, { prompt: { ...state.list.prompt, exists: true, fault: null } })
        : state;
    case 'refused':
      return state.list.prompt
        ? changed(state, { prompt: { ...state.list.prompt, fault: news.error } })
        : { ...state, notice: [news.error.message, news.error.reason].filter((part) => part).join(': ') };
  }
};

const found = (state: State, news: ListNews & { kind: 'found' }): State => {
  const { list, size } = state;
  const tree = news.tree ?? null;
  const rows = tree?.lines ?? news.rows;
  const same = news.again === true ? rows.indexOf(sameLine(list, tree)) : -1;
  const cursor = Math.max(0, Math.min(same < 0 ? list.cursor : same, rows.length - 1));
  return markedSoFar(
    changed(state, {
      rows,
      found: news.rows,
      isNearest: news.isNearest === true,
      tree,
      cursor,
      top: scrolledTo(list.top, cursor, rows.length, listHeight(size)),
      searching: !news.done,
      fault: news.fault,
    }),
  );
};

/** The line under the cursor, as it is in another tree. */
const sameLine = (list: ListState, tree: TreeView | null): number => {
  const branch = branchAt(list);
  const at = branch && tree ? tree.branches.findIndex(({ path }) => path === branch.path) : -1;
  return at < 0 ? (list.rows[list.cursor] ?? 0) : branchLine(at);
};

/** In another size the cursor stays in sight. */
export const refitted = (state: State): State => {
  const { list, size } = state;
  return changed(state, { top: scrolledTo(list.top, list.cursor, list.rows.length, listHeight(size)) });
};
