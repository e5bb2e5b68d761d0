import type { Binding } from '../keys.ts';

export type DetailCommand = 'sign' | 'accept' | 'trace';

export const detailKeys: readonly Binding[] = [
  { modes: ['detail'], keys: ['t'], command: 'trace', help: 'trace it', hint: 'trace' },
  {
    modes: ['detail'],
    keys: ['enter', 's', 'tab', '('],
    command: 'sign',
    help: 'type its signature',
    hint: 'signature',
  },
  { modes: ['signature'], keys: ['enter', 'tab'], command: 'accept', help: 'take the signature', hint: 'take it' },
];
