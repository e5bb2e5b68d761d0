import type { Binding } from '../keys.ts';

export type ListCommand = 'open' | 'trace-found';

export const listKeys: readonly Binding[] = [
  { modes: ['list'], keys: ['enter'], command: 'open', help: 'show the function', hint: 'show' },
  { modes: ['list'], keys: ['ctrl-x'], command: 'trace-found', help: 'trace the function' },
  { modes: ['list'], keys: ['up', 'ctrl-p'], command: 'up', help: 'the function above' },
  { modes: ['list'], keys: ['down', 'ctrl-n'], command: 'down', help: 'the function below' },
  { modes: ['list'], keys: ['page-up', 'ctrl-b'], command: 'page-up', help: 'a page up' },
  { modes: ['list'], keys: ['page-down', 'ctrl-f'], command: 'page-down', help: 'a page down' },
  { modes: ['list'], keys: ['home'], command: 'first', help: 'the first function' },
  { modes: ['list'], keys: ['end'], command: 'last', help: 'the last function' },
  { modes: ['list'], keys: ['escape'], command: 'back', help: 'clear the search' },
];
