import { expect, test } from 'vitest';
import { judgeFilters } from '../differential/filters/command.ts';
import { describeNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';

/** `scripts/when` has any number of them. */
const pairs = 10;

describeNeeding(['kernel', 'rustc'], "generated conditions on calls, and the program's own answers", () => {
  test.each([
    { level: 'debug', seed: 5, sides: ['kernel', 'reader'] },
    { level: 'release', seed: 6, sides: ['kernel', 'count'] },
  ] as const)('$level, $sides: they agree', { timeout: 240_000 }, ({ level, seed, sides }) => {
    using folder = new Temporary();
    const found = judgeFilters({ seed, pairs, level, sides }, folder.path);
    expect(found.faults).toEqual([]);
    expect(found.unseen).toEqual([]);
    expect(found.pairs).toBe(pairs);
    expect(found.decided).toBeGreaterThan(10 * found.excused);
  });
});
