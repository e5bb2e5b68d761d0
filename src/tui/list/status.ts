import { grouped } from '../parts/number.ts';
import type { State } from '../state.ts';

/** How many functions are shown, how, and which are marked. */
export const statusText = ({ list, file }: State): string => {
  const parts = [
    list.isNearest
      ? 'no name matches: the nearest are shown'
      : countText(list.found.length, list.count ?? file.count, list.searching, file.note),
    ...(list.order === 'relevance' ? [] : [`by ${list.order}`]),
    ...(list.marked.size === 0
      ? []
      : [`${grouped(list.marked.size)} marked${list.isMarkedOnly ? ', these alone' : ''}`]),
    ...(list.tree && !list.tree.isWhole ? ['growing the tree…'] : []),
    ...(list.debugNote === null ? [] : [list.debugNote]),
  ];
  return parts.join(' · ');
};

const countText = (found: number, all: number, searching: boolean, note: string | null): string => {
  const count = grouped(found);
  if (searching) return `${count} so far…`;
  if (found !== all) return `${count} of ${grouped(all)}`;
  return `${count} functions${note === null ? '' : ` (${note})`}`;
};
