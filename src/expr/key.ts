import { isUtf8 } from 'node:buffer';
import type { Environment } from './environment.ts';
import { boolValue, evaluationOf, intValue, variantValue } from './evaluate.ts';
import { floatValue } from './evaluate-float.ts';
import type { Evaluation } from './evaluation.ts';
import { isUndecided, type Outcome, undecided } from './outcome.ts';
import { longestText, textOf } from './text.ts';
import type { KeyNode } from './tree.ts';

/**
 * What calls are told apart by. Durations are in nanoseconds; `text` is null where the bytes aren't UTF-8. Of a text with
 * `isCut` the bytes are only the first of more, and `text` is what is whole of its characters.
 */
export type Key =
  | { readonly kind: 'int' | 'duration'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number; readonly size: 2 | 4 | 8 }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'char'; readonly value: string }
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly text: string | null; readonly isCut?: true }
  | { readonly kind: 'variant'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly Key[] };

/**
 * The key of a call; undecided where a part of it isn't known, as of a text that was captured in part. `maxText`: bytes by which
 * longer texts are told apart.
 */
export const evaluateKey = (node: KeyNode, environment: Environment, maxText: number = longestText): Outcome<Key> =>
  keyValue(node, evaluationOf(environment), maxText);

const keyValue = (node: KeyNode, evaluation: Evaluation, maxText: number): Outcome<Key> => {
  switch (node.kind) {
    case 'int':
    case 'duration': {
      const value = intValue(node.node, evaluation);
      return isUndecided(value) ? value : { kind: node.kind, value };
    }
    case 'char': {
      const value = intValue(node.node, evaluation);
      return isUndecided(value) ? value : { kind: 'char', value: String.fromCodePoint(Number(value)) };
    }
    case 'float': {
      const value = floatValue(node.node, evaluation);
      return isUndecided(value) ? value : { kind: 'float', value, size: node.size };
    }
    case 'bool': {
      const value = boolValue(node.node, evaluation);
      return isUndecided(value) ? value : { kind: 'bool', value };
    }
    case 'text':
      return textKey(node, evaluation, maxText);
    case 'variant': {
      const name = variantValue(node.node, evaluation);
      return isUndecided(name) ? name : { kind: 'variant', name };
    }
    case 'tuple': {
      const items: Key[] = [];
      for (const item of node.items) {
        const key = keyValue(item, evaluation, maxText);
        if (isUndecided(key)) return key;
        items.push(key);
      }
      return { kind: 'tuple', items };
    }
  }
};

/** Of a text that is longer than `maxText` its first bytes are enough. */
const textKey = (node: Extract<KeyNode, { kind: 'text' }>, evaluation: Evaluation, maxText: number): Outcome<Key> => {
  const text = textOf(node.node, evaluation);
  if (isUndecided(text)) return text;
  // Where a NUL ends it, only the next byte tells that it goes on.
  const isLonger = !isUndecided(text.length) && text.length > BigInt(maxText);
  const wanted = isLonger ? maxText : maxText + 1;
  const { bytes, why } = text.read(0n, wanted);
  if (why !== null) return undecided(why);
  return textKeyOf(bytes.subarray(0, maxText), isLonger || bytes.length > maxText);
};

/** `bytes` may be written over afterwards. `isCut`: the text goes on behind them. */
export const textKeyOf = (bytes: Uint8Array, isCut: boolean): Key => {
  const own = Uint8Array.from(bytes);
  const start = isCut ? own.subarray(0, own.length - openedBytes(own)) : own;
  const text = isUtf8(start) ? Buffer.from(start).toString() : null;
  return { kind: 'text', bytes: own, text, ...(isCut ? { isCut: true } : {}) };
};

/** Bytes at the end with which a character begins that needs more. */
const openedBytes = (bytes: Uint8Array): number => {
  for (const back of [1, 2, 3]) {
    const byte = bytes.at(-back) ?? 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
};

/** A text that two keys of one expression share if and only if they are the same: -0.0 and 0.0 differ, all NaN are one. */
export const keyId = (key: Key): string => {
  switch (key.kind) {
    case 'float':
      return Object.is(key.value, -0) ? '-0' : String(key.value);
    case 'text':
      if (key.text !== null && !key.isCut) return JSON.stringify(key.text);
      return `${JSON.stringify(Buffer.from(key.bytes).toString('latin1'))}${key.isCut ? '…' : 'b'}`;
    case 'variant':
      return JSON.stringify(key.name);
    case 'char':
      return JSON.stringify(key.value);
    case 'tuple':
      return `(${key.items.map(keyId).join(',')})`;
    default:
      return String(key.value);
  }
};
