import type { ShownPlace } from './shown.ts';
import type { Told, ToldPiece, ToldPlace } from './told.ts';

/** Where one tool says that a part of a value is; texts of the same place are the same. `bit`: the lowest bit of it. */
export type Where = {
  readonly kind: 'place' | 'bit' | 'constant' | 'gone' | 'entry' | 'computed';
  readonly text: string;
};

/** Bytes `from` up to `to` of a value. */
export type Part = { readonly from: number; readonly to: number; readonly own: Where; readonly gdb: Where };

const nowhere: Where = { kind: 'gone', text: 'nowhere' };

/** Both answers, cut where either begins a new place. `size`: of the value, bytes. */
export const cutParts = (places: readonly ShownPlace[], told: Told, size: number): Part[] => {
  const ends = told.pieces.flatMap((piece) => [piece.from, piece.from + (piece.size ?? size)]);
  const own = places.flatMap((place) => [place.value_offset ?? 0, (place.value_offset ?? 0) + place.size]);
  const cuts = [...new Set([0, size, ...ends, ...own])].filter((at) => at >= 0 && at <= size).sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, i) => {
    const to = cuts[i + 1]!;
    return { from, to, own: ownAt(places, from, to), gdb: toldAt(told.pieces, from, to, size) };
  });
};

const ownAt = (places: readonly ShownPlace[], from: number, to: number): Where => {
  const place = places.find((one) => from >= (one.value_offset ?? 0) && from < (one.value_offset ?? 0) + one.size);
  if (place === undefined || place.kind === 'gone') return nowhere;
  const into = from - (place.value_offset ?? 0);
  const { reg, base, kind, value = '' } = place;
  if (kind === 'constant') return constant(value.slice(2 * into, 2 * (into + to - from)));
  if (kind === 'register') return register(reg!, BigInt(place.offset ?? 0), into);
  const followed = place.followed ?? (place.deref === true ? [0] : []);
  return memory(kind === 'stack' ? 'rsp' : base, BigInt(place.offset ?? 0), followed.map(BigInt), into);
};

const toldAt = (pieces: readonly ToldPiece[], from: number, to: number, size: number): Where => {
  const piece = pieces.find((one) => from >= one.from && from < one.from + (one.size ?? size));
  if (piece === undefined) return nowhere;
  return textOf(piece.place, from - piece.from, to - from);
};

const textOf = (place: ToldPlace, into: number, size: number): Where => {
  switch (place.kind) {
    case 'nowhere':
      return nowhere;
    case 'entry':
      return { kind: 'entry', text: `what ${place.reg} held at entry` };
    case 'bit': {
      const { kind, text } = textOf(place.of, into, size);
      return kind === 'place' ? { kind: 'bit', text } : { kind: 'computed', text: 'computed' };
    }
    case 'computed':
      return { kind: 'computed', text: 'computed' };
    case 'constant':
      return place.value === null
        ? { kind: 'constant', text: 'a constant' }
        : constant(littleEndian(place.value, into, size));
    case 'register':
      // DWARF's register is the whole vector register.
      return register(place.reg, place.add, into + (place.from ?? 0));
    case 'memory':
      return memory(place.base, place.offset, place.followed, into);
  }
};

const littleEndian = (value: bigint, into: number, size: number): string =>
  Array.from({ length: size }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * (into + i)))))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

const constant = (bytes: string): Where => ({ kind: 'constant', text: `constant ${bytes}` });

const signed = (value: bigint): string => (value === 0n ? '' : value > 0n ? `+${value}` : `${value}`);

const register = (reg: string, add: bigint, into: number): Where => ({
  kind: 'place',
  text: `${reg}${signed(add)}${into === 0 ? '' : ` from byte ${into}`}`,
});

const memory = (base: string | null, offset: bigint, followed: readonly bigint[], into: number): Where => {
  const steps = [offset, ...followed];
  steps[steps.length - 1]! += BigInt(into);
  const [first, ...rest] = steps;
  const start = base === null ? `[0x${first!.toString(16)}]` : `[${base}${signed(first!)}]`;
  return { kind: 'place', text: rest.reduce((text, add) => `[${text}${signed(add)}]`, start) };
};
