import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSample, samplesAmong } from '../../src/trace/sample.ts';

const taken = (calls: number, one: number): number[] =>
  Array.from({ length: calls }, (_, call) => call).filter((call) => isSample(call, one));

test('one call of each block is taken, the first of all among them', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(40), (one, blocks) => {
      const blocksOf = taken(blocks * one, one).map((call) => Math.floor(call / one));
      expect(blocksOf).toEqual(Array.from({ length: blocks }, (_, block) => block));
      expect(isSample(0, one)).toBe(true);
    }),
  );
});

test('how many are taken is known from how many there were', () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.integer({ min: 1, max: 50 }), (calls, one) => {
      expect(samplesAmong(calls, one)).toBe(taken(calls, one).length);
    }),
  );
});

test('what is done at every so many calls has its share, whatever the sample', () => {
  for (let one = 2; one <= 20; one++)
    for (let period = 2; period <= 20; period++) {
      const calls = taken(one * period * 100, one);
      for (let phase = 0; phase < period; phase++) {
        const share = calls.filter((call) => call % period === phase).length / calls.length;
        expect(Math.abs(share - 1 / period), `${one} ${period} ${phase}`).toBeLessThan(0.1);
      }
    }
});
