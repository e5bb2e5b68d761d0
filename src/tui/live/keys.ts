import type { Binding } from '../keys.ts';

export type LiveCommand = 'pause';

export const liveKeys: readonly Binding[] = [
  { modes: ['live'], keys: [' ', 'p'], command: 'pause', help: 'hold the view still; go on', hint: 'pause' },
  { modes: ['live'], keys: ['escape'], command: 'back', help: 'stop tracing, go back', hint: 'stop' },
];
