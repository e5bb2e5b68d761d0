import type { Register } from '../../../abi/model.ts';
import type { Piece } from '../../../abi/place.ts';
import type { Root } from '../../../expr/tree.ts';
import { PT_REGS } from '../../sys/uapi.ts';
import { add, alu, type Code, jump, jumpIf, load, mov, type Size, store } from '../asm.ts';
import { PENDING } from '../records.ts';
import { FRAME } from '../steps.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { Unlowerable } from './unlowerable.ts';
import { addTo, setTo } from './words.ts';

/** Bytes `start` up to `end` of what is asked for, of which the first is byte `by` of the piece. */
type Segment = { readonly start: number; readonly end: number; readonly piece: Piece; readonly by: number };

/** Where the own bytes of a value are at the probe; null: nowhere that can be seen. */
export const piecesOf = (root: Root, { probe }: Lowering): readonly Piece[] | null => {
  if (root.kind === 'argument' && probe.early !== undefined)
    throw new Unlowerable('it takes an argument and the result in one step');
  return probe.pieces(root);
};

const isSeen = ({ location }: Piece, address: bigint | null): boolean =>
  location.kind !== 'gone' &&
  location.kind !== 'vector' &&
  (location.kind !== 'memory' || location.base !== null || address !== null);

/** The pieces of `size` bytes of a value, up to the first byte that can't be seen. */
const segmentsOf = (pieces: readonly Piece[], at: number, size: number, address: bigint | null): Segment[] => {
  const sorted = pieces.filter((piece) => isSeen(piece, address)).sort((a, b) => a.valueOffset - b.valueOffset);
  const segments: Segment[] = [];
  for (let byte = at; byte < at + size; ) {
    // Of pieces that overlap the last one counts.
    const index = sorted.findLastIndex((one) => one.valueOffset <= byte && byte < one.valueOffset + one.size);
    const piece = sorted[index];
    if (piece === undefined) break;
    const next =
      sorted.slice(index + 1).find((one) => one.valueOffset > byte && one.size > 0)?.valueOffset ?? at + size;
    const end = Math.min(at + size, piece.valueOffset + piece.size, next);
    segments.push({ start: byte - at, end: end - at, piece, by: byte - piece.valueOffset });
    byte = end;
  }
  return segments;
};

const aligned = (start: number, end: number): { readonly at: number; readonly size: Size }[] => {
  const parts: { at: number; size: Size }[] = [];
  for (let at = start; at < end; ) {
    const size = ([8, 4, 2, 1] as const).find((one) => at % one === 0 && at + one <= end) ?? 1;
    parts.push({ at, size });
    at += size;
  }
  return parts;
};

/** r3 = the value of a register, perhaps of the call's entry. */
const registerValue = (reg: Register, atEntry: true | undefined, { probe }: Lowering): Code => {
  const saved = atEntry ? probe.saved.indexOf(reg) : -1;
  return saved < 0
    ? [load(8, 'r3', 'r6', PT_REGS[reg])]
    : [load(8, 'r3', 'r10', FRAME.pendingValue + PENDING.saved + 8 * saved)];
};

/** r3 = the address of byte `by` of a piece that is in memory. */
const addressOf = ({ location, atEntry }: Piece, by: number, doubt: Doubt, lowering: Lowering): Code => {
  if (location.kind === 'stack')
    return [load(8, 'r3', 'r6', PT_REGS.rsp), addTo('r3', location.offset + BigInt(by), 'r2')];
  if (location.kind !== 'memory') return [];
  const { base, offset, followed } = location;
  const last = followed.length - 1;
  const first = base === null ? offset - (lowering.probe.address ?? 0n) : offset;
  return [
    base === null ? load(8, 'r3', 'r6', PT_REGS.rip) : registerValue(base, atEntry, lowering),
    addTo('r3', last < 0 ? first + BigInt(by) : first, 'r2'),
    followed.map((more, i) =>
      lowering.frame.with(1, (word) => [
        mov('r1', 'r10'),
        add('r1', word),
        mov('r2', 8),
        lowering.probe.memory.read,
        jumpIf('ne', 'r0', 0, doubt.to('unreadable')),
        load(8, 'r3', 'r10', word),
        addTo('r3', i === last ? more + BigInt(by) : more, 'r2'),
      ]),
    ),
  ];
};

