import type { Part } from './parts.ts';
import type { ComparedArgument, ComparedCopy } from './places.ts';

export type Subject = { readonly copy: ComparedCopy; readonly argument: ComparedArgument; readonly part: Part };

/** A way in which the two answers relate. `right`: who tells the truth there, or more of it. */
export type PlaceClass = {
  readonly title: string;
  readonly right: 'both' | 'rsym' | 'gdb' | 'neither';
  /** Why they differ, and how it is known who is right; empty where they agree. */
  readonly why: string;
  readonly holds: (subject: Subject) => boolean;
};

const isFrame = ({ argument, part, copy }: Subject): boolean =>
  copy.chosen.depth === 0 &&
  argument.told.by === 'throughout' &&
  (part.gdb.kind === 'place' || part.gdb.kind === 'bit') &&
  /^\[(?:rsp|rbp)/.test(part.gdb.text);
const isOwnPlace = ({ part }: Subject): boolean => part.own.kind === 'place';
const isSilent = ({ part }: Subject): boolean => part.gdb.kind === 'gone' || part.gdb.kind === 'entry';
const evidenceOf = ({ argument, part }: Subject): string | null =>
  argument.shown.places.find(
    (place) => (place.value_offset ?? 0) <= part.from && part.from < (place.value_offset ?? 0) + place.size,
  )?.evidence ?? argument.shown.evidence;

/** Where both say the same. */
export const agreements: readonly PlaceClass[] = [
  {
    title: 'the same register or memory',
    right: 'both',
    why: '',
    holds: (one) => isOwnPlace(one) && one.part.own.text === one.part.gdb.text && evidenceOf(one) !== 'conflict',
  },
  {
    title: 'the same register, of which gdb shows the lowest bit (a `bool`)',
    right: 'both',
    why: '',
    holds: ({ part }) => part.gdb.kind === 'bit' && part.own.text === part.gdb.text,
  },
  {
    title: 'the same constant',
    right: 'both',
    why: '',
    holds: ({ part }) =>
      part.own.kind === 'constant' && (part.own.text === part.gdb.text || part.gdb.text === 'a constant'),
  },
  {
    title: 'nowhere: rsym says `gone`, gdb `optimized out`',
    right: 'both',
    why: '',
    holds: (one) => one.part.own.kind === 'gone' && isSilent(one),
  },
];

/** Where they don't, the first that holds counts. */
export const disagreements: readonly PlaceClass[] = [
  {
    title: 'rsym has a place, gdb does not list the parameter',
    right: 'rsym',
    why: 'gdb shows no parameter that has no name, as that of `drop_in_place`. DWARF has its location all the same.',
    holds: (one) => one.argument.words === null && one.argument.shown.name === null && one.part.own.kind !== 'gone',
  },
  {
    title: 'rsym: the memory that an address in the caller’s frame points to; gdb: a slot of the frame',
    right: 'rsym',
    why: 'The value is passed by address, and the address on the stack. LLVM tells the slot of the address as if the value were in it, for the whole function: gdb shows the address’s bytes as the value’s.',
    holds: (one) => isFrame(one) && isOwnPlace(one) && one.part.own.text.startsWith('[[rsp'),
  },
  {
    title: 'rsym: a register or a slot of the caller’s frame; gdb: a slot of the function’s own frame',
    right: 'rsym',
    why: 'DWARF tells one slot for the whole function (`DW_OP_fbreg` without ranges). At the first instruction the frame is not set up, and nothing is stored yet; gdb reads whatever is there.',
    holds: (one) => isFrame(one) && isOwnPlace(one),
  },
  {
    title: 'rsym: no register has these bytes of it; gdb: a slot of the function’s own frame',
    right: 'rsym',
    why: 'They are padding: the slot has room for them, no register carries them, and at the first instruction the slot is not filled.',
    holds: (one) => isFrame(one) && one.part.own.kind === 'gone' && one.argument.shown.evidence !== 'gone',
  },
  {
    title: 'rsym: gone, the optimiser changed how the function is called; gdb: a slot of the function’s own frame',
    right: 'rsym',
    why: 'Nothing is passed: the optimiser moved what all callers pass, the same constant or address, into the function, which itself stores it into the slot that DWARF tells (`lea rax, [rip+…]; mov [rsp], rax`). At the first instruction gdb reads whatever is there.',
    holds: (one) =>
      isFrame(one) && one.part.own.kind === 'gone' && one.argument.shown.note?.includes('optimiser changed') === true,
  },
  {
    title: 'rsym: a register; gdb: a constant',
    right: 'gdb',
    why: 'The optimiser put the constant in the parameter’s place and does not pass it any more. **rsym is wrong**: the register holds something else.',
    holds: (one) => isOwnPlace(one) && one.part.gdb.kind === 'constant',
  },
  {
    title: 'rsym: gone; gdb: a constant',
    right: 'gdb',
    why: 'The optimiser put the constant in the parameter’s place; rsym says that nothing is passed, but not the constant.',
    holds: ({ part }) => part.own.kind === 'gone' && part.gdb.kind === 'constant',
  },
  {
    title: 'rsym: several candidates, none believed; gdb: nowhere',
    right: 'neither',
    why: 'DWARF has no location. It shows a function item, which takes no room, like a pointer to a function, and does not list what a closure captured: what register the parameter is in, if any, depends on that, and the code does not tell.',
    holds: (one) => evidenceOf(one) === 'conflict',
  },
  {
    title: 'rsym: a place by the convention; gdb: optimized out everywhere',
    right: 'rsym',
    why: 'DWARF has no location at all: mostly the code does not use the parameter. It is passed all the same: nothing says that the convention was changed, and the function’s address is taken (methods in vtables), so that its callers can leave nothing out, or the code reads the register before it writes it.',
    holds: (one) =>
      isOwnPlace(one) && evidenceOf(one) === 'abi' && isSilent(one) && one.argument.told.by === 'throughout',
  },
  {
    title: 'rsym: a place; gdb: nowhere at this address, in a place later',
    right: 'rsym',
    why: 'The list of ranges begins behind the first instruction, or tells one piece only: mostly of arguments on the stack, which LLVM tells once the frame is set up. By the convention, or by following the code back from there, it is known at the first instruction as well.',
    holds: (one) => isOwnPlace(one) && isSilent(one) && one.argument.told.by !== 'throughout',
  },
  {
    title: 'rsym: gone; gdb: the lowest bit of a register or slot (a `bool`)',
    right: 'gdb',
    why: 'The register holds more than the `bool`: gdb masks it, as DWARF says. rsym’s places are whole bytes.',
    holds: ({ part }) => part.own.kind === 'gone' && part.gdb.kind === 'bit',
  },
  {
    title: 'rsym: gone; gdb: computed from registers or memory',
    right: 'gdb',
    why: 'The value is in no one place: an expression adds up registers, or adds to what is in memory. gdb computes it; rsym’s probes read places only.',
    holds: ({ part }) => part.own.kind === 'gone' && part.gdb.kind === 'computed',
  },
  {
    title: 'rsym: gone, since the type’s size is not known; gdb: a place',
    right: 'gdb',
    why: 'The type is only declared in this unit. gdb finds its definition in another one by name.',
    holds: ({ part, argument }) =>
      part.own.kind === 'gone' && part.gdb.kind === 'place' && argument.shown.note?.includes('its type') === true,
  },
  {
    title: 'a register that the function never reads',
    right: 'rsym',
    why: 'DWARF still tells the register, but callers may leave anything there once the optimiser has seen that nothing reads it.',
    holds: ({ part, argument }) =>
      part.own.kind === 'gone' && part.gdb.kind === 'place' && argument.shown.note?.includes('never reads') === true,
  },
];

/** Null: the two differ, and nothing here explains it. */
export const classOf = (subject: Subject): PlaceClass | null =>
  agreements.find(({ holds }) => holds(subject)) ?? disagreements.find(({ holds }) => holds(subject)) ?? null;
