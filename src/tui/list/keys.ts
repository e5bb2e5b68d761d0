import type { Binding } from '../keys.ts';

export type ListCommand =
  | 'open'
  | 'trace-found'
  | 'focus-search'
  | 'leave-search'
  | 'peek-up'
  | 'peek-down'
  | 'next-order'
  | 'switch-tree'
  | 'open-branch'
  | 'close-branch'
  | 'mark'
  | 'mark-found'
  | 'unmark-all'
  | 'marked-only'
  | 'save'
  | 'load'
  | 'accept-name';

/** The search field, then the list, where letters are keys; then the field for a file's name. */
export const listKeys: readonly Binding[] = [
  { modes: ['list', 'rows'], keys: ['enter'], command: 'open', help: 'show the function; open a branch', hint: 'show' },
  { modes: ['list'], keys: ['ctrl-p'], command: 'peek-up', help: 'the function above; the search goes on' },
  { modes: ['list'], keys: ['ctrl-n'], command: 'peek-down', help: 'the function below; the search goes on' },
  { modes: ['list'], keys: ['up'], command: 'up', help: 'to the list, the function above' },
  { modes: ['list'], keys: ['down'], command: 'down', help: 'to the list, the function below' },
  { modes: ['list', 'rows'], keys: ['page-up', 'ctrl-b'], command: 'page-up', help: 'a page up' },
  { modes: ['list', 'rows'], keys: ['page-down', 'ctrl-f'], command: 'page-down', help: 'a page down' },
  {
    modes: ['list', 'rows'],
    keys: ['ctrl-x'],
    command: 'trace-found',
    help: 'trace the marked functions, else this one',
  },
  { modes: ['rows'], keys: ['t'], command: 'trace-found', help: 'the same, while not searching', hint: 'trace' },
  { modes: ['list'], keys: ['home'], command: 'first', help: 'the first function' },
  { modes: ['list'], keys: ['end'], command: 'last', help: 'the last function' },
  { modes: ['list'], keys: ['escape'], command: 'back', help: 'to the list' },
  { modes: ['list'], keys: ['tab'], command: 'leave-search', help: 'to the list' },

  { modes: ['rows'], keys: ['/', 'tab'], command: 'focus-search', help: 'to the search field', hint: 'search' },
  { modes: ['rows'], keys: ['escape'], command: 'back', help: 'clear the search; then show all again' },
  { modes: ['rows'], keys: ['up', 'k', 'ctrl-p'], command: 'up', help: 'the function above' },
  { modes: ['rows'], keys: ['down', 'j', 'ctrl-n'], command: 'down', help: 'the function below' },
  { modes: ['rows'], keys: ['home', 'g'], command: 'first', help: 'the first function' },
  { modes: ['rows'], keys: ['end', 'G'], command: 'last', help: 'the last function' },
  {
    modes: ['rows'],
    keys: [' '],
    command: 'mark',
    help: 'mark it, or take the mark away; of a branch, all of it',
    hint: 'mark',
  },
  { modes: ['list', 'rows'], keys: ['ctrl-space'], command: 'mark', help: 'the same, while searching too' },
  { modes: ['rows'], keys: ['a'], command: 'mark-found', help: 'mark all that are found' },
  { modes: ['rows'], keys: ['A'], command: 'unmark-all', help: 'take all marks away' },
  { modes: ['rows'], keys: ['m'], command: 'marked-only', help: 'show the marked ones alone; all again' },
  { modes: ['rows'], keys: ['s'], command: 'next-order', help: 'sort by relevance, name, size, copies, address' },
  { modes: ['list', 'rows'], keys: ['ctrl-o'], command: 'next-order', help: 'the same, while searching too' },
  { modes: ['rows'], keys: ['v'], command: 'switch-tree', help: 'a tree of crates and modules; a list' },
  { modes: ['list', 'rows'], keys: ['ctrl-t'], command: 'switch-tree', help: 'the same, while searching too' },
  { modes: ['rows'], keys: ['right', 'l'], command: 'open-branch', help: 'open a branch of the tree' },
  { modes: ['rows'], keys: ['left', 'h'], command: 'close-branch', help: 'close it; from inside, go to it' },
  { modes: ['rows'], keys: ['w'], command: 'save', help: 'save the marked functions to a file' },
  { modes: ['rows'], keys: ['o'], command: 'load', help: 'mark the functions of such a file' },

  { modes: ['selection'], keys: ['enter'], command: 'accept-name', help: 'take the name', hint: 'take it' },
];
