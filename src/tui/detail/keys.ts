import type { Binding } from '../keys.ts';

export type DetailCommand =
  | 'sign'
  | 'accept'
  | 'trace'
  | 'returns'
  | 'code'
  | 'next-copy'
  | 'previous-copy'
  | 'next-section'
  | 'previous-section'
  | `section-${1 | 2 | 3 | 4 | 5}`;

export const detailKeys: readonly Binding[] = [
  { modes: ['detail'], keys: ['t'], command: 'trace', help: 'trace it', hint: 'trace' },
  { modes: ['detail'], keys: ['a'], command: 'code', help: 'its instructions beside the source; back', hint: 'asm' },
  {
    modes: ['detail'],
    keys: ['r'],
    command: 'returns',
    help: 'how returns are watched: safe, fast (a panic aborts the program), off',
    hint: 'returns',
  },
  {
    modes: ['detail'],
    keys: ['enter', 's', 'tab', '('],
    command: 'sign',
    help: 'type its signature',
    hint: 'signature',
  },
  { modes: ['detail'], keys: [']', '}'], command: 'next-section', help: 'the next section' },
  { modes: ['detail'], keys: ['[', '{'], command: 'previous-section', help: 'the section before' },
  { modes: ['detail'], keys: ['1'], command: 'section-1', help: 'signature and source' },
  { modes: ['detail'], keys: ['2'], command: 'section-2', help: 'copies, and where their values are' },
  { modes: ['detail'], keys: ['3'], command: 'section-3', help: 'what a trace costs' },
  { modes: ['detail'], keys: ['4'], command: 'section-4', help: 'types' },
  { modes: ['detail'], keys: ['5'], command: 'section-5', help: 'the symbol' },
  { modes: ['detail'], keys: ['n'], command: 'next-copy', help: 'instructions of the next copy' },
  { modes: ['detail'], keys: ['N'], command: 'previous-copy', help: 'instructions of the copy before' },
  { modes: ['signature'], keys: ['enter', 'tab'], command: 'accept', help: 'take the signature', hint: 'take it' },
];