const segmentTo = (
  { start, end, piece, by }: Segment,
  base: 'r10' | 'r8',
  to: number,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const { location } = piece;
  switch (location.kind) {
    case 'register':
      return [
        registerValue(location.reg, piece.atEntry, lowering),
        addTo('r3', location.add, 'r2'),
        by === 0 ? [] : alu('rsh', 'r3', 8 * by),
        aligned(start, end).map(
          ({ at, size }, i, all): Code => [
            store(size, base, to + at, 'r3'),
            i === all.length - 1 || size === 8 ? [] : alu('rsh', 'r3', 8 * size),
          ],
        ),
      ];
    case 'constant': {
      const bytes = Buffer.alloc(piece.size);
      bytes.set(location.bytes.subarray(0, piece.size));
      return aligned(start, end).map(({ at, size }): Code => {
        const from = by + at - start;
        const value = size === 8 ? bytes.readBigUInt64LE(from) : BigInt(bytes.readUIntLE(from, size));
        return [setTo('r3', value), store(size, base, to + at, 'r3')];
      });
    }
    default:
      return [
        addressOf(piece, by, doubt, lowering),
        mov('r1', base),
        add('r1', to + start),
        mov('r2', end - start),
        lowering.probe.memory.read,
        jumpIf('ne', 'r0', 0, doubt.to('unreadable')),
      ];
  }
};

/** Writes `size` bytes of a value, from `at` on, to memory at `base` + `to`, a multiple of 8. */
export const ownBytes = (
  root: Root,
  at: number,
  size: number,
  { base, to }: { readonly base: 'r10' | 'r8'; readonly to: number },
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const pieces = piecesOf(root, lowering);
  const segments = pieces === null ? [] : segmentsOf(pieces, at, size, lowering.probe.address);
  return [
    segments.map((segment) => segmentTo(segment, base, to, doubt, lowering)),
    (segments.at(-1)?.end ?? 0) < size ? jump(doubt.to('gone')) : [],
  ];
};

/** Leaves where bytes of a value, from `at` on, aren't these; piece by piece, since the first one that differs says so. */
export const onlyIfOwn = (
  root: Root,
  at: number,
  bytes: Uint8Array,
  differs: string,
  doubt: Doubt,
  lowering: Lowering,
): Code => {
  const pieces = piecesOf(root, lowering);
  const segments = pieces === null ? [] : segmentsOf(pieces, at, bytes.length, lowering.probe.address);
  return lowering.frame.with(Math.ceil(bytes.length / 8), (to) => [
    segments.map(
      (segment): Code => [
        segmentTo(segment, 'r10', to, doubt, lowering),
        [...bytes.subarray(segment.start, segment.end)].map(
          (byte, i): Code => [load(1, 'r0', 'r10', to + segment.start + i), jumpIf('ne', 'r0', byte, differs)],
        ),
      ],
    ),
    (segments.at(-1)?.end ?? 0) < bytes.length ? jump(doubt.to('gone')) : [],
  ]);
};

/** r0, and of 16 bytes r1, = the unsigned number of `size` bytes at `at` in a value. */
export const ownNumber = (root: Root, at: number, size: Size | 16, doubt: Doubt, lowering: Lowering): Code => {
  const pieces = piecesOf(root, lowering);
  const [only, another] = pieces === null ? [] : segmentsOf(pieces, at, size, lowering.probe.address);
  if (only?.piece.location.kind === 'register' && another === undefined && only.end === size && size !== 16) {
    const left = 64 - 8 * (only.by + size);
    return [
      registerValue(only.piece.location.reg, only.piece.atEntry, lowering),
      addTo('r3', only.piece.location.add, 'r2'),
      left === 0 ? [] : alu('lsh', 'r3', left),
      size === 8 ? [] : alu('rsh', 'r3', 64 - 8 * size),
      mov('r0', 'r3'),
    ];
  }
  return lowering.frame.with(size === 16 ? 2 : 1, (to) => [
    ownBytes(root, at, size, { base: 'r10', to }, doubt, lowering),
    size === 16 ? [load(8, 'r0', 'r10', to), load(8, 'r1', 'r10', to + 8)] : load(size, 'r0', 'r10', to),
  ]);
};

/** r3 = the address of byte `at` of a value if so many bytes from there on are in one piece of memory; null: they aren't. */
export const ownAddress = (root: Root, at: number, size: number, doubt: Doubt, lowering: Lowering): Code | null => {
  const pieces = piecesOf(root, lowering);
  const [only] = pieces === null ? [] : segmentsOf(pieces, at, size, lowering.probe.address);
  if (only === undefined || only.end < size) return null;
  const { kind } = only.piece.location;
  return kind === 'stack' || kind === 'memory' ? addressOf(only.piece, only.by, doubt, lowering) : null;
};
