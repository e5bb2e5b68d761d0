import type { Binding } from '../keys.ts';

export type LaunchCommand = 'begin' | 'next-choice' | 'previous-choice';

export const launchKeys: readonly Binding[] = [
  { modes: ['launch'], keys: ['enter'], command: 'begin', help: 'begin tracing', hint: 'begin' },
  {
    modes: ['launch'],
    keys: ['down', 'tab', 'ctrl-n'],
    command: 'next-choice',
    help: 'the next choice',
    hint: 'choose',
  },
  { modes: ['launch'], keys: ['up', 'shift-tab', 'ctrl-p'], command: 'previous-choice', help: 'the choice before' },
];
