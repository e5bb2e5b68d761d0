import type { Read } from './environment.ts';
import type { Evaluation } from './evaluation.ts';
import { choose, type Located, locate, readAt } from './located.ts';
import { isUndecided, type Outcome, type Undecided, undecided } from './outcome.ts';
import type { TextNode } from './tree.ts';

/** The text of one call, of which perhaps only a beginning is known. */
export type Text = {
  /** In bytes; a text that a 0 ends has a length if the 0 is known. */
  readonly length: Outcome<bigint>;
  /** At most `size` bytes from `from` on, which is no negative number; fewer where the text ends, or with a reason. */
  readonly read: (from: bigint, size: number) => Read;
};

/** The largest size that Rust allows anything in memory. */
const maxSize = (1n << 63n) - 1n;
/** Bytes that are looked through at most; what is longer isn't captured in any case. */
export const longestText = 1 << 16;

export const textOf = (node: TextNode, evaluation: Evaluation): Outcome<Text> => {
  switch (node.kind) {
    case 'bytes':
      return whole(node.bytes);
    case 'comm':
      return whole(evaluation.environment.comm);
    case 'either': {
      const chosen = choose(node.cases, evaluation);
      return isUndecided(chosen) ? chosen : textOf(chosen, evaluation);
    }
    case 'text':
      return located(node, evaluation);
  }
};

const whole = (bytes: Uint8Array): Text => ({
  length: BigInt(bytes.length),
  read: (from, size) => ({
    bytes: from >= BigInt(bytes.length) ? bytes.subarray(0, 0) : bytes.subarray(Number(from), Number(from) + size),
    why: null,
  }),
});

const located = (node: Extract<TextNode, { kind: 'text' }>, evaluation: Evaluation): Outcome<Text> => {
  const stored = node.length === null ? null : evaluation.int(node.length);
  if (isUndecided(stored)) return stored;
  const data = locate(node.data, evaluation);
  if (isUndecided(data)) return data;
  if (stored === null) return ended(readAt(data, longestText));
  const length = node.hasNul ? stored - 1n : stored;
  if (stored > maxSize || length < 0n) return undecided('invalid');
  return {
    length,
    read: (from, size) => {
      const left = length - from;
      return readAt(movedBy(data, from), left < BigInt(size) ? Number(left) : size);
    },
  };
};

const movedBy = (data: Located, by: bigint): Located =>
  data.kind === 'own'
    ? { ...data, at: data.at + Number(by) }
    : { ...data, address: BigInt.asUintN(64, data.address + by) };

/** Text that a 0 ends. */
const ended = ({ bytes, why }: Read): Text => {
  const nul = bytes.indexOf(0);
  if (nul >= 0) return whole(bytes.subarray(0, nul));
  const reason = why ?? 'truncated';
  return {
    length: undecided(reason),
    read: (from, size) => {
      const known =
        from >= BigInt(bytes.length) ? bytes.subarray(0, 0) : bytes.subarray(Number(from), Number(from) + size);
      return { bytes: known, why: known.length < size ? reason : null };
    },
  };
};

export const lengthOf = ({ length }: Text): Outcome<bigint> => length;

const startOf = (text: Text): Read => {
  const read = text.read(0n, longestText);
  if (read.why !== null) return read;
  const isWhole = !isUndecided(text.length) && text.length <= BigInt(read.bytes.length);
  return isWhole ? read : { bytes: read.bytes, why: 'truncated' };
};

/** All bytes of a text. */
export const wholeText = (text: Text): Uint8Array | Undecided => {
  const { bytes, why } = startOf(text);
  return why === null ? bytes : undecided(why);
};

/**
 * Below 0, 0 or above it, as the first text is less, the same, or more, by bytes. With `isEquality` any number but 0 says
 * that they differ, for which their lengths may do.
 */
export const compareTexts = (left: Text, right: Text, isEquality: boolean): Outcome<number> => {
  const lengths = [left.length, right.length] as const;
  if (isEquality && !isUndecided(lengths[0]) && !isUndecided(lengths[1]) && lengths[0] !== lengths[1]) return 1;
  // No more is looked at than the shorter one has, and where it ends.
  const most = lengths.reduce<number>(
    (size, one) => (isUndecided(one) || one >= BigInt(size) ? size : Number(one) + 1),
    longestText,
  );
  const [a, b] = [readPart(left, most), readPart(right, most)];
  const common = Math.min(a.bytes.length, b.bytes.length);
  const order = Buffer.compare(a.bytes.subarray(0, common), b.bytes.subarray(0, common));
  if (order !== 0) return order;
  // The one that ends first is the lesser one.
  if (a.bytes.length <= common && a.why !== null) return longerThan(left, b, common) ? 1 : undecided(a.why);
  if (b.bytes.length <= common && b.why !== null) return longerThan(right, a, common) ? -1 : undecided(b.why);
  return a.bytes.length - b.bytes.length;
};

/** Whether a text is known to go on where the other one is known to end. */
const longerThan = ({ length }: Text, other: Read, common: number): boolean =>
  other.why === null && other.bytes.length === common && !isUndecided(length) && length > BigInt(common);

/** At most `most` bytes; it ends sooner only with a reason or where the text does. */
const readPart = (text: Text, most: number): Read => {
  const read = text.read(0n, most);
  if (read.why !== null || read.bytes.length < most) return read;
  return !isUndecided(text.length) && text.length === BigInt(most) ? read : { ...read, why: 'truncated' };
};

/** Whether a text begins or ends with another one, or has it somewhere: from what is known, where that suffices. */
export const testText = (test: 'starts_with' | 'ends_with' | 'contains', of: Text, part: Text): Outcome<boolean> => {
  const wanted = wholeText(part);
  if (isUndecided(wanted)) return wanted;
  if (wanted.length === 0) return true;
  if (!isUndecided(of.length) && of.length < BigInt(wanted.length)) return false;
  if (test === 'contains') return contains(of, wanted);
  if (test === 'starts_with') return matches(of, 0n, wanted);
  return isUndecided(of.length) ? of.length : matches(of, of.length - BigInt(wanted.length), wanted);
};

const matches = (of: Text, from: bigint, wanted: Uint8Array): Outcome<boolean> => {
  const { bytes, why } = of.read(from, wanted.length);
  if (Buffer.compare(bytes, wanted.subarray(0, bytes.length)) !== 0) return false;
  if (bytes.length === wanted.length) return true;
  return why === null ? false : undecided(why);
};

const contains = (of: Text, wanted: Uint8Array): Outcome<boolean> => {
  const { bytes, why } = startOf(of);
  if (bufferOf(bytes).includes(bufferOf(wanted))) return true;
  return why === null ? false : undecided(why);
};

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
