import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluate } from '../../src/expr/evaluate.ts';
import { parseFilter } from '../../src/expr/filter.ts';
import { isUndecided } from '../../src/expr/outcome.ts';
import { Maker, placesIn } from './modelled-conditions.ts';
import { modelled, shapeOf, written } from './modelled-values.ts';
import { Bytes, recordedCall } from './recorded-call.ts';

test('conditions hold as a model in JavaScript says', () => {
  const seen = { true: 0, false: 0, undefined: 0 };
  fc.assert(
    fc.property(fc.array(modelled, { minLength: 1, maxLength: 3 }), fc.gen(), (values, g) => {
      const memory = new Bytes();
      const args = values.map((value, index) => {
        const { bytes, gaps } = written(value, memory);
        return { name: `a${index}`, shape: shapeOf(value), bytes: Uint8Array.from(bytes), missing: gaps };
      });
      const { scope, environment } = recordedCall({ args, memory });
      const places = values.flatMap((value, index) => placesIn({ text: `a${index}`, value }));
      const { text, value } = new Maker(g).condition(places, 3, 0);
      const outcome = evaluate(parseFilter(text, scope), environment);
      expect({ text, value: isUndecided(outcome) ? undefined : outcome }).toEqual({ text, value });
      seen[`${value}`]++;
    }),
    // Made by hand, an example is small already, and takes minutes to shrink.
    { numRuns: 4_000, endOnFailure: true },
  );
  // Each of the outcomes was met often.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(200);
});
