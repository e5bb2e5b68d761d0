import type { FollowedShape } from '../../abi/shape.ts';
import type { TextBytes } from '../../base/text-bytes.ts';
import { findBlock, found, isNull } from './block.ts';
import type { QuickPlan, QuickText } from './quick.ts';

type TextShape = Extract<FollowedShape, { kind: 'text' }>;

/** Texts that are longer are never captured whole, nor many of them in one value. */
const mostBytes = 4_096;

/** Four bytes at once, each with this value. */
const four = (byte: number): number => byte * 0x0101_0101;
const top = four(0x80);
const ones = four(0x01);
const quotes = four(0x22);
const backslashes = four(0x5c);
const fromSpace = four(0x80 - 0x20);

/**
 * Whether four bytes are ASCII that a `Debug` string shows as it is: none has its top bit, or is below a space, DEL, a
 * quote or a backslash. A byte is 0 where subtracting 1 borrows into a top bit that it didn't have; what is borrowed from
 * the byte above matters only where one is 0 already.
 */
const isPlain = (word: number): boolean => {
  const noQuote = word ^ quotes;
  const noBackslash = word ^ backslashes;
  const odd =
    word | ~(word + fromSpace) | (word + ones) | ((noQuote - ones) & ~noQuote) | ((noBackslash - ones) & ~noBackslash);
  return (odd & top) === 0;
};

/** Writes plain text; false at a byte that isn't plain. */
const writePlain = (view: DataView, at: number, size: number, to: TextBytes): boolean => {
  to.reserve(size + 4);
  const { length, view: target } = to;
  const whole = size & ~3;
  for (let i = 0; i < whole; i += 4) {
    const word = view.getInt32(at + i, true);
    if (!isPlain(word)) return false;
    target.setInt32(length + i, word, true);
  }
  for (let i = whole; i < size; i++) {
    const byte = view.getUint8(at + i);
    if (!isPlain((byte << 24) | 0x20_2020)) return false;
    target.setUint8(length + i, byte);
  }
  to.length = length + size;
  return true;
};

const quote = 0x22;
const cutFrom = Buffer.from('… (');
const cutTo = Buffer.from(' bytes)');

export const quickText = ({ behind, length, of, size: own }: TextShape, { blocks }: QuickPlan): QuickText | null => {
  if (blocks === null || behind.counts !== null || of === 'c') return null;
  const { data, add } = behind;
  if (Math.max(data, length) + 8 > own) return null;
  return (view, record, at, to) => {
    if (isNull(view, at + data) || view.getUint32(at + length + 4, true) !== 0) return false;
    const size = view.getUint32(at + length, true);
    if (size > 0 && !findBlock(view, record, blocks, at + data, add)) return false;
    const there = size === 0 ? 0 : Math.min(size, found.size);
    if (there > mostBytes) return false;
    to.byte(quote);
    if (!writePlain(view, found.at, there, to)) return false;
    to.byte(quote);
    if (there === size) return true;
    to.piece(cutFrom);
    to.integer(size);
    to.piece(cutTo);
    return true;
  };
};
