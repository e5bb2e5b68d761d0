import { branchIndex } from '../../query/browse.ts';
import { grouped } from '../parts/number.ts';
import type { State } from '../state.ts';

/** So many functions are marked at once at most: a trace of more is rarely meant. */
export const mostMarked = 1_000;

const withMarks = (state: State, marked: ReadonlySet<number>): State => ({ ...state, list: { ...state.list, marked } });

/** Marks the function under the cursor, or takes its mark away; of a branch, all functions below it. */
export const toggled = (state: State): State => {
  const { rows, cursor, tree, marked } = state.list;
  const row = rows[cursor];
  if (row === undefined) return state;
  const at = tree ? branchIndex(row) : null;
  const branch = at === null ? null : tree?.branches[at];
  if (tree && branch) {
    const below = tree.sorted.subarray(branch.first, branch.end);
    return below.every((one) => marked.has(one)) ? without(state, below) : withAll(state, below);
  }
  return marked.has(row) ? without(state, [row]) : withAll(state, Uint32Array.of(row));
};

/** Marks what is found, and what the search, or debug info that is being read, adds to that. */
export const markedAll = (state: State): State => {
  const { found, search } = state.list;
  const next = withAll(state, found);
  // Of more than can be marked nobody waits for the rest.
  const markedFound = found.length > mostMarked ? null : { text: search.text, rows: new Set(found) };
  return { ...next, list: { ...next.list, markedFound } };
};

/** Marks what was found since; a mark that was taken away meanwhile stays away. */
export const markedSoFar = (state: State): State => {
  const { found, search, markedFound, isNearest, isMarkedOnly } = state.list;
  if (markedFound === null || markedFound.text !== search.text || isNearest || isMarkedOnly) return state;
  const added = found.filter((row) => !markedFound.rows.has(row));
  if (added.length === 0) return state;
  const next = withAll(state, added);
  const rows = new Set([...markedFound.rows, ...added]);
  return { ...next, list: { ...next.list, markedFound: rows.size > mostMarked ? null : { ...markedFound, rows } } };
};

export const unmarkedAll = (state: State): State => {
  const none = withMarks(state, new Set());
  return { ...none, list: { ...none.list, markedFound: null } };
};

const without = (state: State, rows: Iterable<number>): State => {
  const marked = new Set(state.list.marked);
  for (const row of rows) marked.delete(row);
  return withMarks(state, marked);
};

const withAll = (state: State, rows: Uint32Array): State => {
  const marked = new Set(state.list.marked);
  for (const row of rows) {
    if (marked.size >= mostMarked && !marked.has(row)) {
      const notice = `${grouped(rows.length)} are too many: no more than ${grouped(mostMarked)} functions are marked`;
      return { ...withMarks(state, marked), notice };
    }
    marked.add(row);
  }
  return withMarks(state, marked);
};
