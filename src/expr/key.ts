import { isUtf8 } from 'node:buffer';
import type { Environment } from './environment.ts';
import { boolValue, evaluationOf, intValue, variantValue } from './evaluate.ts';
import { floatValue } from './evaluate-float.ts';
import type { Evaluation } from './evaluation.ts';
import { isUndecided, type Outcome } from './outcome.ts';
import { textOf, wholeText } from './text.ts';
import type { KeyNode } from './tree.ts';

/** What calls are told apart by. Durations are in nanoseconds; `text` is null where the bytes aren't UTF-8. */
export type Key =
  | { readonly kind: 'int' | 'duration'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number; readonly size: 2 | 4 | 8 }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'char'; readonly value: string }
  /** `cut`: these are its first bytes, and there are more. */
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly text: string | null; readonly cut?: true }
  | { readonly kind: 'variant'; readonly name: string }
  | { readonly kind: 'tuple'; readonly items: readonly Key[] };

/** The key of a call; undecided where a part of it isn't known, as of a text that was captured in part. */
export const evaluateKey = (node: KeyNode, environment: Environment): Outcome<Key> =>
  keyValue(node, evaluationOf(environment));

const keyValue = (node: KeyNode, evaluation: Evaluation): Outcome<Key> => {
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
      return textKey(node, evaluation);
    case 'variant': {
      const name = variantValue(node.node, evaluation);
      return isUndecided(name) ? name : { kind: 'variant', name };
    }
    case 'tuple': {
      const items: Key[] = [];
      for (const item of node.items) {
        const key = keyValue(item, evaluation);
        if (isUndecided(key)) return key;
        items.push(key);
      }
      return { kind: 'tuple', items };
    }
  }
};

const textKey = (node: Extract<KeyNode, { kind: 'text' }>, evaluation: Evaluation): Outcome<Key> => {
  const text = textOf(node.node, evaluation);
  if (isUndecided(text)) return text;
  const known = wholeText(text);
  if (isUndecided(known)) return known;
  // The memory of the record may be written over.
  const bytes = Uint8Array.from(known);
  return { kind: 'text', bytes, text: isUtf8(bytes) ? Buffer.from(bytes).toString() : null };
};

/** A text that two keys of one expression share if and only if they are the same: -0.0 and 0.0 differ, all NaN are one. */
export const keyId = (key: Key): string => {
  switch (key.kind) {
    case 'float':
      return Object.is(key.value, -0) ? '-0' : String(key.value);
    case 'text':
      return JSON.stringify(key.text ?? Buffer.from(key.bytes).toString('latin1')) + (key.text === null ? 'b' : '');
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
