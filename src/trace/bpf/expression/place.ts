import { shifted } from '../../../expr/place.ts';
import type { Case, Guard, Place } from '../../../expr/tree.ts';
import { add, alu, type Code, jump, jumpIf, label, load, mov, type Size } from '../asm.ts';
import type { Doubt } from './doubt.ts';
import type { Lowering } from './lowering.ts';
import { ownAddress, ownNumber } from './own.ts';
import { formatOf, rangeOf, union } from './range.ts';
import { leaveByStale } from './stale.ts';
import { Unlowerable } from './unlowerable.ts';
import { addTo, jumpIfWord, leaveByOrder, setTo, spill, unspill } from './words.ts';

type Element = Extract<Place, { kind: 'element' }>;

/** What the first case that holds gives; behind all of them, where none does, what it is isn't known. */
export const choose = <T>(
  cases: readonly Case<T>[],
  doubt: Doubt,
  lowering: Lowering,
  code: (gives: T) => Code,
): Code => {
  const end = lowering.label();
  return [
    cases.map(({ when, gives }): Code => {
      const [holds, next] = [lowering.label(), lowering.label()];
      return [lowering.bool(when, { yes: holds, no: next, doubt }), label(holds), code(gives), jump(end), label(next)];
    }),
    jump(doubt.to('invalid')),
    label(end),
  ];
};

/** Whether a place is in a value's own bytes; null: that depends on the call. */
export const isOwn = (place: Place): boolean | null => {
  switch (place.kind) {
    case 'own':
      return true;
    case 'behind':
      return false;
    case 'element':
      return isOwn(place.first);
    case 'guarded':
      return isOwn(place.place);
    case 'either': {
      const [first = null, ...others] = place.cases.map(({ gives }) => isOwn(gives));
      return others.every((one) => one === first) ? first : null;
    }
  }
};

/** r0 = an element's index, which is one that there is. */
const checkedIndex = ({ index, count }: Element, doubt: Doubt, lowering: Lowering): Code => {
  const range = rangeOf(index);
  const format = formatOf(union(range, rangeOf(count)));
  return lowering.frame.with(format.words, (place) => {
    const out = doubt.to('index');
    const [isBelow, isThere] = [lowering.label(), lowering.label()];
    return [
      lowering.int(index, format, doubt),
      spill(place, format.words),
      lowering.int(count, format, doubt),
      leaveByOrder(format, { frame: place }, { less: out, same: out, more: isBelow }),
      label(isBelow),
      unspill(place, format.words),
      range.low >= 0n
        ? []
        : [leaveByOrder(format, { value: 0n }, { less: out, same: isThere, more: isThere }), label(isThere)],
    ];
  });
};

/** Leaves where somebody may be writing. */
export const onlyIfIdle = ({ place, size, mask, busy }: Guard, doubt: Doubt, lowering: Lowering): Code => {
  const idle = lowering.label();
  return [
    numberAt(place, size, doubt, lowering),
    setTo('r1', mask),
    alu('and', 'r0', 'r1'),
    jumpIfWord('lt', 'r0', busy.low, 'r1', idle),
    jumpIfWord('le', 'r0', busy.high, 'r1', doubt.to('busy')),
    label(idle),
  ];
};

/** r3 = where a place in memory is. */
export const addressOf = (place: Place, doubt: Doubt, lowering: Lowering): Code => {
  switch (place.kind) {
    case 'own':
      throw new Unlowerable('it takes the address of a value in registers');
    case 'behind':
      return [
        numberAt(place.pointer, 8, doubt, lowering),
        jumpIf('eq', 'r0', 0, doubt.to('null')),
        mov('r3', 'r0'),
        addTo('r3', BigInt(place.add), 'r2'),
      ];
    case 'element':
      return element(place, doubt, lowering, () => addressOf(place.first, doubt, lowering));
    case 'guarded':
      return [onlyIfIdle(place.guard, doubt, lowering), addressOf(shifted(place.place, place.offset), doubt, lowering)];
    case 'either':
      return choose(place.cases, doubt, lowering, (gives) => addressOf(shifted(gives, place.offset), doubt, lowering));
  }
};

/** r3 = where an element is, of those that begin where `first` sets r3 to: made when the index has its word. */
const element = (place: Element, doubt: Doubt, lowering: Lowering, first: () => Code): Code =>
  lowering.frame.with(1, (word) => [
    checkedIndex(place, doubt, lowering),
    spill(word, 1),
    first(),
    load(8, 'r1', 'r10', word),
    setTo('r2', BigInt(place.stride)),
    alu('mul', 'r1', 'r2'),
    add('r3', 'r1'),
    addTo('r3', BigInt(place.offset), 'r2'),
  ]);

/** Elements of a value's own array that are told apart one by one, where they aren't in one piece of memory. */
const mostOwnElements = 32;

/** r0, and of 16 bytes r1, = the unsigned number of `size` bytes at a place. */
export const numberAt = (place: Place, size: Size | 16, doubt: Doubt, lowering: Lowering): Code => {
  switch (place.kind) {
    case 'own':
      return ownNumber(place.root, place.offset, size, doubt, lowering);
    case 'guarded':
      return [
        onlyIfIdle(place.guard, doubt, lowering),
        numberAt(shifted(place.place, place.offset), size, doubt, lowering),
      ];
    case 'either':
      return choose(place.cases, doubt, lowering, (gives) =>
        numberAt(shifted(gives, place.offset), size, doubt, lowering),
      );
    case 'element':
      if (isOwn(place.first) !== false) return ownElement(place, size, doubt, lowering);
  }
  return [addressOf(place, doubt, lowering), numberAtAddress(size, true, doubt, lowering)];
};

/** The same of an address in r3. Memory that may be stale isn't believed. */
const numberAtAddress = (size: Size | 16, isBehind: boolean, doubt: Doubt, lowering: Lowering): Code =>
  lowering.frame.with(size === 16 ? 2 : 1, (to) => [
    isBehind ? leaveByStale(size, doubt.to('gone'), lowering) : [],
    mov('r1', 'r10'),
    add('r1', to),
    mov('r2', size),
    lowering.probe.memory.read,
    jumpIf('ne', 'r0', 0, doubt.to('unreadable')),
    size === 16 ? [load(8, 'r0', 'r10', to), load(8, 'r1', 'r10', to + 8)] : load(size, 'r0', 'r10', to),
  ]);

const ownElement = (place: Element, size: Size | 16, doubt: Doubt, lowering: Lowering): Code => {
  const { first, count, stride, offset } = place;
  if (first.kind !== 'own' || count.kind !== 'integer')
    throw new Unlowerable("it takes an element of an array that isn't behind a reference");
  const elements = Number(count.value);
  const array = () => ownAddress(first.root, first.offset, elements * stride, doubt, lowering);
  if (array() !== null)
    return [element(place, doubt, lowering, () => array() ?? []), numberAtAddress(size, false, doubt, lowering)];
  if (elements > mostOwnElements) throw new Unlowerable('it takes an element of an array in registers');
  const end = lowering.label();
  return lowering.frame.with(1, (word) => [
    checkedIndex(place, doubt, lowering),
    spill(word, 1),
    Array.from({ length: elements }, (_, index): Code => {
      const next = lowering.label();
      return [
        load(8, 'r0', 'r10', word),
        jumpIf('ne', 'r0', index, next),
        ownNumber(first.root, first.offset + index * stride + offset, size, doubt, lowering),
        jump(end),
        label(next),
      ];
    }),
    jump(doubt.to('index')),
    label(end),
  ]);
};
