import fc from 'fast-check';
import { expect, test } from 'vitest';
import { freeUpTo } from '../../src/trace/uprobe/ring-positions.ts';

const size = 4_096;

/** Records one behind the other from a position on, not more than the ring holds; `isHeld`: still needed. */
const ring = fc
  .tuple(
    fc.nat({ max: 2 ** 50 }),
    fc.array(fc.record({ words: fc.integer({ min: 1, max: 100 }), isHeld: fc.boolean() }), { maxLength: 60 }),
  )
  .map(([start, parts]) => {
    const released = start * 8;
    let read = released;
    const records: { position: number; isHeld: boolean }[] = [];
    for (const { words, isHeld } of parts) {
      if (read + 8 * words - released > size) break;
      records.push({ position: read, isHeld });
      read += 8 * words;
    }
    return { released, read, records };
  });

test('a ring is free up to the first record that is held, wherever it wraps around', () => {
  fc.assert(
    fc.property(ring, fc.infiniteStream(fc.nat()), ({ released, read, records }, order) => {
      const held = records.filter(({ isHeld }) => isHeld);
      const offsets = held
        .map(({ position }) => ({ offset: position % size, by: order.next().value ?? 0 }))
        .sort((a, b) => a.by - b.by)
        .map(({ offset }) => offset);
      expect(freeUpTo(released, read, offsets, size)).toBe(held[0]?.position ?? read);
    }),
  );
});
