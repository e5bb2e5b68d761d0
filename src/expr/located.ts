import type { Captured, Environment, Memory, Read, Why } from './environment.ts';
import type { Evaluation } from './evaluation.ts';
import { isUndecided, type Outcome, type Undecided, undecided } from './outcome.ts';
import type { Case, Guard, Place, Root, ValueRange } from './tree.ts';

/** Where a place is in one call: in a value's own bytes, or in memory. */
export type Located =
  | { readonly kind: 'own'; readonly captured: Captured; readonly at: number }
  | { readonly kind: 'memory'; readonly memory: Memory; readonly address: bigint };

/** Longer than anything that is asked of memory at once. */
const longest = 1 << 20;

const capturedOf = (root: Root, environment: Environment): Captured | Why =>
  root.kind === 'result' ? environment.result : environment.argument(root.index);

export const locate = (place: Place, evaluation: Evaluation): Outcome<Located> => {
  switch (place.kind) {
    case 'own': {
      const captured = capturedOf(place.root, evaluation.environment);
      if (typeof captured === 'string') return undecided(captured);
      return { kind: 'own', captured, at: place.offset };
    }
    case 'behind':
      return behind(place, evaluation);
    case 'element':
      return element(place, evaluation);
    case 'guarded': {
      const isBusy = guards(place.guard, evaluation);
      if (isUndecided(isBusy)) return isBusy;
      return isBusy ? undecided('busy') : moved(locate(place.place, evaluation), place.offset);
    }
    case 'either': {
      const chosen = choose(place.cases, evaluation);
      return isUndecided(chosen) ? chosen : moved(locate(chosen, evaluation), place.offset);
    }
  }
};

const moved = (located: Outcome<Located>, by: number): Outcome<Located> => {
  if (isUndecided(located)) return located;
  return located.kind === 'own'
    ? { ...located, at: located.at + by }
    : { ...located, address: located.address + BigInt(by) };
};

const behind = (place: Extract<Place, { kind: 'behind' }>, evaluation: Evaluation): Outcome<Located> => {
  const pointer = locate(place.pointer, evaluation);
  if (isUndecided(pointer)) return pointer;
  const address = unsignedAt(pointer, 8);
  if (isUndecided(address)) return address;
  if (address === 0n) return undecided('null');
  return { kind: 'memory', memory: memoryOf(pointer), address: BigInt.asUintN(64, address + BigInt(place.add)) };
};

const memoryOf = (located: Located): Memory => (located.kind === 'own' ? located.captured.memory : located.memory);

const element = (place: Extract<Place, { kind: 'element' }>, evaluation: Evaluation): Outcome<Located> => {
  const index = evaluation.int(place.index);
  if (isUndecided(index)) return index;
  const count = evaluation.int(place.count);
  if (isUndecided(count)) return count;
  if (index < 0n || index >= count) return undecided('index');
  const first = locate(place.first, evaluation);
  if (isUndecided(first)) return first;
  const distance = index * BigInt(place.stride) + BigInt(place.offset);
  if (first.kind === 'memory') return { ...first, address: BigInt.asUintN(64, first.address + distance) };
  return distance > BigInt(longest) ? undecided('truncated') : { ...first, at: first.at + Number(distance) };
};

const guards = ({ place, size, mask, busy }: Guard, evaluation: Evaluation): Outcome<boolean> => {
  const located = locate(place, evaluation);
  if (isUndecided(located)) return located;
  const word = unsignedAt(located, size);
  return isUndecided(word) ? word : isWithin(word & mask, busy);
};

export const isWithin = (value: bigint, { low, high }: ValueRange): boolean => value >= low && value <= high;

/** What the first case gives that holds; that none does can't be where the tree is right. */
export const choose = <T>(cases: readonly Case<T>[], evaluation: Evaluation): Outcome<T> => {
  for (const { when, gives } of cases) {
    const holds = evaluation.bool(when);
    if (isUndecided(holds)) return holds;
    if (holds) return gives;
  }
  return undecided('invalid');
};

/** At most `size` bytes from there on. */
export const readAt = (located: Located, size: number): Read => {
  if (size <= 0) return { bytes: empty, why: null };
  if (located.kind === 'memory') return located.memory.read(located.address, size);
  const { captured, at } = located;
  let end = at + size;
  let why: Why | null = null;
  for (const part of captured.missing) {
    if (part.start >= part.end || part.end <= at || part.start >= end) continue;
    end = Math.max(at, part.start);
    why = part.why;
  }
  if (end > captured.bytes.length) {
    end = Math.max(at, captured.bytes.length);
    why = 'truncated';
  }
  return { bytes: captured.bytes.subarray(at, end), why };
};

const empty = new Uint8Array(0);

/** All of `size` bytes. */
export const bytesAt = (located: Located, size: number): Uint8Array | Undecided => {
  const { bytes, why } = readAt(located, size);
  return why === null ? bytes : undecided(why);
};

export const unsignedAt = (located: Located, size: number): Outcome<bigint> => {
  const bytes = bytesAt(located, size);
  if (isUndecided(bytes)) return bytes;
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
};
