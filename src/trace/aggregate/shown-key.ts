import type { Key } from '../../expr/key.ts';
import { isUndecided, type Undecided } from '../../expr/outcome.ts';
import type { IntNode, KeyNode } from '../../expr/tree.ts';
import { debugBytes, debugChar, debugFloat, debugString, shortestF32 } from '../debug-text.ts';
import { durationText } from '../decode/duration.ts';
import { hexBytes, type Shown } from '../decode/shown.ts';

/** Whether each whole number in a key is of a type of at most 32 bits, in the order in which they come. */
export type KeyForm = readonly boolean[];

/** Of the keys that an expression gives. */
export const keyForm = (by: KeyNode): KeyForm => {
  switch (by.kind) {
    case 'tuple':
      return by.items.flatMap(keyForm);
    case 'int':
      return [isNarrow(by.node)];
    default:
      return [];
  }
};

const isNarrow = (node: IntNode): boolean => {
  switch (node.kind) {
    case 'load':
      return node.size <= 4;
    case 'call':
      return node.fact !== 'duration';
    case 'either':
      return node.cases.every(({ gives }) => isNarrow(gives));
    default:
      return false;
  }
};

/** A key as Rust's `Debug` would print it, and in JSON: there a number's type decides how it is written, never its size. */
export const shownKey = (key: Key | Undecided, form: KeyForm): Shown => {
  if (isUndecided(key)) return { value: { $missing: key.undecided }, text: `<${key.undecided}>` };
  let ints = 0;
  const shown = (part: Key): Shown => {
    switch (part.kind) {
      case 'int':
        return { value: form[ints++] === true ? Number(part.value) : String(part.value), text: String(part.value) };
      case 'duration':
        return { value: String(part.value), text: durationText(part.value / billion, Number(part.value % billion)) };
      case 'float':
        return shownFloat(part.size === 4 ? shortestF32(part.value) : part.value);
      case 'bool':
        return { value: part.value, text: String(part.value) };
      case 'char':
        return { value: part.value, text: debugChar(part.value) };
      case 'text':
        return shownText(part);
      case 'variant':
        return { value: part.name, text: part.name };
      case 'tuple': {
        const items = part.items.map(shown);
        const texts = items.map(({ text }) => text).join(', ');
        return { value: items.map(({ value }) => value), text: items.length === 1 ? `(${texts},)` : `(${texts})` };
      }
    }
  };
  return shown(key);
};

const billion = 1_000_000_000n;

const shownFloat = (value: number): Shown => {
  const text = debugFloat(value);
  return { value: Number.isFinite(value) ? value : text, text };
};

type TextKey = Extract<Key, { kind: 'text' }>;

const shownText = ({ bytes, text, isCut }: TextKey): Shown => {
  const shown: Shown =
    text === null
      ? { value: { $bytes: hexBytes(bytes) }, text: debugBytes(bytes) }
      : { value: text, text: debugString(text) };
  return isCut ? { value: { $items: shown.value }, text: `${shown.text}…` } : shown;
};
