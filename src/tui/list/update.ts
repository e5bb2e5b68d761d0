import { opened } from '../detail/update.ts';
import { launchedRows } from '../launch/update.ts';
import { listHeight, listLineAt } from '../layout.ts';
import { type Edit, edit } from '../parts/field.ts';
import { moved, scrolledTo } from '../parts/window.ts';
import type { State } from '../state.ts';
import { type Area, type Step, step } from '../step.ts';
import type { ListNews } from './state.ts';

const edited = (state: State, change: Edit): Step => {
  const before = state.list.search;
  const search = edit(before, change);
  const list = { ...state.list, search };
  if (search.text === before.text) return step({ ...state, list });
  return step(
    { ...state, list: { ...list, cursor: 0, top: 0 } },
    { kind: 'list', ask: { kind: 'search', text: search.text } },
  );
};

/** The list, where keys go to the search field. */
export const listArea: Area = {
  command: (state, name) => {
    const row = state.list.rows[state.list.cursor];
    if (row === undefined) return step(state);
    if (name === 'open') return opened(state, row);
    return name === 'trace-found' ? launchedRows(state, [row]) : step(state);
  },
  edited,
  scrolled: (state, motion) => {
    const { list, size } = state;
    const height = listHeight(size);
    const cursor = moved(list.cursor, motion, list.rows.length, height);
    return { ...state, list: { ...list, cursor, top: scrolledTo(list.top, cursor, list.rows.length, height) } };
  },
  pointed: (state, row) => {
    const { list, size } = state;
    const line = listLineAt(size, row);
    const cursor = list.top + (line ?? 0);
    return step(line === undefined || cursor >= list.rows.length ? state : { ...state, list: { ...list, cursor } });
  },
  back: (state) => edited(state, { kind: 'erase-all' }),
};

export const afterListNews = (state: State, { rows, done, fault }: ListNews): State => {
  const cursor = Math.max(0, Math.min(state.list.cursor, rows.length - 1));
  const top = scrolledTo(state.list.top, cursor, rows.length, listHeight(state.size));
  return { ...state, list: { ...state.list, rows, cursor, top, searching: !done, fault } };
};

/** In another size the cursor stays in sight. */
export const refitted = (state: State): State => {
  const { list, size } = state;
  return { ...state, list: { ...list, top: scrolledTo(list.top, list.cursor, list.rows.length, listHeight(size)) } };
};
