import type { Binding } from '../keys.ts';

export type LaunchCommand =
  | 'begin'
  | 'next-choice'
  | 'previous-choice'
  | 'next-row'
  | 'previous-row'
  | 'switch'
  | 'list-processes';

export const launchKeys: readonly Binding[] = [
  { modes: ['launch', 'switch'], keys: ['enter'], command: 'begin', help: 'begin tracing', hint: 'begin' },
  {
    modes: ['launch', 'switch'],
    keys: ['down', 'ctrl-n'],
    command: 'next-choice',
    help: 'the next choice; the next process',
    hint: 'choose',
  },
  {
    modes: ['launch', 'switch'],
    keys: ['up', 'ctrl-p'],
    command: 'previous-choice',
    help: 'the choice before; the process before',
  },
  {
    modes: ['launch', 'switch'],
    keys: ['tab'],
    command: 'next-row',
    help: 'to the options; the next one',
    hint: 'options',
  },
  {
    modes: ['launch', 'switch'],
    keys: ['shift-tab'],
    command: 'previous-row',
    help: 'the option before; to the choice',
  },
  {
    modes: ['switch'],
    keys: [' ', 'left', 'right'],
    command: 'switch',
    help: 'change it: yes or no; safe, fast or off',
    hint: 'change',
  },
  {
    modes: ['launch', 'switch'],
    keys: ['ctrl-r'],
    command: 'list-processes',
    help: 'look for processes again',
  },
];
