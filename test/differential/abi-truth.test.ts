import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program } from '../support/cli.ts';
import { describeNeeding, shared } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { askShow } from './abi/answers.ts';
import { judge } from './abi/judge.ts';
import { sharedTruth } from './abi/shared-truth.ts';
import { tally, verdictText } from './abi/tally.ts';
import { ownToolchain, versionOf } from './abi/toolchains.ts';

const timeout = 240_000;
const generator = join(shared, 'abi', 'gen_truth.py');

describeNeeding(['linux', 'rustc', 'shared'], 'places of the fixed corpus of signatures', () => {
  test(
    'with the compiler at hand, at opt-levels 0 and 3',
    ({ skip }) => {
      if (!existsSync(generator)) return skip(`no ${generator}`);
      using folder = new Temporary();
      const truth = join(folder.path, 'truth.json');
      const toolchain = ownToolchain();
      const made = spawnSync('python3', [generator, truth, folder.path, `own=${toolchain.rustc}`], {
        encoding: 'utf8',
        timeout,
      });
      expect(made.status, made.stderr).toBe(0);
      for (const opt of ['0', '3']) {
        const entries = sharedTruth(truth, versionOf(toolchain).release, opt);
        const copies = askShow(program, join(folder.path, `own-O${opt}.bin`), [
          ...new Set(entries.map(({ symbol }) => symbol)),
        ]);
        const verdicts = entries.map((entry) => judge(entry, copies.get(entry.symbol)));
        expect(verdicts.filter(({ outcome }) => outcome === 'wrong').map(verdictText)).toEqual([]);
        const { none } = tally(verdicts);
        expect(none.right).toBeGreaterThan(300);
        const doubted = verdicts.filter(({ outcome, entry }) => entry.change.kind === 'none' && outcome !== 'right');
        expect(doubted.length / (none.right + doubted.length), doubted.map(verdictText).join('\n')).toBeLessThanOrEqual(
          0.01,
        );
      }
      return undefined;
    },
    timeout,
  );
});
