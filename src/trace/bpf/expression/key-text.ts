import type { TextNode } from '../../../expr/tree.ts';
import { add, alu, type Code, jump, jumpIf, label, load, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import { type KeyPart, textHeader } from './key-layout.ts';
import type { Lowering } from './lowering.ts';
import { bytesBefore, countBytes, zeroByteMasks, zeroBytes } from './nul.ts';
import { ownBytes } from './own.ts';
import { leaveByStale } from './stale.ts';
import { commSize, type Text, withText } from './text.ts';
import { readUpTo } from './text-match.ts';
import { lengthOfComm } from './text-test.ts';
import { setTo } from './words.ts';

type TextPart = Extract<KeyPart, { kind: 'text' }>;

/** Writes a text's part of a key to memory at r8 + `to`. */
export const textPart = (node: TextNode, part: TextPart, to: number, doubt: Doubt, lowering: Lowering): Code =>
  withText(node, doubt, lowering, (text) => {
    switch (text.kind) {
      case 'bytes':
        return ofBytes(text.bytes, part, to);
      case 'comm':
        return ofComm(text.at, part, to, lowering);
      case 'own':
        return ofOwn(text, part, to, doubt, lowering);
      case 'memory':
        return text.length === null
          ? endedByNul(text.address, text.isBehind, part, to, doubt, lowering)
          : counted({ ...text, length: text.length }, part, to, doubt, lowering);
    }
  });

const wordsIn = (size: number): number[] => Array.from({ length: size / 8 }, (_, i) => 8 * i);

const ofBytes = (bytes: Uint8Array, { most, room }: TextPart, to: number): Code => {
  const padded = Buffer.alloc(room);
  padded.set(bytes.subarray(0, most));
  return [
    store(8, 'r8', to, Math.min(bytes.length, most)),
    store(8, 'r8', to + 8, bytes.length > most ? 1 : 0),
    wordsIn(room).map(
      (at): Code => [setTo('r0', padded.readBigUInt64LE(at)), store(8, 'r8', to + textHeader + at, 'r0')],
    ),
  ];
};

const ofOwn = (
  { root, at, size }: Extract<Text, { kind: 'own' }>,
  { most, room }: TextPart,
  to: number,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const kept = Math.min(size, most);
  return [
    store(8, 'r8', to, kept),
    store(8, 'r8', to + 8, size > most ? 1 : 0),
    wordsIn(room).map((by) => store(8, 'r8', to + textHeader + by, 0)),
    kept === 0 ? [] : ownBytes(root, at, kept, { base: 'r8', to: to + textHeader }, doubt, lowering),
  ];
};

const ofComm = (at: number, { most, room }: TextPart, to: number, lowering: Lowering): Code => {
  const bytes = to + textHeader;
  const copied = Math.min(commSize, room);
  const fits = lowering.label();
  return [
    wordsIn(room).map(
      (by): Code =>
        by < copied
          ? [load(8, 'r0', 'r10', at + by), store(8, 'r8', bytes + by, 'r0')]
          : [store(8, 'r8', bytes + by, 0)],
    ),
    lengthOfComm(at, lowering),
    store(8, 'r8', to, 'r0'),
    store(8, 'r8', to + 8, 0),
    jumpIf('le', 'r0', most, fits),
    store(8, 'r8', to, most),
    store(8, 'r8', to + 8, 1),
    Array.from({ length: Math.max(0, copied - most) }, (_, i) => store(1, 'r8', bytes + most + i, 0)),
    label(fits),
  ];
};

type Counted = { readonly address: number; readonly length: number; readonly isBehind: boolean };

const counted = (
  { address, length, isBehind }: Counted,
  { most, room }: TextPart,
  to: number,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const [fits, done] = [lowering.label(), lowering.label()];
  return [
    wordsIn(room).map((by) => store(8, 'r8', to + textHeader + by, 0)),
    store(8, 'r8', to + 8, 0),
    load(8, 'r2', 'r10', length),
    jumpIf('le', 'r2', most, fits),
    mov('r2', most),
    store(8, 'r8', to + 8, 1),
    label(fits),
    store(8, 'r8', to, 'r2'),
    jumpIf('eq', 'r2', 0, done),
    load(8, 'r3', 'r10', address),
    isBehind ? leaveByStale('r2', doubt.to('gone'), lowering) : [],
    mov('r1', 'r8'),
    add('r1', to + textHeader),
    lowering.probe.memory.read,
    jumpIf('ne', 'r0', 0, doubt.to('unreadable')),
    label(done),
  ];
};

/** One byte more is read than is kept: whether the text ends there. */
const endedByNul = (
  address: number,
  isBehind: boolean,
  { most, room }: TextPart,
  to: number,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const bytes = to + textHeader;
  const all = wordsIn(room);
  const rest = all.map(() => lowering.label());
  const [ended, whole, cut, done] = [lowering.label(), lowering.label(), lowering.label(), lowering.label()];
  return lowering.frame.with(1, (count) => [
    load(8, 'r3', 'r10', address),
    readUpTo(most + 1, { base: 'r8', to: bytes, isBehind }, doubt, lowering),
    store(8, 'r10', count, 'r0'),
    zeroByteMasks,
    all.map((at, i): Code => {
      const next = lowering.label();
      return [
        load(8, 'r0', 'r8', bytes + at),
        zeroBytes,
        jumpIf('eq', 'r1', 0, next),
        mov('r3', at),
        jump(rest[i] ?? done),
        label(next),
      ];
    }),
    jump(cut),
    all.map(
      (at, i): Code => [
        label(rest[i] ?? done),
        foundIn(bytes + at),
        all.slice(i + 1).map((by) => store(8, 'r8', bytes + by, 0)),
        i === all.length - 1 ? [] : jump(ended),
      ],
    ),
    label(ended),
    // What was found may be a zero behind what was read.
    load(8, 'r1', 'r10', count),
    jumpIf('lt', 'r3', 'r1', whole),
    jumpIf('lt', 'r1', most + 1, doubt.to('unreadable')),
    label(cut),
    store(8, 'r8', to, most),
    store(8, 'r8', to + 8, 1),
    store(1, 'r8', bytes + most, 0),
    jump(done),
    label(whole),
    store(8, 'r8', to, 'r3'),
    store(8, 'r8', to + 8, 0),
    label(done),
  ]);
};

/** Of the word in r0 only the bytes before its first NUL, whose mark is the lowest bit in r1; r3 grows by their number. */
const foundIn = (at: number): Code => [
  bytesBefore,
  alu('and', 'r0', 'r2'),
  store(8, 'r8', at, 'r0'),
  countBytes,
  add('r3', 'r2'),
];
