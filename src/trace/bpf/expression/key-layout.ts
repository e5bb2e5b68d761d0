import { type Key, textKeyOf } from '../../../expr/key.ts';
import type { Undecided } from '../../../expr/outcome.ts';
import { undecided } from '../../../expr/outcome.ts';
import type { KeyNode, VariantNode } from '../../../expr/tree.ts';
import { reasonOf } from './doubt.ts';
import { type Format, formatOf, rangeOf } from './range.ts';

/** A part of a key, `at` bytes into it. */
export type KeyPart =
  | { readonly kind: 'int' | 'duration' | 'char'; readonly at: number; readonly format: Format }
  /** The bits of a float of 64 bits; there is one NaN. */
  | { readonly kind: 'float'; readonly at: number; readonly size: 2 | 4 | 8 }
  | { readonly kind: 'bool'; readonly at: number }
  /** The variant's number among the names. */
  | { readonly kind: 'variant'; readonly at: number; readonly names: readonly string[] }
  /** How many bytes there are, 1 where there would be more, and the bytes, with zeros up to `room`, which is more than `most`. */
  | { readonly kind: 'text'; readonly at: number; readonly most: number; readonly room: number }
  | { readonly kind: 'tuple'; readonly parts: readonly KeyPart[] };

/** How a key lies in memory: 0 or the number of the reason why it isn't known, then its parts. Sizes in bytes. */
export type KeyLayout = { readonly size: number; readonly key: KeyPart };

const wordSize = 8;
export const textHeader = 16;

/** The names that a variant may have, each once. */
export const namesOf = (node: VariantNode): readonly string[] => [
  ...new Set(
    node.kind === 'either' ? node.cases.flatMap(({ gives }) => namesOf(gives)) : node.cases.map(({ name }) => name),
  ),
];

const partOf = (node: KeyNode, at: number, maxText: number): { readonly part: KeyPart; readonly end: number } => {
  switch (node.kind) {
    case 'int':
    case 'char':
    case 'duration': {
      const format = formatOf(rangeOf(node.node));
      return { part: { kind: node.kind, at, format }, end: at + wordSize * format.words };
    }
    case 'float':
      return { part: { kind: 'float', at, size: node.size }, end: at + wordSize };
    case 'bool':
      return { part: { kind: 'bool', at }, end: at + wordSize };
    case 'variant':
      return { part: { kind: 'variant', at, names: namesOf(node.node) }, end: at + wordSize };
    case 'text': {
      const room = Math.ceil((maxText + 1) / wordSize) * wordSize;
      return { part: { kind: 'text', at, most: maxText, room }, end: at + textHeader + room };
    }
    case 'tuple': {
      let end = at;
      const parts = node.items.map((item) => {
        const made = partOf(item, end, maxText);
        end = made.end;
        return made.part;
      });
      return { part: { kind: 'tuple', parts }, end };
    }
  }
};

/** `maxText`: bytes of a text that are kept. */
export const keyLayout = (node: KeyNode, maxText: number): KeyLayout => {
  const { part, end } = partOf(node, wordSize, maxText);
  return { size: end, key: part };
};

const numberAt = (view: DataView, at: number, { words, signed }: Format): bigint => {
  let value = 0n;
  for (let i = words - 1; i >= 0; i--) value = (value << 64n) | view.getBigUint64(at + wordSize * i, true);
  return signed ? BigInt.asIntN(64 * words, value) : value;
};

const readPart = (part: KeyPart, view: DataView): Key => {
  switch (part.kind) {
    case 'int':
    case 'duration':
      return { kind: part.kind, value: numberAt(view, part.at, part.format) };
    case 'char':
      return { kind: 'char', value: String.fromCodePoint(Number(numberAt(view, part.at, part.format))) };
    case 'float':
      return { kind: 'float', value: view.getFloat64(part.at, true), size: part.size };
    case 'bool':
      return { kind: 'bool', value: view.getBigUint64(part.at, true) !== 0n };
    case 'variant':
      return { kind: 'variant', name: part.names[Number(view.getBigUint64(part.at, true))] ?? '' };
    case 'text': {
      const size = Math.min(part.most, Number(view.getBigUint64(part.at, true)));
      const isCut = view.getBigUint64(part.at + wordSize, true) !== 0n;
      return textKeyOf(new Uint8Array(view.buffer, view.byteOffset + part.at + textHeader, size), isCut);
    }
    case 'tuple':
      return { kind: 'tuple', items: part.parts.map((one) => readPart(one, view)) };
  }
};

/** The key that a program has written to `bytes`. */
export const readKey = (layout: KeyLayout, bytes: Uint8Array): Key | Undecided => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const why = Number(view.getBigUint64(0, true));
  return why === 0 ? readPart(layout.key, view) : undecided(reasonOf(why));
};
