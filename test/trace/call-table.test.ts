import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallTable } from '../../src/trace/call-table.ts';

// Numbers that meet at one place, also such as 32 bits don't hold.
const key = fc.oneof(
  fc.nat(300),
  fc.nat(20).map((i) => 64 * i),
  fc.nat(20).map((i) => 2 ** 40 + 64 * i),
);
const change = fc.record({ key, value: fc.option(fc.nat(9)) });

test('it answers as a Map does', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
      const table = new CallTable<number>();
      const map = new Map<number, number>();
      for (const { key: number, value } of changes) {
        if (value === null) {
          table.delete(number);
          map.delete(number);
        } else {
          table.set(number, value);
          map.set(number, value);
        }
        expect(table.size).toBe(map.size);
      }
      for (const { key: number } of changes) {
        expect(table.get(number)).toBe(map.get(number));
        expect(table.has(number)).toBe(map.has(number));
      }
    }),
  );
});
