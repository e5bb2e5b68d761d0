/**
 * Every key and what it does, once: the dispatcher looks here, and the help screen and the line of hints are made from
 * it.
 */

import { type DetailCommand, detailKeys } from './detail/keys.ts';
import { type LaunchCommand, launchKeys } from './launch/keys.ts';
import { type ListCommand, listKeys } from './list/keys.ts';
import { type LiveCommand, liveKeys } from './live/keys.ts';

/**
 * Where keys go. In `list`, `selection`, `signature`, `launch` and `live-line`, characters that no line claims are text;
 * `rows` is the list without its search field, `switch` a choice without a text.
 */
export type Mode =
  | 'list'
  | 'rows'
  | 'selection'
  | 'detail'
  | 'signature'
  | 'launch'
  | 'switch'
  | 'live'
  | 'call'
  | 'live-line'
  | 'help'
  | 'copied';

/** Those that the help has a part on. */
export type HelpMode = Exclude<Mode, 'help' | 'copied'>;

export type Command =
  | ListCommand
  | DetailCommand
  | LaunchCommand
  | LiveCommand
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'scroll-up'
  | 'scroll-down'
  | 'point'
  | 'erase'
  | 'erase-word'
  | 'erase-all'
  | 'delete'
  | 'left'
  | 'right'
  | 'start'
  | 'end'
  | 'back'
  | 'help'
  | 'redraw'
  | 'suspend'
  | 'quit'
  | 'interrupt'
  | 'copy';

export type Binding = {
  readonly modes: readonly Mode[];
  /** As `Key` names them; a character stands for itself. */
  readonly keys: readonly string[];
  readonly command: Command;
  readonly help: string;
  /** Only while the field that has the cursor is empty: then the character isn't text yet. */
  readonly whenEmpty?: true;
  /** Shown in the line of hints, in this form. */
  readonly hint?: string;
};

const reading: readonly Mode[] = ['detail', 'live', 'call', 'help'];
const typing: readonly Mode[] = ['list', 'selection', 'signature', 'launch', 'live-line'];
const paged: readonly Mode[] = [...reading, 'copied'];
const all: readonly Mode[] = [...paged, 'rows', ...typing, 'switch'];

/** What comes first is hinted at first. */
export const bindings: readonly Binding[] = [
  ...listKeys,
  ...detailKeys,
  ...launchKeys,
  ...liveKeys,

  { modes: paged, keys: ['up', 'k', 'ctrl-p'], command: 'up', help: 'a line up' },
  { modes: paged, keys: ['down', 'j', 'ctrl-n'], command: 'down', help: 'a line down' },
  { modes: paged, keys: ['page-up', 'ctrl-b'], command: 'page-up', help: 'a page up' },
  { modes: paged, keys: ['page-down', 'ctrl-f'], command: 'page-down', help: 'a page down' },
  { modes: paged, keys: ['home', 'g'], command: 'first', help: 'to the top' },
  { modes: paged, keys: ['end', 'G'], command: 'last', help: 'to the bottom' },

  { modes: all, keys: ['wheel-up'], command: 'scroll-up', help: 'three lines up' },
  { modes: all, keys: ['wheel-down'], command: 'scroll-down', help: 'three lines down' },
  { modes: ['list', 'rows', 'launch'], keys: ['click'], command: 'point', help: 'choose this row' },

  { modes: ['detail', 'help'], keys: ['escape'], command: 'back', help: 'go back', hint: 'back' },
  { modes: ['copied'], keys: ['escape'], command: 'back', help: 'as any other key: go back', hint: 'or any key: back' },
  {
    modes: ['selection', 'signature', 'launch', 'switch'],
    keys: ['escape'],
    command: 'back',
    help: 'give it up',
    hint: 'back',
  },

  { modes: typing, keys: ['backspace'], command: 'erase', help: 'erase the character before the cursor' },
  { modes: typing, keys: ['delete', 'ctrl-d'], command: 'delete', help: 'erase the character behind the cursor' },
  { modes: typing, keys: ['ctrl-w'], command: 'erase-word', help: 'erase the word before the cursor' },
  { modes: typing, keys: ['ctrl-u'], command: 'erase-all', help: 'erase all' },
  { modes: typing, keys: ['left'], command: 'left', help: 'a character left' },
  { modes: typing, keys: ['right'], command: 'right', help: 'a character right' },
  { modes: ['selection', 'signature', 'launch'], keys: ['home'], command: 'start', help: 'to the start of the line' },
  { modes: ['selection', 'signature', 'launch'], keys: ['end'], command: 'end', help: 'to the end of the line' },
  { modes: typing, keys: ['ctrl-a'], command: 'start', help: 'to the start of the line' },
  { modes: typing, keys: ['ctrl-e'], command: 'end', help: 'to the end of the line' },

  { modes: [...reading, 'rows', 'switch'], keys: ['?', 'f1'], command: 'help', help: 'these keys', hint: 'help' },
  { modes: ['list'], keys: ['?'], command: 'help', help: 'these keys', whenEmpty: true, hint: 'help' },
  { modes: typing, keys: ['f1'], command: 'help', help: 'these keys' },
  {
    modes: ['rows', 'detail', 'live', 'switch'],
    keys: ['y'],
    command: 'copy',
    help: 'copy the command line that does the same',
  },
  { modes: [...typing, 'switch'], keys: ['ctrl-y'], command: 'copy', help: 'copy the command line that does the same' },
  { modes: all, keys: ['ctrl-l'], command: 'redraw', help: 'draw the screen anew' },
  { modes: [...reading, 'rows'], keys: ['q'], command: 'quit', help: 'quit', hint: 'quit' },
  { modes: all, keys: ['ctrl-z'], command: 'suspend', help: 'stop rsym; `fg` in the shell goes on' },
  { modes: ['list'], keys: ['q'], command: 'quit', help: 'quit', whenEmpty: true, hint: 'quit' },
  { modes: all, keys: ['ctrl-c'], command: 'interrupt', help: 'quit' },
];

