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

/** Marks what is found. */
export const markedAll = (state: State): State => withAll(state, state.list.found);

export const unmarkedAll = (state: State): State => withMarks(state, new Set());

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
