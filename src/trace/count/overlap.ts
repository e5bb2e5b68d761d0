import { setTimeout as pause } from 'node:timers/promises';

/** Two counters of the same calls: the later one began when the earlier one had counted some already. */
export type Pair = { readonly earlier: () => bigint; readonly later: () => bigint };

const restMs = 5;
const rests = 3;
/** Looks at a counter that doesn't stand still: some thousands of calls. */
const looks = 2_000;

/**
 * By how much each pair differs. Both count the same calls, so that is always the same but for a call that is just being
 * counted: first by the one, a fraction of a microsecond later by the other. Where nothing moves for a while, there is
 * none; else the difference seen most often is the true one.
 */
export const differences = async (pairs: readonly Pair[]): Promise<bigint[]> => {
  const found = pairs.map(look);
  const moving = new Set<number>();
  for (let i = 0; i < rests; i++) {
    await pause(restMs);
    pairs.forEach((pair, at) => {
      const now = look(pair);
      if (now.earlier !== found[at]?.earlier || now.later !== found[at]?.later) moving.add(at);
    });
  }
  return pairs.map((pair, i) => {
    const still = found[i];
    return still === undefined || moving.has(i) ? commonest(pair) : difference(still);
  });
};

const look = ({ earlier, later }: Pair): { readonly earlier: bigint; readonly later: bigint } => ({
  earlier: earlier(),
  later: later(),
});

const difference = ({ earlier, later }: { readonly earlier: bigint; readonly later: bigint }): bigint =>
  BigInt.asUintN(64, earlier - later);

const commonest = (pair: Pair): bigint => {
  const seen = new Map<bigint, number>();
  for (let i = 0; i < looks; i++) {
    const now = look(pair);
    // What came in between the two was counted by the later one only.
    if (pair.earlier() !== now.earlier) continue;
    const by = difference(now);
    seen.set(by, (seen.get(by) ?? 0) + 1);
  }
  const [most] = [...seen].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? difference(look(pair));
};
