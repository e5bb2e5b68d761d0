import { add, alu, type Code, jump, jumpIf, label, load, mov, store } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering, Ways } from './lowering.ts';
import { leaveByStale } from './stale.ts';
import { wordsOf } from './text.ts';

const pageSize = 4096;
/** Bytes that are read at once. */
const chunk = 64;

type Memory = { readonly address: number; readonly isBehind: boolean };

/**
 * r0 = how many of the `size` bytes at r3 are there, which are read to `base` + `to`; zeros come behind them. Fewer are where
 * a page isn't there. Leaves `size` + 7 bytes overwritten at most. Overwrites r1 to r5.
 */
export const readUpTo = (
  size: number,
  { base, to, isBehind }: { readonly base: 'r10' | 'r8'; readonly to: number; readonly isBehind: boolean },
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const { memory } = lowering.probe;
  const [whole, none, done] = [lowering.label(), lowering.label(), lowering.label()];
  const target = [mov('r1', base), add('r1', to)];
  return lowering.frame.with(1, (address) => [
    isBehind ? leaveByStale(size, doubt.to('gone'), lowering) : [],
    size % 8 === 0 ? [] : store(8, base, to + size - (size % 8), 0),
    store(8, 'r10', address, 'r3'),
    target,
    mov('r2', size),
    memory.read,
    jumpIf('eq', 'r0', 0, whole),
    // What is left of the first page.
    load(8, 'r3', 'r10', address),
    mov('r4', 'r3'),
    alu('and', 'r4', pageSize - 1),
    mov('r2', pageSize),
    alu('sub', 'r2', 'r4'),
    jumpIf('ge', 'r2', size, none),
    store(8, 'r10', address, 'r2'),
    target,
    memory.read,
    jumpIf('ne', 'r0', 0, none),
    load(8, 'r0', 'r10', address),
    jump(done),
    label(none),
    mov('r0', 0),
    jump(done),
    label(whole),
    mov('r0', size),
    label(done),
  ]);
};

/** Whether the bytes in memory, from `address` in the frame on, are these ones. */
export const matches = (bytes: Uint8Array, { address, isBehind }: Memory, ways: Ways, lowering: Lowering): Code => {
  const room = wordsOf(Math.min(chunk, bytes.length));
  return lowering.frame.with(room + 1, (count) => {
    const buffer = count + 8;
    const differs = lowering.label();
    const parts = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) =>
      bytes.subarray(i * chunk, (i + 1) * chunk),
    );
    return [
      parts.map(
        (part, i): Code => [
          load(8, 'r3', 'r10', address),
          i === 0 ? [] : add('r3', i * chunk),
          readUpTo(part.length, { base: 'r10', to: buffer, isBehind }, ways.doubt, lowering),
          store(8, 'r10', count, 'r0'),
          sameWords(part, buffer, differs),
          // As zeros may be wanted where nothing was read.
          load(8, 'r0', 'r10', count),
          jumpIf('lt', 'r0', part.length, ways.doubt.to('unreadable')),
        ],
      ),
      jump(ways.yes),
      label(differs),
      isKnown(count, ways, lowering),
    ];
  });
};

/** Leaves where the words in the frame aren't these bytes and zeros: with r1 the bits that differ, r4 the word's offset. */
export const sameWords = (bytes: Uint8Array, at: number, differs: string): Code => {
  const padded = Buffer.alloc(8 * wordsOf(bytes.length));
  padded.set(bytes);
  return Array.from({ length: wordsOf(bytes.length) }, (_, i): Code => {
    const word = padded.readBigInt64LE(8 * i);
    return [
      load(8, 'r1', 'r10', at + 8 * i),
      word === BigInt.asIntN(32, word) ? alu('xor', 'r1', Number(word)) : xorWide(word),
      mov('r4', 8 * i),
      jumpIf('ne', 'r1', 0, differs),
    ];
  });
};

const xorWide = (word: bigint): Code => [
  { form: 'load-64', dst: 'r2', value: BigInt.asUintN(64, word) },
  alu('xor', 'r1', 'r2'),
];

/** Whether the first byte that differs is one of those that were read. */
const isKnown = (count: number, { no, doubt }: Ways, lowering: Lowering): Code => [
  [32, 16, 8].map((half): Code => {
    const lower = lowering.label();
    return [
      mov('r2', 'r1'),
      alu('lsh', 'r2', 64 - half),
      jumpIf('ne', 'r2', 0, lower),
      alu('rsh', 'r1', half),
      add('r4', half / 8),
      label(lower),
    ];
  }),
  load(8, 'r0', 'r10', count),
  jumpIf('lt', 'r4', 'r0', no),
  jump(doubt.to('unreadable')),
];
