import type { BoolNode, TextNode } from '../../../expr/tree.ts';
import { add, type Code, jump, jumpIf, label, load, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering, Ways } from './lowering.ts';
import { lengthToNul } from './nul.ts';
import { onlyIfOwn } from './own.ts';
import { commSize, type Text, withText } from './text.ts';
import { matches, sameWords } from './text-match.ts';
import { sameTexts } from './text-pair.ts';
import { Unlowerable } from './unlowerable.ts';
import { setTo } from './words.ts';

/** Bytes of a text that is written out. */
const longest = 256;

const checked = (bytes: Uint8Array, isEndedByNul: boolean): void => {
  if (bytes.length > longest) throw new Unlowerable(`texts are compared up to ${longest} bytes there`);
  if (isEndedByNul && bytes.includes(0)) throw new Unlowerable('a NUL is looked for in a text that a NUL ends');
};

const jumpBy = (holds: boolean, { yes, no }: Ways): Code => [jump(holds ? yes : no)];

/** `==` and `!=` of texts. */
export const compareText = (
  node: Extract<BoolNode, { kind: 'compare-text' }>,
  ways: Ways,
  lowering: Lowering,
): Code => {
  const { operation } = node;
  if (operation !== '==' && operation !== '!=') throw new Unlowerable('texts are only compared by == and != there');
  const to = operation === '==' ? ways : { ...ways, yes: ways.no, no: ways.yes };
  return withText(node.left, ways.doubt, lowering, (left) =>
    withText(node.right, ways.doubt, lowering, (right) => {
      if (right.kind === 'bytes') return isText(left, right.bytes, to, lowering);
      if (left.kind === 'bytes') return isText(right, left.bytes, to, lowering);
      if (left.kind === 'memory' && left.length !== null && right.kind === 'memory' && right.length !== null)
        return sameTexts({ ...left, length: left.length }, { ...right, length: right.length }, to, lowering);
      throw new Unlowerable('two texts are compared there only if both have a length, or one is written out');
    }),
  );
};

const isText = (text: Text, bytes: Uint8Array, ways: Ways, lowering: Lowering): Code => {
  if (text.kind === 'bytes') return jumpBy(Buffer.compare(text.bytes, bytes) === 0, ways);
  checked(bytes, text.kind === 'memory' && text.length === null);
  if (text.kind === 'comm') return isComm(text.at, bytes, ways);
  if (text.kind === 'own')
    return text.size === bytes.length ? ownIs(text, 0, bytes, ways, lowering) : jumpBy(false, ways);
  if (text.length === null) return matches(Uint8Array.from([...bytes, 0]), text, ways, lowering);
  return [
    load(8, 'r0', 'r10', text.length),
    jumpIf('ne', 'r0', bytes.length, ways.no),
    bytes.length === 0 ? jump(ways.yes) : matches(bytes, text, ways, lowering),
  ];
};

type Own = Extract<Text, { kind: 'own' }>;

const ownIs = (
  { root, at }: Own,
  from: number,
  bytes: Uint8Array,
  { yes, no, doubt }: Ways,
  lowering: Lowering,
): Code => [onlyIfOwn(root, at + from, bytes, no, doubt, lowering), jump(yes)];

const mayBeComm = (bytes: Uint8Array): boolean => bytes.length < commSize && !bytes.includes(0);

const isComm = (at: number, bytes: Uint8Array, ways: Ways): Code => {
  if (!mayBeComm(bytes)) return jumpBy(false, ways);
  const padded = new Uint8Array(commSize);
  padded.set(bytes);
  return [sameWords(padded, at, ways.no), jump(ways.yes)];
};

