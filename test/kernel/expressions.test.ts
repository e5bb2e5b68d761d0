import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Captured, Environment } from '../../src/expr/environment.ts';
import { evaluate } from '../../src/expr/evaluate.ts';
import { parseFilter, parseGrouping } from '../../src/expr/filter.ts';
import { evaluateKey, keyId } from '../../src/expr/key.ts';
import { isUndecided, type Outcome } from '../../src/expr/outcome.ts';
import { Unlowerable } from '../../src/trace/bpf/expression/unlowerable.ts';
import { coldPages } from '../../src/trace/bpf/memory/cold-pages.ts';
import { loadedPages } from '../../src/trace/bpf/memory/loaded-pages.ts';
import { Maker, placesIn } from '../expr/modelled-conditions.ts';
import { modelled, shapeOf, written } from '../expr/modelled-values.ts';
import { describeNeeding } from '../support/need.ts';
import { OwnMemory } from '../support/own-memory.ts';
import { contextSize, KernelEvaluation, probeOf } from '../trace/lowered-call.ts';
import { SpreadValues } from '../trace/spread-values.ts';

const maxText = 3;
const shown = (outcome: Outcome<unknown>, one: (known: never) => unknown): unknown =>
  isUndecided(outcome) ? outcome.undecided : one(outcome as never);

describeNeeding(['kernel'], 'expressions in the kernel', () => {
  const kernel = new KernelEvaluation();
  const memory = new OwnMemory(40);
  afterAll(() => {
    kernel[Symbol.dispose]();
    memory[Symbol.dispose]();
  });

  test('what the kernel says of generated values is what our own side says', () => {
    const seen: Record<string, number> = {};
    const count = (what: string): void => {
      seen[what] = (seen[what] ?? 0) + 1;
    };
    fc.assert(
      fc.property(fc.array(modelled, { minLength: 1, maxLength: 3 }), fc.gen(), (values, g) => {
        memory.clear();
        const choose = <T>(options: readonly T[]): T => g(() => fc.constantFrom(...options));
        const roots = values.map((value) => written(value, memory));
        // Bits that mean nothing, pointers that lead nowhere.
        for (const bytes of [memory.bytes, ...roots.map((root) => root.bytes)])
          if (bytes.length > 0 && choose([true, false, false])) {
            const at = g(() => fc.nat(bytes.length - 1));
            if (choose([true, false])) bytes[at] = choose([0, 1, 2, 4, 255]);
            else bytes.fill(0, at, Math.min(bytes.length, at + 8));
          }
        const spread = new SpreadValues(contextSize, memory, choose);
        const placed = roots.map(({ bytes, gaps }) => spread.place(Uint8Array.from(bytes), gaps));
        const captured = roots.map(
          ({ bytes }, i): Captured => ({ bytes: Uint8Array.from(bytes), missing: placed[i]?.missing ?? [], memory }),
        );
        const environment: Environment = {
          argument: (index) => captured[index] ?? 'gone',
          result: 'gone',
          duration: 7n,
          pid: process.pid,
          tid: process.pid,
          comm: Buffer.from('x'),
        };
        spread.context.writeBigUInt64LE(7n, contextSize - 8);
        const args = values.map((value, i) => ({ name: `a${i}`, type: '_', shape: shapeOf(value) }));
        const places = values.flatMap((value, i) => placesIn({ text: `a${i}`, value }));
        const { text } = new Maker(g).condition(places, 3, 0);
        const scope = { args, ret: null };
        const probe = () =>
          probeOf(
            placed.map(({ pieces }) => pieces),
            { memory: choose([true, false]) ? loadedPages : coldPages },
          );
        const condition = parseFilter(text, scope);
        const dump = () => console.dir({text, by, placed, captured: captured.map(({bytes, missing}) => ({bytes: Buffer.from(bytes).toString('hex'), missing})), mem: memory.bytes.toString('hex'), args, parts: ['a0.len()','a0.len() - 1','a1[0]','a1.len()'].map((t) => { try { const k = parseGrouping(t, scope); return [t, kernel.key(k, 3, probe(), spread.context), evaluateKey(k, environment)]; } catch(e) { return String(e); } })}, {depth: 9});
        const by = choose(places).text;
        try {
          const ours = evaluate(condition, environment);
          if (memory.isForeign) return count('foreign');
          const theirs = kernel.condition(condition, probe(), spread.context);
          expect({ text, value: theirs }).toEqual({ text, value: isUndecided(ours) ? undefined : ours });
          count(`condition ${theirs}`);
          const key = { kind: 'bool', node: condition } as const;
          const [reason, wanted] = [
            kernel.key(key, maxText, probe(), spread.context),
            evaluateKey(key, environment, maxText),
          ];
          expect({ text, why: shown(reason, keyId) }).toEqual({ text, why: shown(wanted, keyId) });
          count(`key ${shown(wanted, keyId)}`);
        } catch (error) {
          if (!(error instanceof Unlowerable)) { dump(); throw error; }
          count(`not: ${error.reason}`);
        }
        let grouping: ReturnType<typeof parseGrouping>;
        try {
          grouping = parseGrouping(by, scope);
        } catch {
          return;
        }
        try {
          const ours = evaluateKey(grouping, environment, maxText);
          if (memory.isForeign) return count('foreign');
          const theirs = kernel.key(grouping, maxText, probe(), spread.context);
          expect({ by, key: theirs }).toEqual({ by, key: ours });
          count(`grouped by ${isUndecided(ours) ? ours.undecided : ours.kind}`);
        } catch (error) {
          if (!(error instanceof Unlowerable)) { dump(); throw error; }
          count(`not: ${error.reason}`);
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 1_500), endOnFailure: true, ...(process.env['SEED'] ? { seed: Number(process.env['SEED']), path: process.env['P']! } : {}) },
    );
    console.log(seen);
  }, 600_000);
});
