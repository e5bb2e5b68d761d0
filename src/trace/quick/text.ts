import type { FollowedShape } from '../../abi/shape.ts';
import { findBlock, found, isNull } from './block.ts';
import type { QuickPlan, QuickText } from './quick.ts';

type TextShape = Extract<FollowedShape, { kind: 'text' }>;

/** Texts that are longer are never captured whole, nor many of them in one value. */
const mostBytes = 4_096;

/** By byte: 1 where it is ASCII that a `Debug` string shows as it is. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c ? 1 : 0,
);

// As in decode/text.ts: neither copies nor checks.
const latin1 = Buffer.prototype.latin1Slice;

let lastView: DataView | null = null;
let lastBytes: Buffer = Buffer.alloc(0);

/** A view's bytes: nearly always those of the view before. */
const bytesOf = (view: DataView): Buffer => {
  if (view === lastView) return lastBytes;
  lastView = view;
  lastBytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  return lastBytes;
};

/** Plain text; null if a byte isn't plain. */
const plainText = (view: DataView, at: number, size: number): string | null => {
  const bytes = bytesOf(view);
  for (let i = at; i < at + size; i++) if (plain[bytes[i] ?? 0] === 0) return null;
  return latin1.call(bytes, at, at + size);
};

export const quickText = ({ behind, length, of, size: own }: TextShape, { blocks }: QuickPlan): QuickText | null => {
  if (blocks === null || behind.counts !== null || of === 'c') return null;
  const { data, add } = behind;
  if (Math.max(data, length) + 8 > own) return null;
  return (view, record, at) => {
    if (isNull(view, at + data) || view.getUint32(at + length + 4, true) !== 0) return null;
    const size = view.getUint32(at + length, true);
    if (size === 0) return '""';
    if (!findBlock(view, record, blocks, at + data, add)) return null;
    const there = Math.min(size, found.size);
    const text = there > mostBytes ? null : plainText(view, found.at, there);
    if (text === null) return null;
    return there === size ? `"${text}"` : `"${text}"… (${size} bytes)`;
  };
};
