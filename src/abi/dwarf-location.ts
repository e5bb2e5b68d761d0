import type { Address } from '../base/units.ts';
import type { DebugVariable, Operation, VariableLocation } from '../elf/variable-model.ts';
import { continues, dwarfRegister, dwarfVector, maskedRegister } from './dwarf-register.ts';
import type { Register } from './model.ts';
import { inRegister, inVector, type Location, moved, type Piece } from './place.ts';

/** What `register + offset` a frame base or a canonical frame address is. */
export type Base = { readonly reg: Register; readonly offset: bigint };

/** What expressions refer to beside registers; null: not known there. */
export type ExpressionContext = {
  readonly frameBase: Base | null;
  readonly frameAddress: Base | null;
  /** A `bool` is told as the low bit of a register whose low byte is 0 or 1, as where it is passed. */
  readonly hasWholeBools?: boolean;
};

const gone = (reason: string): Location => ({ kind: 'gone', reason });

/** The locations of a list that hold at an address; what holds as long as the scope does comes last. */
export const locationsAt = (locations: readonly VariableLocation[], at: Address): readonly VariableLocation[] => {
  const ranged = locations.filter(({ range }) => range !== null && at >= range.start && at < range.end);
  return ranged.length > 0 ? ranged : locations.filter(({ range }) => range === null);
};

/** A value being computed: a register or frame plus an offset, what is in memory behind it, or a number. */
type Value =
  | {
      readonly kind: 'base';
      readonly reg: Register | null;
      readonly offset: bigint;
      readonly followed: readonly bigint[];
    }
  | { readonly kind: 'number'; readonly value: bigint };

/**
 * Where an expression says a value of `size` bytes is: pieces in the order of the value, `gone` where it says nothing
 * or more than a probe can follow.
 */
export const piecesOf = (operations: readonly Operation[], size: number, context: ExpressionContext): Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  let part: Operation[] = [];
  for (const operation of operations) {
    if (operation.op !== 'piece') {
      part.push(operation);
      continue;
    }
    const bytes = Number(operation.bits) / 8;
    if (!Number.isInteger(bytes) || (operation.offset ?? 0n) % 8n !== 0n)
      return [{ location: gone('its bits are in several places'), valueOffset: 0, size }];
    const last = pieces.at(-1);
    if (last !== undefined && operation.offset === null && last.size + bytes <= 8 && continues(last, part)) {
      pieces[pieces.length - 1] = { ...last, size: last.size + bytes };
      at += bytes;
      part = [];
      continue;
    }
    const location = part.length === 0 ? gone('optimized out') : locationOf(part, bytes, context);
    const skip = Number(operation.offset ?? 0n) / 8;
    pieces.push(
      ...clipped({
        location: moved(location, skip) ?? gone('its bits are in several places'),
        valueOffset: at,
        size: bytes,
      }),
    );
    at += bytes;
    part = [];
  }
  const narrow = pieces.length === 0 ? zeroExtended(part, size, context) : null;
  if (narrow !== null) return narrow;
  if (pieces.length === 0) {
    const location = part.length === 0 ? gone('optimized out') : locationOf(part, size, context);
    return clipped({ location, valueOffset: 0, size });
  }
  if (at < size) pieces.push({ location: gone('optimized out'), valueOffset: at, size: size - at });
  return pieces.filter((piece) => piece.valueOffset < size);
};

/** A number of `size` bytes of which fewer are in memory: the others are zero. */
const zeroExtended = (operations: readonly Operation[], size: number, context: ExpressionContext): Piece[] | null => {
  const [loaded, last] = operations.slice(-2);
  if (last?.op !== 'stack-value' || loaded?.op !== 'dereference' || loaded.size >= 8 || size > 8) return null;
  const location = locationOf(operations.slice(0, -2), loaded.size, context);
  if (location.kind !== 'stack' && location.kind !== 'memory') return null;
  const own = { location, valueOffset: 0, size: Math.min(size, loaded.size) };
  const rest = size - own.size;
  const zeros = { kind: 'constant', bytes: new Uint8Array(rest) } as const;
  return rest === 0 ? [own] : [own, { location: zeros, valueOffset: own.size, size: rest }];
};

/** A register holds no more than a word, and a constant no more than its bytes; where the rest is isn't said. */
const clipped = (piece: Piece): Piece[] => {
  const { location, valueOffset, size } = piece;
  const held = location.kind === 'register' ? 8 : location.kind === 'vector' ? 16 : bytesOf(location, size);
  if (size <= held) return [piece];
  const rest = {
    location: gone('debug info tells only a part of it'),
    valueOffset: valueOffset + held,
    size: size - held,
  };
  return held === 0 ? [rest] : [{ ...piece, size: held }, rest];
};

const bytesOf = (location: Location, size: number): number =>
  location.kind === 'constant' ? location.bytes.length : size;

const locationOf = (operations: readonly Operation[], size: number, context: ExpressionContext): Location => {
  const [only] = operations;
  if (operations.length === 1 && only?.op === 'register') return inNumbered(only.register, size);
  if (only?.op === 'implicit-value' && operations.length === 1) return { kind: 'constant', bytes: only.bytes };
  const masked = maskedRegister(operations, size, context.hasWholeBools === true);
  if (masked !== null) return { kind: 'register', reg: masked, add: 0n };
  const stack: Value[] = [];
  for (const [i, operation] of operations.entries()) {
    if (operation.op === 'stack-value') {
      const top = stack.at(-1);
      if (i !== operations.length - 1 || top === undefined) return gone('its location can not be followed');
      return asValue(top, size);
    }
    const failed = step(stack, operation, context);
    if (failed !== null) return gone(failed);
  }
  const top = stack.at(-1);
  if (top === undefined) return gone('its location can not be followed');
  if (top.kind === 'number') return { kind: 'memory', base: null, offset: top.value, followed: [] };
  return asMemory(top);
};

