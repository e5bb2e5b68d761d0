import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextBytes } from '../../src/base/text-bytes.ts';

const largest = 2 ** 53;

type Step = readonly [write: (to: TextBytes) => void, text: string];
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .oneof(fc.integer(), fc.maxSafeInteger(), fc.nat(1_100), fc.constantFrom(0, largest, -largest, 1e9, 1e9 - 1, 1e15))
    .map((value): Step => [(to) => to.integer(value), String(value)]),
  fc.nat(999_999).map((value): Step => [(to) => to.sixDigits(value), String(value).padStart(6, '0')]),
  fc.string({ unit: 'grapheme' }).map((text): Step => [(to) => to.text(text), text]),
  fc.string({ unit: 'grapheme' }).map((text): Step => [(to) => to.piece(Buffer.from(text)), text]),
  fc.integer({ min: -2, max: 50 }).map((count): Step => [(to) => to.spaces(count), ' '.repeat(Math.max(0, count))]),
  fc.constant<Step>([(to) => to.byte(0x7e), '~']),
);

test('what is written is the text of its pieces', () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const to = new TextBytes();
      for (const [write] of steps) write(to);
      expect(to.since(0)).toBe(steps.map(([, text]) => text).join(''));
    }),
  );
});

test('it grows, and what was written before stays', () => {
  const to = new TextBytes();
  const long = 'é'.repeat(100_000);
  to.text('start ');
  to.text(long);
  to.integer(-7);
  expect(to.since(0)).toBe(`start ${long}-7`);
  to.length = 5;
  to.text('ed');
  expect(to.since(0)).toBe('started');
});
