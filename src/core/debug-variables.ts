import type { CoreDebug } from './debug.ts';
import { noRow } from './debug.ts';
import { optionalText, reference } from './debug-types.ts';
import type { Wire } from './wire.ts';

const decoder = new TextDecoder();

/** In the order of the core's numbers, from 16 on. */
const arithmetic = ['plus', 'minus', 'and', 'or', 'xor', 'shl', 'shr', 'shra', 'mul', 'not', 'neg'] as const;
const firstArithmetic = 16;

export type CoreOperation =
  | { readonly op: 'register'; readonly register: number }
  | { readonly op: 'register-offset'; readonly register: number; readonly offset: bigint }
  | { readonly op: 'frame-offset'; readonly offset: bigint }
  | { readonly op: 'address'; readonly address: bigint }
  | { readonly op: 'constant' | 'plus-constant'; readonly value: bigint }
  | { readonly op: 'dereference'; readonly size: number }
  | { readonly op: 'implicit-value'; readonly bytes: Uint8Array }
  | { readonly op: 'entry-value'; readonly operations: readonly CoreOperation[] }
  | { readonly op: 'piece'; readonly bits: bigint; readonly offset: bigint | null }
  | { readonly op: 'other'; readonly name: string }
  | { readonly op: 'frame-address' | 'stack-value' | (typeof arithmetic)[number] };

type Range = { readonly start: bigint; readonly end: bigint };
export type CoreLocation = { readonly range: Range | null; readonly operations: readonly CoreOperation[] };

export type CoreVariable = {
  readonly die: number;
  readonly name: string | null;
  readonly type: number | null;
  readonly isParameter: boolean;
  readonly isArtificial: boolean;
  readonly line: number | null;
  readonly constant: Uint8Array | null;
  /** Row in `blocks`. */
  readonly block: number | null;
  readonly locations: readonly CoreLocation[];
};

export type CoreScope = {
  readonly frameBase: readonly CoreLocation[];
  readonly isExternal: boolean;
  readonly isConventionChanged: boolean;
  readonly isSpecified: boolean;
  /** DW_LANG of the unit. */
  readonly language: number;
  readonly producer: string | null;
  readonly blocks: readonly (readonly Range[])[];
  readonly variables: readonly CoreVariable[];
};

/**
 * What the DIE of a copy holds; `frame` is that of the code out of line around it. Throws RsymError `input` where one of
 * them is damaged or no function.
 */
export const readScope = (debug: CoreDebug, die: number, frame: number): CoreScope => {
  const wire = debug.ask('debug_scope', die, frame);
  const frameBase = locations(wire);
  const flags = wire.u8();
  return {
    frameBase,
    isExternal: (flags & 1) !== 0,
    isConventionChanged: (flags & 2) !== 0,
    isSpecified: (flags & 4) !== 0,
    language: wire.u32(),
    producer: optionalText(wire),
    blocks: wire.list(() => wire.list(() => range(wire))),
    variables: wire.list(() => variable(wire)),
  };
};

/** An image's `.eh_frame`, and what its entries mean depends on. */
export type CoreFrames = {
  readonly bytes: Uint8Array;
  readonly address: bigint;
  readonly addressSize: number;
  readonly isAArch64: boolean;
};

/** Gives the core call frame information beside that of the debug info; before `readFrameAddress`. */
export const giveFrames = (debug: CoreDebug, { bytes, address, addressSize, isAArch64 }: CoreFrames): void => {
  debug.lend(bytes, (at) => debug.call('debug_take_frames', at, bytes.length, address, addressSize, isAArch64 ? 1 : 0));
};

/** The canonical frame address at an instruction; null where nothing tells it as a register and an offset. */
export const readFrameAddress = (debug: CoreDebug, at: bigint): { register: number; offset: bigint } | null => {
  debug.call('debug_frame_address', at);
  const wire = debug.reply();
  return wire.flag() ? { register: wire.u32(), offset: signed(wire) } : null;
};

const signed = (wire: Wire): bigint => BigInt.asIntN(64, wire.u64());

const orNull = (row: number): number | null => (row === noRow ? null : row);

const range = (wire: Wire): Range => ({ start: wire.u64(), end: wire.u64() });

const variable = (wire: Wire): CoreVariable => {
  const [die, name, type, flags] = [wire.u32(), optionalText(wire), reference(wire), wire.u8()];
  return {
    die,
    name,
    type,
    isParameter: (flags & 1) !== 0,
    isArtificial: (flags & 2) !== 0,
    line: orNull(wire.u32()),
    constant: wire.optional()?.slice() ?? null,
    block: orNull(wire.u32()),
    locations: locations(wire),
  };
};

const locations = (wire: Wire): CoreLocation[] =>
  wire.list(() => {
    const isRanged = wire.flag();
    const where = range(wire);
    return { range: isRanged ? where : null, operations: operations(wire) };
  });

const operations = (wire: Wire): CoreOperation[] => {
  const found: CoreOperation[] = [];
  for (let number = wire.u8(); number !== 0; number = wire.u8()) found.push(operation(wire, number));
  return found;
};

const operation = (wire: Wire, number: number): CoreOperation => {
  switch (number) {
    case 1:
      return { op: 'register', register: wire.u32() };
    case 2:
      return { op: 'register-offset', register: wire.u32(), offset: signed(wire) };
    case 3:
      return { op: 'frame-offset', offset: signed(wire) };
    case 4:
      return { op: 'frame-address' };
    case 5:
      return { op: 'address', address: wire.u64() };
    case 6:
      return { op: 'constant', value: wire.u64() };
    case 7:
      return { op: 'dereference', size: wire.u8() };
    case 8:
      return { op: 'plus-constant', value: wire.u64() };
    case 9: {
      const [bits, isOffset, offset] = [wire.u64(), wire.flag(), wire.u64()];
      return { op: 'piece', bits, offset: isOffset ? offset : null };
    }
    case 10:
      return { op: 'stack-value' };
    case 11:
      return { op: 'implicit-value', bytes: wire.bytes().slice() };
    case 12:
      return { op: 'entry-value', operations: operations(wire) };
    case 13:
      return { op: 'other', name: decoder.decode(wire.bytes()) };
    default: {
      const op = arithmetic[number - firstArithmetic];
      return op === undefined ? { op: 'other', name: `operation ${number}` } : { op };
    }
  }
};
