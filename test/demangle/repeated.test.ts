import fc from 'fast-check';
import { expect, test } from 'vitest';
import { demangleNames } from '../../src/demangle/name.ts';

const prefixes = [
  ...['_GLOBAL__I_', '_GLOBAL__D_', '_GLOBAL_.I_', '_GLOBAL_$D_', '_GLOBAL__N_', '_GLOBAL__sub_I_'],
  ...['_Z', '__Z', '_ZN', '_ZNK', '_ZZ', '_ZL', '_ZSt', '_ZTV', '_ZTC', '_ZTc', '_ZThn1_', '_ZGR', '_ZGV', '_Z1f'],
  ...['_Z1fI', '_Z1fIX', '_Z1fIL', '_Z1fDT', '_Z1fDp', '_Z1fDo', '_Z1fA', '_Z1fM', '_Z1fF', 'ZN'],
  ...['_R', '__R', '_RN', '_RNv', '_RNvC1a1b', '_RI', '_RIC0', '_RIC0K', '_RIC0D', '_RM', '_RX', '_RY', 'R'],
];

const units = [
  ...prefixes,
  ...['Z', 'N', 'S_', 'S0_', 'I', 'J', 'E', 'P', 'R', 'O', 'K', 'V', 'X', 'L', 'LZ', 'L_Z', 'T_', 'Dp', 'Dt', 'Do'],
  ...['Dv1_', 'A_', 'AL', 'M', 'F', 'U1a', 'Ul', 'Ut_', 'St', 'cv', 'cl', 'adL_Z', 'pl', 'C', 'G', 'TV', 'Th0_', 'on'],
  ...['sp', 'sr', 'srN', 'dt', 'qu', 'sZ', 'fL', 'fp_', 'gs', 'nw', 'tl', 'il', '1a', '1aI', 'N1a', 'ZN1a', 'Z1fvE'],
  ...['B_', 'B0_', 'B1a', 'C0', 'Nv', 'NvC0', 'C1a', 'D', 's_', 'Y', 'Q', 'RL_', 'T', 'A', 'KA', 'KV', 'FK', 'DG_'],
  ...['u', 'p', 'Yu', 'Mu', 'MC0', 'XC0', '.', '.llvm.', '@', '$u7b$', '_', 'li', 'op', 'd0_', 'vE', 'EvT_', 'IiE'],
];

/** Every prefix before many of everything: with nothing behind, and with what would end it all. */
test('names of many equal parts', () => {
  for (const prefix of prefixes) {
    const names = units.flatMap((unit) =>
      [
        [5000, 'i', ''],
        [160, 'i', 'E'],
      ].map(([count, core, end]) =>
        Buffer.from(`${prefix}${unit.repeat(Number(count))}${core}${String(end).repeat(Number(count))}`),
      ),
    );
    const answers = demangleNames(names);
    for (const [i, { name, scheme }] of answers.entries()) {
      expect(name.length).toBeLessThan(1 << 21);
      if (scheme === 'none') expect(names[i]?.equals(name)).toBe(true);
    }
  }
});

test('names of runs of such parts', () => {
  const run = fc
    .tuple(fc.constantFrom(...units), fc.constantFrom(1, 1, 2, 7, 180, 3000))
    .map(([unit, count]) => unit.repeat(count));
  fc.assert(
    fc.property(fc.constantFrom(...prefixes), fc.array(run, { maxLength: 8 }), (prefix, runs) => {
      const raw = Buffer.from(prefix + runs.join(''));
      const [answer] = demangleNames([raw]);
      if (answer?.scheme === 'none') expect(raw.equals(answer.name)).toBe(true);
      else expect(answer?.name.length).toBeLessThan(1 << 21);
    }),
    { numRuns: 300 },
  );
});

test('constructors are keyed to one name, as in c++filt, however many prefixes follow', () => {
  const name = (raw: string): string => Buffer.from(demangleNames([Buffer.from(raw)])[0]?.name ?? '').toString();
  expect(name('_GLOBAL__I_a')).toBe('global constructors keyed to a');
  expect(name('_GLOBAL__D__Z1fv')).toBe('global destructors keyed to f()');
  const deep = `${'_GLOBAL__I_'.repeat(5000)}_Z1fv`;
  expect(name(deep)).toBe(`global constructors keyed to ${deep.slice('_GLOBAL__I_'.length)}`);
});