/** A register plus an offset, as a frame base is told; null where the expression says more than that. */
export const addressOf = (operations: readonly Operation[], context: ExpressionContext): Base | null => {
  const [only] = operations;
  if (operations.length === 1 && only?.op === 'register') {
    const reg = dwarfRegister(only.register);
    return reg === null ? null : { reg, offset: 0n };
  }
  const stack: Value[] = [];
  for (const operation of operations) if (step(stack, operation, context) !== null) return null;
  const top = stack.at(-1);
  return top?.kind === 'base' && top.reg !== null && top.followed.length === 0
    ? { reg: top.reg, offset: top.offset }
    : null;
};

const inNumbered = (number: number, size: number): Location => {
  const reg = dwarfRegister(number);
  if (reg !== null) return inRegister(reg, 0, size).location;
  const vector = dwarfVector(number);
  return vector === null
    ? gone(`in register ${number}: not visible to kernel probes`)
    : inVector(vector, 0, size).location;
};

const asMemory = ({ reg, offset, followed }: Value & { kind: 'base' }): Location =>
  reg === 'rsp' && followed.length === 0 ? { kind: 'stack', offset } : { kind: 'memory', base: reg, offset, followed };

/** A value that was computed, not its address. */
const asValue = (value: Value, size: number): Location => {
  if (value.kind === 'number')
    return size > mostConstant ? gone('it is too large') : { kind: 'constant', bytes: littleEndian(value.value, size) };
  const { reg, offset, followed } = value;
  const last = followed.at(-1);
  if (last === undefined) return reg === null ? gone('computed') : { kind: 'register', reg, add: offset };
  // What was loaded, plus nothing, is where it was loaded from.
  return last === 0n
    ? asMemory({ ...value, followed: followed.slice(0, -1) })
    : gone('computed from what is in memory');
};

/** Bytes of a constant; larger ones are damage. */
const mostConstant = 4096;

const littleEndian = (value: bigint, size: number): Uint8Array => {
  const bytes = new Uint8Array(size);
  // DWARF's stack holds 64 bits; a wider value is extended by its sign.
  let rest = BigInt.asIntN(64, value);
  for (let i = 0; i < size; i++) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
};

/** Runs one operation; answers why it can't be followed. */
const step = (stack: Value[], operation: Operation, context: ExpressionContext): string | null => {
  const push = (value: Value): null => {
    stack.push(value);
    return null;
  };
  const based = (base: Base | null, offset: bigint, what: string): string | null =>
    base === null
      ? `${what} is not known`
      : push({ kind: 'base', reg: base.reg, offset: base.offset + offset, followed: [] });
  switch (operation.op) {
    case 'register-offset': {
      const reg = dwarfRegister(operation.register);
      return reg === null
        ? 'it is behind a register that probes can not read'
        : based({ reg, offset: 0n }, operation.offset, '');
    }
    case 'frame-offset':
      return based(context.frameBase, operation.offset, 'the frame base');
    case 'frame-address':
      return based(context.frameAddress, 0n, 'the frame address');
    case 'address':
      return push({ kind: 'base', reg: null, offset: operation.address, followed: [] });
    case 'constant':
      return push({ kind: 'number', value: operation.value });
    case 'plus-constant':
      return add(stack, operation.value);
    case 'plus': {
      const number = stack.findLastIndex(({ kind }) => kind === 'number');
      if (stack.length < 2 || number < stack.length - 2) return 'it is computed';
      const [{ value }] = stack.splice(number, 1) as [Value & { kind: 'number' }];
      return add(stack, value);
    }
    case 'dereference': {
      const top = stack.pop();
      if (top === undefined || operation.size !== 8) return 'it is computed';
      if (top.kind === 'base' && top.followed.length >= mostFollowed) return 'it is computed';
      if (top.kind === 'number') return push({ kind: 'base', reg: null, offset: top.value, followed: [0n] });
      return push({ ...top, followed: [...top.followed, 0n] });
    }
    case 'entry-value':
      return 'only its value at entry is told';
    case 'other':
      return `its location uses ${operation.name}`;
    default:
      return 'it is computed';
  }
};

/** Loads that are followed one after the other, at most. */
const mostFollowed = 8;

const add = (stack: Value[], value: bigint): string | null => {
  const top = stack.pop();
  const by = BigInt.asIntN(64, value);
  if (top === undefined) return 'it is computed';
  if (top.kind === 'number') stack.push({ kind: 'number', value: BigInt.asUintN(64, top.value + by) });
  else {
    const last = top.followed.at(-1);
    if (top.followed.length > mostFollowed) return 'it is computed';
    stack.push(
      last === undefined
        ? { ...top, offset: top.offset + by }
        : { ...top, followed: [...top.followed.slice(0, -1), last + by] },
    );
  }
  return null;
};

/** A variable's value where it is the same all the time; null where it isn't told as such. */
export const constantOf = ({ constant }: DebugVariable, size: number): Piece | null => {
  if (constant === null || size > mostConstant) return null;
  const bytes = new Uint8Array(size);
  const isNegative = ((constant.at(-1) ?? 0) & 0x80) !== 0 && constant.length === 8;
  bytes.fill(isNegative ? 0xff : 0);
  bytes.set(constant.subarray(0, size));
  return { location: { kind: 'constant', bytes }, valueOffset: 0, size };
};
