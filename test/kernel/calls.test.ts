import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownToolchain } from '../differential/abi/toolchains.ts';
import { buildTold, buildVariant, type Variant, variants } from '../differential/calls/build.ts';
import { judgementOf } from '../differential/calls/command.ts';
import { countsOf } from '../differential/calls/tally.ts';
import { describeNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';

/** At least so many of the printed values are shown. The rest has no place that a probe can read, or none that is proved. */
const least: Readonly<Record<string, number>> = { debug: 0.95, release: 0.8, size: 0.8 };

/** Every build takes the compiler some twenty seconds: `scripts/calls` has them all. */
const chosen = ['debug-legacy', 'release-v0'];

describeNeeding(['kernel', 'rustc'], 'values of all types in calls of all kinds', () => {
  test.each(chosen)('%s: nothing that is shown is wrong', { timeout: 240_000 }, (name) => {
    const variant = variants.find((one) => one.name === name) as Variant;
    const toolchain = ownToolchain();
    using folder = new Temporary();
    for (const { complaint } of [buildTold(toolchain, folder.path), ...buildVariant(toolchain, variant, folder.path)])
      expect(complaint).toBe('');
    for (const program of ['calls', 'ordinary']) {
      const found = judgementOf(join(folder.path, toolchain.label, name, program));
      const { printed, shown } = countsOf(found);
      expect(found.verdicts.filter(({ kind }) => kind === 'wrong')).toEqual([]);
      expect([...found.excess]).toEqual([]);
      expect(printed).toBeGreaterThan(900);
      if (program === 'calls') expect(shown / printed).toBeGreaterThan(least[name.split('-')[0] ?? ''] ?? 1);
    }
  });
});
