import { describe, expect, test } from 'vitest';
import { isContradicted } from '../../src/abi/contradiction.ts';
import type { EntryQuestion } from '../../src/abi/entry-question.ts';
import type { Hypothesis } from '../../src/abi/hypothesis.ts';
import type { Observed } from '../../src/abi/observation.ts';
import type { Piece } from '../../src/abi/place.ts';

type Store = EntryQuestion['stores'][number];

const pieceIn = (reg: 'rdi' | 'rsi', size: number): Piece => ({
  location: { kind: 'register', reg, add: 0n },
  valueOffset: 0,
  size,
});

/** Whether it can't be that an argument of `size` bytes is passed in rdi; debug info has it in `seen`. */
const isRefuted = (size: number, store: Store, seen: 'rdi' | 'rsi' | null): boolean => {
  const way: Hypothesis = {
    convention: 'rust',
    args: [{ mode: 'direct', pieces: [pieceIn('rdi', size)] } as Hypothesis['args'][number]],
    result: { mode: 'none', pieces: [] },
    hidden: [],
    hasResultAddress: false,
    isVariadic: false,
    assumptions: [],
  };
  const observed: Observed = {
    at: seen === null ? [] : [{ ...pieceIn(seen, size), by: 'store' }],
    isLive: true,
    livePieces: null,
    isWhole: true,
    isInFrame: false,
  };
  return isContradicted(way, {
    hypotheses: [way],
    observed: [observed],
    sizes: [size],
    uses: null,
    stores: [store],
    environment: null,
    isConventionChanged: false,
    isIntact: false,
    isFilled: false,
    isGuess: false,
    marksChanges: true,
  });
};

describe('a register that is stored wider than its argument', () => {
  test.each([
    [1, 4],
    [2, 4],
    [1, 2],
  ])('%i bytes of which %i are put aside: that is how registers are put aside', (size, stored) => {
    expect(isRefuted(size, { reg: 'rdi', size: stored }, 'rdi')).toBe(false);
  });

  test.each([
    [1, 8],
    [2, 8],
    [4, 8],
  ])('%i bytes, and %i are stored: something else was passed', (size, stored) => {
    expect(isRefuted(size, { reg: 'rdi', size: stored }, 'rdi')).toBe(true);
  });

  test('nothing shows that the narrow argument is there: a wider one may be', () => {
    expect(isRefuted(1, { reg: 'rdi', size: 4 }, null)).toBe(true);
  });

  test('it is shown to be elsewhere', () => {
    expect(isRefuted(1, { reg: 'rdi', size: 4 }, 'rsi')).toBe(true);
  });

  test('another register is stored', () => {
    expect(isRefuted(1, { reg: 'rdx', size: 8 }, 'rdi')).toBe(false);
  });
});
