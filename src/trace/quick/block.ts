import { BLOCK, FOLLOW } from '../bpf/records.ts';

const high = 0x1_0000_0000;

/** What {@link findBlock} found: two numbers, without an object for each look-up. */
export const found = { at: 0, size: 0 };

/**
 * The longest run of bytes that a record brought from an address on (as in `Snapshot.from`), in `found`. The address comes
 * as two halves: a number is exact for each difference that lies inside a block, and large for all others.
 */
export const findBlock = (view: DataView, record: number, first: number, address: number, add: number): boolean => {
  const lower = view.getUint32(address, true);
  const upper = view.getUint32(address + 4, true);
  const end = record + view.getUint32(record + FOLLOW.used, true);
  found.size = 0;
  for (let at = record + first; at < end; ) {
    const size = Math.max(0, view.getInt32(at + BLOCK.result, true));
    const start = at + BLOCK.address;
    const before = (upper - view.getUint32(start + 4, true)) * high + (lower - view.getUint32(start, true)) + add;
    if (before >= 0 && size - before > found.size) {
      found.at = at + BLOCK.bytes + before;
      found.size = size - before;
    }
    at += BLOCK.bytes + ((size + 7) & ~7);
  }
  return found.size > 0;
};

/** Whether the word there is 0. */
export const isNull = (view: DataView, at: number): boolean =>
  view.getUint32(at, true) === 0 && view.getUint32(at + 4, true) === 0;
