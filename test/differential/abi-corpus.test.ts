import { expect, test } from 'vitest';
import { program } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { Temporary } from '../support/temporary.ts';
import { askShow } from './abi/answers.ts';
import { build } from './abi/build.ts';
import { judge } from './abi/judge.ts';
import { randomProgram } from './abi/program.ts';
import { checkAtRuntime, shownPlan, truthPlan } from './abi/runtime.ts';
import { symbolAddresses } from './abi/symbols.ts';
import { tally, verdictText } from './abi/tally.ts';
import { ownToolchain } from './abi/toolchains.ts';

const timeout = 240_000;
const seeds = [11, 12, 13, 14];
const signaturesEach = 80;

// Each program's places are worked out thrice: from LLVM IR, by rsym, and by running it, where it prints its own values.
describeNeeding(['linux', 'rustc', 'gdb', 'nm'], 'places of random signatures', () => {
  test.each(['0', '3'])(
    'at opt-level %s',
    (opt) => {
      using folder = new Temporary();
      const verdicts = seeds.flatMap((seed) => {
        const { binary, entries, left } = build(randomProgram(seed, signaturesEach), ownToolchain(), opt, folder.path);
        expect(left).toEqual([]);
        expect(entries.length).toBeGreaterThanOrEqual(signaturesEach);

        const addresses = symbolAddresses(binary);
        const fromIr = entries.flatMap((entry) => {
          const address = addresses.get(entry.symbol);
          return address === undefined ? [] : truthPlan(entry, address);
        });
        const truthAtRuntime = checkAtRuntime(binary, fromIr);
        expect(truthAtRuntime.differences).toEqual([]);
        expect(truthAtRuntime.notReached).toEqual([]);
        expect(truthAtRuntime.compared).toBeGreaterThan(signaturesEach);

        const copies = askShow(
          program,
          binary,
          entries.map(({ symbol }) => symbol),
        );
        const shown = entries.flatMap((entry) => {
          const copy = copies.get(entry.symbol);
          return copy === undefined ? [] : [shownPlan(entry, copy)];
        });
        expect(checkAtRuntime(binary, shown).differences).toEqual([]);
        return entries.map((entry) => judge(entry, copies.get(entry.symbol)));
      });
      expect(verdicts.filter(({ outcome }) => outcome === 'wrong').map(verdictText)).toEqual([]);
      const { none } = tally(verdicts);
      const doubted = verdicts.filter(({ outcome, entry }) => entry.change.kind === 'none' && outcome !== 'right');
      expect(none.right).toBeGreaterThan(0);
      expect(doubted.length / (none.right + doubted.length), doubted.map(verdictText).join('\n')).toBeLessThanOrEqual(
        0.01,
      );
    },
    timeout,
  );
});