/** What a key does; undefined: nothing, or it is text. Any key leaves a command that was copied. */
export const commandFor = (mode: Mode, key: string, fieldIsEmpty: boolean): Command | undefined =>
  bindings.find((b) => b.modes.includes(mode) && b.keys.includes(key) && (!b.whenEmpty || fieldIsEmpty))?.command ??
  (mode === 'copied' ? 'back' : undefined);

const labels: Readonly<Record<string, string>> = {
  ' ': 'Space',
  'ctrl-space': 'Ctrl-Space',
  'page-up': 'PageUp',
  'page-down': 'PageDown',
  'shift-tab': 'Shift-Tab',
  escape: 'Esc',
  'wheel-up': 'Wheel↑',
  'wheel-down': 'Wheel↓',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
};

/** A key as people call it. */
export const keyLabel = (key: string): string =>
  labels[key] ??
  (key.startsWith('ctrl-')
    ? `Ctrl-${key.slice(5).toUpperCase()}`
    : key.length > 1
      ? `${key[0]?.toUpperCase()}${key.slice(1)}`
      : key);

/** The first key of a command, to be named in a sentence. */
export const keyFor = (command: Command): string =>
  keyLabel(bindings.find((binding) => binding.command === command)?.keys[0] ?? '');

export type HelpLine = { readonly keys: string; readonly help: string };

const headings: Readonly<Record<HelpMode, string>> = {
  list: 'The list, while searching',
  rows: 'The list: other letters begin to search',
  selection: 'The name of a file',
  detail: 'A function',
  signature: 'Its signature',
  launch: 'What to trace',
  switch: 'What to trace, where there is nothing to type',
  live: 'Calls as they happen',
  call: 'One call',
  'live-line': 'A line that is typed on the live screen',
};

/** The help of one mode, then of the others. */
export const helpSections = (
  first: HelpMode,
): readonly { readonly heading: string; readonly lines: readonly HelpLine[] }[] => {
  const modes = [first, ...(Object.keys(headings) as (typeof first)[]).filter((mode) => mode !== first)];
  return modes.map((mode) => ({
    heading: headings[mode],
    lines: bindings
      .filter((binding) => binding.modes.includes(mode))
      .map(({ keys, help, whenEmpty }) => ({
        keys: keys.map(keyLabel).join(' '),
        help: whenEmpty ? `${help} (while the search is empty)` : help,
      })),
  }));
};

/** For the last line of the screen, most useful first. */
export const hintsFor = (mode: Mode, fieldIsEmpty: boolean): readonly HelpLine[] =>
  bindings
    .filter((b) => b.modes.includes(mode) && b.hint !== undefined && (!b.whenEmpty || fieldIsEmpty))
    .map(({ keys, hint }) => ({ keys: keyLabel(keys[0] ?? ''), help: hint ?? '' }));
