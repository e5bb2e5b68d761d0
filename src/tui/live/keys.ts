import type { Binding } from '../keys.ts';

export type LiveCommand =
  | 'pause'
  | 'next-view'
  | 'previous-view'
  | 'open-call'
  | 'search'
  | 'find-next'
  | 'find-previous'
  | 'filter'
  | 'export'
  | 'restart'
  | 'clear'
  | 'confirm'
  | 'parent-call'
  | 'next-call'
  | 'previous-call';

export const liveKeys: readonly Binding[] = [
  { modes: ['live'], keys: [' ', 'p'], command: 'pause', help: 'hold the view still; go on', hint: 'pause' },
  { modes: ['live'], keys: ['enter'], command: 'open-call', help: 'all values of the call', hint: 'values' },
  { modes: ['live'], keys: ['click'], command: 'point', help: 'choose this call' },
  { modes: ['live'], keys: ['tab'], command: 'next-view', help: 'the next view', hint: 'views' },
  { modes: ['live'], keys: ['shift-tab'], command: 'previous-view', help: 'the view before' },
  {
    modes: ['live'],
    keys: ['f'],
    command: 'filter',
    help: 'show only calls for which a condition holds',
    hint: 'filter',
  },
  { modes: ['live'], keys: ['/'], command: 'search', help: 'search in the calls, upwards', hint: 'search' },
  { modes: ['live'], keys: ['n'], command: 'find-next', help: 'the next call upwards that has it' },
  { modes: ['live'], keys: ['N'], command: 'find-previous', help: 'the next one downwards' },
  { modes: ['live'], keys: ['s'], command: 'restart', help: 'stop tracing; begin again', hint: 'stop/start' },
  { modes: ['live'], keys: ['e'], command: 'export', help: 'write the calls shown to a file', hint: 'export' },
  { modes: ['live'], keys: ['c'], command: 'clear', help: 'forget what was seen so far', hint: 'clear' },
  { modes: ['live'], keys: ['escape'], command: 'back', help: 'stop tracing, go back', hint: 'leave' },

  { modes: ['call'], keys: ['right', 'l'], command: 'next-call', help: 'the next call', hint: 'next' },
  { modes: ['call'], keys: ['left', 'h'], command: 'previous-call', help: 'the call before' },
  { modes: ['call'], keys: ['p'], command: 'parent-call', help: 'the call that it was made in', hint: 'caller' },
  { modes: ['call'], keys: ['escape', 'enter'], command: 'back', help: 'back to the calls', hint: 'back' },

  { modes: ['live-line'], keys: ['enter'], command: 'confirm', help: 'do it', hint: 'do it' },
  { modes: ['live-line'], keys: ['escape'], command: 'back', help: 'give it up', hint: 'back' },
  { modes: ['live-line'], keys: ['home'], command: 'start', help: 'to the start of the line' },
  { modes: ['live-line'], keys: ['end'], command: 'end', help: 'to the end of the line' },
];