/** `starts_with` and `ends_with`. */
export const testText = (node: Extract<BoolNode, { kind: 'test-text' }>, ways: Ways, lowering: Lowering): Code => {
  const { test, part } = node;
  if (test === 'contains') throw new Unlowerable('a text is not looked through there');
  if (part.kind !== 'bytes') throw new Unlowerable(`what ${test} is given isn't written out`);
  const { bytes } = part;
  return withText(node.of, ways.doubt, lowering, (text) => {
    if (text.kind === 'bytes') {
      const of = Buffer.from(text.bytes);
      const end =
        test === 'starts_with' ? of.subarray(0, bytes.length) : of.subarray(Math.max(0, of.length - bytes.length));
      return jumpBy(end.equals(bytes), ways);
    }
    if (bytes.length === 0) return jumpBy(true, ways);
    checked(bytes, text.kind === 'memory' && text.length === null);
    if (text.kind === 'comm') return endOfComm(test, text.at, bytes, ways, lowering);
    if (text.kind === 'own') {
      const from = test === 'starts_with' ? 0 : text.size - bytes.length;
      return bytes.length > text.size ? jumpBy(false, ways) : ownIs(text, from, bytes, ways, lowering);
    }
    if (text.length === null) {
      if (test === 'starts_with') return matches(bytes, text, ways, lowering);
      return [lengthToNul(text.address, text.isBehind, ways.doubt, lowering), atEnd(bytes, text, ways, lowering)];
    }
    return [
      load(8, 'r0', 'r10', text.length),
      test === 'ends_with'
        ? atEnd(bytes, text, ways, lowering)
        : [jumpIf('lt', 'r0', bytes.length, ways.no), matches(bytes, text, ways, lowering)],
    ];
  });
};

/** Whether the last bytes of a text with r0 bytes are these. */
const atEnd = (bytes: Uint8Array, text: Extract<Text, { kind: 'memory' }>, ways: Ways, lowering: Lowering): Code => [
  jumpIf('lt', 'r0', bytes.length, ways.no),
  add('r0', -bytes.length),
  load(8, 'r1', 'r10', text.address),
  add('r1', 'r0'),
  store(8, 'r10', text.address, 'r1'),
  matches(bytes, text, ways, lowering),
];

/** The end may be anywhere: it is where a zero comes behind it. */
const endOfComm = (
  test: 'starts_with' | 'ends_with',
  at: number,
  bytes: Uint8Array,
  ways: Ways,
  lowering: Lowering,
): Code => {
  if (!mayBeComm(bytes)) return jumpBy(false, ways);
  const isEnd = test === 'ends_with';
  const starts = isEnd ? Array.from({ length: commSize - bytes.length }, (_, i) => i) : [0];
  return [
    starts.map((start): Code => {
      const next = lowering.label();
      return [
        [...bytes, ...(isEnd ? [0] : [])].map(
          (byte, i): Code => [load(1, 'r0', 'r10', at + start + i), jumpIf('ne', 'r0', byte, next)],
        ),
        jump(ways.yes),
        label(next),
      ];
    }),
    jump(ways.no),
  ];
};

/** r0 = the bytes of a text. */
export const lengthOf = (node: TextNode, doubt: Doubt, lowering: Lowering): Code =>
  withText(node, doubt, lowering, (text) => {
    if (text.kind === 'bytes') return setTo('r0', BigInt(text.bytes.length));
    if (text.kind === 'memory') {
      if (text.length === null) return lengthToNul(text.address, text.isBehind, doubt, lowering);
      return [load(8, 'r0', 'r10', text.length)];
    }
    return text.kind === 'own' ? setTo('r0', BigInt(text.size)) : lengthOfComm(text.at, lowering);
  });

/** r0 = the bytes of the thread's name. */
export const lengthOfComm = (at: number, lowering: Lowering): Code => {
  const found = lowering.label();
  return [
    mov('r0', 0),
    Array.from(
      { length: commSize },
      (_, i): Code => [load(1, 'r1', 'r10', at + i), jumpIf('eq', 'r1', 0, found), mov('r0', i + 1)],
    ),
    label(found),
  ];
};
