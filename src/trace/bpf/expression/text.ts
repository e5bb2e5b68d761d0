import { shifted } from '../../../expr/place.ts';
import type { IntNode, Place, Root, TextNode } from '../../../expr/tree.ts';
import { add, type Code, call, jumpIf, load, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { ownAddress } from './own.ts';
import { addressOf, choose, isOwn, onlyIfIdle } from './place.ts';
import { formatOf, rangeOf } from './range.ts';
import { Unlowerable } from './unlowerable.ts';
import { setTo } from './words.ts';

/** Where the bytes of a text are while the program looks at them. */
export type Text =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** In the process, at the address in the frame's word `address`; `length`: the word of its length, null: a NUL ends it. */
  | { readonly kind: 'memory'; readonly address: number; readonly length: number | null; readonly isBehind: boolean }
  /** In a value's own bytes, which aren't all in one place. */
  | { readonly kind: 'own'; readonly root: Root; readonly at: number; readonly size: number }
  /** The thread's name, in the frame, with zeros behind it, of which there is one at least. */
  | { readonly kind: 'comm'; readonly at: number };

type Stored = Extract<TextNode, { kind: 'text' }>;

export const commSize = 16;
/** Bytes of a text in registers that are put together at most. */
const mostOwn = 64;

export const wordsOf = (size: number): number => Math.ceil(size / 8);

/** `use` for the text, wherever it is. */
export const withText = (node: TextNode, doubt: Doubt, lowering: Lowering, use: (text: Text) => Code): Code => {
  switch (node.kind) {
    case 'bytes':
      return use(node);
    case 'comm':
      return lowering.frame.with(wordsOf(commSize), (at) => [
        mov('r1', 'r10'),
        add('r1', at),
        mov('r2', commSize),
        call('get_current_comm'),
        use({ kind: 'comm', at }),
      ]);
    case 'either':
      return choose(node.cases, doubt, lowering, (gives) => withText(gives, doubt, lowering, use));
    case 'text':
      return lowering.frame.with(2, (words) => withData(node, node.data, node.length, words, doubt, lowering, use));
  }
};

const withData = (
  node: Stored,
  data: Place,
  length: IntNode | null,
  words: number,
  doubt: Doubt,
  lowering: Lowering,
  use: (text: Text) => Code,
): Code => {
  const [address, counted] = [words, words + 8];
  const known = length === null ? null : lengthTo(length, doubt, lowering);
  if (isOwn(data) === false)
    return [
      known === null ? [] : [known, store(8, 'r10', counted, 'r0')],
      addressOf(data, doubt, lowering),
      store(8, 'r10', address, 'r3'),
      length === null ? [] : checkedLength(node, counted, doubt),
      use({ kind: 'memory', address, length: length === null ? null : counted, isBehind: true }),
    ];
  if (data.kind === 'either')
    return choose(data.cases, doubt, lowering, (gives) =>
      withData(node, shifted(gives, data.offset), length, words, doubt, lowering, use),
    );
  if (data.kind === 'guarded')
    return [
      onlyIfIdle(data.guard, doubt, lowering),
      withData(node, shifted(data.place, data.offset), length, words, doubt, lowering, use),
    ];
  if (data.kind !== 'own' || length?.kind !== 'integer' || node.hasNul)
    throw new Unlowerable("it takes a text that isn't behind a reference");
  const size = Number(length.value);
  const found = ownAddress(data.root, data.offset, size, doubt, lowering);
  if (found !== null)
    return [
      found,
      store(8, 'r10', address, 'r3'),
      setTo('r0', length.value),
      store(8, 'r10', counted, 'r0'),
      use({ kind: 'memory', address, length: counted, isBehind: false }),
    ];
  if (size > mostOwn) throw new Unlowerable('it takes a long text that is in registers');
  return use({ kind: 'own', root: data.root, at: data.offset, size });
};

/** r0 = the length as it is stored. */
const lengthTo = (length: IntNode, doubt: Doubt, lowering: Lowering): Code => {
  const format = formatOf(rangeOf(length));
  if (format.words > 1) throw new Unlowerable("a text's length is computed");
  return lowering.int(length, format, doubt);
};

/** Of a length in the frame, which counts the NUL or doesn't: leaves where no text has it. */
const checkedLength = ({ hasNul }: Stored, word: number, doubt: Doubt): Code => [
  load(8, 'r0', 'r10', word),
  // Above 2^63 - 1.
  jumpIf('slt', 'r0', 0, doubt.to('invalid')),
  hasNul ? [jumpIf('eq', 'r0', 0, doubt.to('invalid')), add('r0', -1), store(8, 'r10', word, 'r0')] : [],
];
