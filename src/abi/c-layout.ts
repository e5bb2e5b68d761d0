import type { DebugType, DebugTypes, TypeId } from '../elf/type-model.ts';
import { isVectorName } from './rust-layout.ts';

/** The class of eight bytes of a value in the System V ABI; null: nothing is in them. */
export type EightbyteClass = 'integer' | 'sse' | 'sse-up' | null;

/**
 * How C passes a type: nothing; on the stack, or by an address the caller gives for results; or its eightbytes in
 * registers. `isAggregate`: all of it goes in registers or none of it. `unknown`: debug info doesn't say enough.
 */
export type CLayout = {
  readonly size: number;
  readonly align: number;
  readonly isAggregate: boolean;
  /** `x87`: extended precision, on the stack, and in st(0) as a result. */
  readonly passed: 'nothing' | 'memory' | 'registers' | 'x87' | 'unknown';
  /** Of what goes in registers; else empty. */
  readonly classes: readonly EightbyteClass[];
};

const deepest = 32;
/** Leaves of one value that are looked at: values of more are passed in memory. */
const mostLeaves = 256;

type Walk = { classes: EightbyteClass[]; left: number; verdict: 'memory' | 'unknown' | 'x87' | null };

/** Classifies a type of C, or one of Rust that is passed by `extern "C"`. `id` null is `void` and `()`. */
export const cLayout = (types: DebugTypes, id: TypeId | null): CLayout => {
  if (id === null) return { size: 0, align: 1, isAggregate: false, passed: 'nothing', classes: [] };
  const type = resolved(types, id);
  const size = Number(type?.size ?? -1n);
  const align = Number(type?.align ?? 8n);
  if (type === null || size < 0) return { size: 0, align: 1, isAggregate: false, passed: 'unknown', classes: [] };
  const isAggregate = type.kind === 'struct' || type.kind === 'union' || (type.kind === 'array' && !type.isVector);
  const head = { size, align, isAggregate, classes: [] };
  if (size === 0) return { ...head, passed: 'nothing' };
  if (type.kind === 'struct' && type.unplaced) return { ...head, passed: 'unknown' };
  // What registers hold more than 16 bytes, the machine and its options decide.
  if (size > 16 && isVector(type)) return { ...head, passed: 'unknown' };
  if (size > 16 && !(type.kind === 'base' && type.encoding === 'complex')) return { ...head, passed: 'memory' };
  const walk: Walk = { classes: new Array(Math.ceil(size / 8)).fill(null), left: mostLeaves, verdict: null };
  visit(types, type, 0, walk, 0);
  // Beside anything else it goes to memory.
  if (walk.verdict === 'x87') return { ...head, passed: walk.classes.every((one) => one === null) ? 'x87' : 'memory' };
  if (walk.verdict !== null) return { ...head, passed: walk.verdict };
  // An upper half without its lower one is a float of its own.
  const classes = walk.classes.map((one, i) => (one === 'sse-up' && i === 0 ? 'sse' : one));
  return { ...head, passed: 'registers', classes };
};

const isVector = (type: DebugType): boolean =>
  type.kind === 'array' ? type.isVector === true : type.kind === 'struct' && isVectorName(type.name);

const resolved = (types: DebugTypes, id: TypeId): DebugType | null => {
  let type = types.type(id);
  for (let depth = 0; type.kind === 'qualifier'; depth++) {
    if (type.target === null || depth > deepest) return null;
    type = types.type(type.target);
  }
  return type;
};

const visit = (types: DebugTypes, type: DebugType, offset: number, walk: Walk, depth: number): void => {
  if (walk.verdict !== null) return;
  if (depth > deepest || walk.left-- <= 0) {
    walk.verdict = 'unknown';
    return;
  }
  const size = Number(type.size ?? 8n);
  if (size === 0) return;
  const align = type.kind === 'struct' || type.kind === 'union' ? Number(type.align ?? 1n) : leafAlign(type, size);
  if (offset % align !== 0) {
    walk.verdict = 'memory';
    return;
  }
  const inner = (id: TypeId | null, at: number): void => {
    const next = id === null ? null : resolved(types, id);
    if (next === null) walk.verdict = 'unknown';
    else visit(types, next, at, walk, depth + 1);
  };
  switch (type.kind) {
    case 'base':
      if (type.encoding === 'float' && size === 16) walk.verdict = type.name === 'long double' ? 'x87' : 'unknown';
      else if (type.encoding === 'complex') complex(size, offset, walk);
      else fill(walk, offset, size, type.encoding === 'float' ? 'sse' : 'integer');
      return;
    case 'pointer':
    case 'enumeration':
      fill(walk, offset, size, 'integer');
      return;
    case 'array': {
      if (type.isVector) {
        fill(walk, offset, size, 'sse');
        return;
      }
      const count = type.counts.reduce<bigint | null>(
        (all, one) => (all === null || one === null ? null : all * one),
        1n,
      );
      const element = type.element === null ? null : resolved(types, type.element);
      if (count === null || element?.size == null) walk.verdict = 'unknown';
      else
        for (let i = 0n; i < count && walk.verdict === null; i++)
          visit(types, element, offset + Number(i * element.size), walk, depth + 1);
      return;
    }
    case 'struct':
    case 'union':
      if (isVector(type)) {
        fill(walk, offset, size, 'sse');
        return;
      }
      for (const member of [...type.bases, ...type.members]) {
        if (member.bits !== null) fill(walk, offset + Math.floor(Number(member.bits.offset) / 8), 1, 'integer');
        else inner(member.type, offset + Number(member.offset));
      }
      // An enum's payloads lie over each other, and over its tag.
      if (type.variants?.tag) inner(type.variants.tag.type, offset + Number(type.variants.tag.offset));
      for (const { member } of type.variants?.of ?? []) inner(member.type, offset + Number(member.offset));
      return;
    default:
      walk.verdict = 'unknown';
  }
};

const leafAlign = (type: DebugType, size: number): number =>
  type.kind === 'array' || type.kind === 'base' || type.kind === 'enumeration'
    ? Number(type.align ?? BigInt(size))
    : size;

const complex = (size: number, offset: number, walk: Walk): void => {
  if (size > 16) walk.verdict = 'x87';
  else fill(walk, offset, size, 'sse', size / 2);
};

/** Integers win over floats in the same eight bytes. `each`: bytes of a scalar; a vector's second half is an upper half. */
const fill = (walk: Walk, offset: number, size: number, kind: 'integer' | 'sse', each = size): void => {
  if (offset + size > 8 * walk.classes.length) {
    walk.verdict = 'memory';
    return;
  }
  for (let at = Math.floor(offset / 8); at * 8 < offset + size; at++) {
    const isUpper = kind === 'sse' && each > 8 && at * 8 > offset;
    const old = walk.classes[at];
    if (at >= walk.classes.length) walk.verdict = 'memory';
    else
      walk.classes[at] =
        old === 'integer' || kind === 'integer' ? 'integer' : old === 'sse' ? old : isUpper ? 'sse-up' : 'sse';
  }
};
