import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import type { Scope } from '../../src/expr/context.ts';
import type { Captured, Environment } from '../../src/expr/environment.ts';
import { evaluate } from '../../src/expr/evaluate.ts';
import { parseFilter, parseGrouping } from '../../src/expr/filter.ts';
import { evaluateKey } from '../../src/expr/key.ts';
import { isUndecided } from '../../src/expr/outcome.ts';
import { phaseOf } from '../../src/expr/phase.ts';
import type { BoolNode, KeyNode } from '../../src/expr/tree.ts';
import { Unlowerable } from '../../src/trace/bpf/expression/unlowerable.ts';
import { coldPages } from '../../src/trace/bpf/memory/cold-pages.ts';
import { loadedPages } from '../../src/trace/bpf/memory/loaded-pages.ts';
import { Maker, placesIn } from '../expr/modelled-conditions.ts';
import { modelled, shapeOf, written } from '../expr/modelled-values.ts';
import { scope as sampleScope } from '../expr/sample-scope.ts';
import { describeNeeding } from '../support/need.ts';
import { OwnMemory } from '../support/own-memory.ts';
import { contextSize, durationAt, KernelEvaluation, probeOf } from '../trace/lowered-call.ts';
import { conditions, groupings, moreArguments, sampleWords } from '../trace/sample-expressions.ts';
import { SpreadValues } from '../trace/spread-values.ts';

type Choose = <T>(options: readonly T[]) => T;
type Root = { readonly bytes: readonly number[]; readonly gaps: Captured['missing'] };

describeNeeding(['kernel'], 'expressions in the kernel', () => {
  const kernel = new KernelEvaluation();
  const memory = new OwnMemory(40);
  afterAll(() => {
    kernel[Symbol.dispose]();
    memory[Symbol.dispose]();
  });

  /** A call with these values, the last one its result: as our own side and as the kernel sees it. */
  const callOf = (roots: readonly Root[], choose: Choose) => {
    const spread = new SpreadValues(contextSize, memory, choose);
    const placed = roots.map(({ bytes, gaps }) => spread.place(Uint8Array.from(bytes), gaps));
    const captured = roots.map(
      ({ bytes }, i): Captured => ({ bytes: Uint8Array.from(bytes), missing: placed[i]?.missing ?? [], memory }),
    );
    const duration = choose([7n, 10_000_000n, 3n << 40n]);
    spread.context.writeBigUInt64LE(duration, durationAt);
    const environment: Environment = {
      argument: (index) => captured[index] ?? 'gone',
      result: captured.at(-1) ?? 'gone',
      duration,
      pid: process.pid,
      tid: process.pid,
      comm: kernel.comm,
    };
    const pieces = placed.map((one) => one.pieces);
    const probe = () => probeOf(pieces, { memory: choose([true, false]) ? loadedPages : coldPages });
    const { context } = spread;
    /** What is known at the end only, half of the times as it is seen there. */
    const atExit = (node: BoolNode | KeyNode, maxText: number) =>
      phaseOf(node) === 'exit' && choose([true, false]) ? kernel.atExit(node, maxText, probe(), context) : null;
    return { environment, probe, atExit, context };
  };

  /** What came of the comparisons, by how often. */
  const seen = new Map<string, number>();
  const count = (what: string): void => {
    seen.set(what, (seen.get(what) ?? 0) + 1);
  };
  const compare = (text: string, call: ReturnType<typeof callOf>, scope: Scope): void => {
    const { environment, probe, atExit, context } = call;
    const condition = parseFilter(text, scope);
    const ours = evaluate(condition, environment);
    if (memory.isForeign) return;
    const seenBy = atExit(condition, 8) ?? probe();
    const theirs = kernel.condition(condition, seenBy, context);
    expect({ text, value: theirs }).toEqual({ text, value: isUndecided(ours) ? undefined : ours });
    compareKeys(text, { kind: 'bool', node: condition }, call, 8);
  };
  const compareKeys = (
    text: string,
    key: KeyNode,
    { environment, probe, atExit, context }: ReturnType<typeof callOf>,
    maxText: number,
  ): void => {
    const ours = evaluateKey(key, environment, maxText);
    if (memory.isForeign) return;
    const theirs = atExit(key, maxText) ?? probe();
    expect({ text, key: kernel.key(key, maxText, theirs, context) }).toEqual({ text, key: ours });
    count(isUndecided(ours) ? ours.undecided : ours.kind === 'bool' ? `${ours.value}` : ours.kind);
  };
  /** False: it is one of those that aren't lowered. */
  const unlessUnlowerable = (body: () => void): boolean => {
    try {
      body();
      return true;
    } catch (error) {
      if (error instanceof Unlowerable) count(`not: ${error.reason}`);
      else throw error;
      return false;
    }
  };

  test('what the kernel says of generated values is what our own side says', () => {
    fc.assert(
      fc.property(fc.array(modelled, { minLength: 1, maxLength: 3 }), fc.gen(), (values, g) => {
        memory.clear();
        const choose: Choose = (options) => g(() => fc.constantFrom(...options));
        const roots = values.map((value) => written(value, memory));
        // Bits that mean nothing, pointers that lead nowhere.
        for (const bytes of [memory.bytes, ...roots.map((root) => root.bytes)])
          if (bytes.length > 0 && choose([true, false, false])) {
            const at = g(() => fc.nat(bytes.length - 1));
            if (choose([true, false])) bytes[at] = choose([0, 1, 2, 4, 255]);
            else bytes.fill(0, at, Math.min(bytes.length, at + 8));
          }
        const call = callOf(roots, choose);
        const scope = {
          args: values.map((value, i) => ({ name: `a${i}`, type: '_', shape: shapeOf(value) })),
          ret: null,
        };
        const places = values.flatMap((value, i) => placesIn({ text: `a${i}`, value }));
        const { text } = new Maker(g).condition(places, 3, 0);
        unlessUnlowerable(() => compare(text, call, scope));
        const by = choose(places).text;
        const key = groupingOf(by, scope);
        if (key !== null) unlessUnlowerable(() => compareKeys(by, key, call, choose([1, 3, 8])));
      }),
      { numRuns: 300, endOnFailure: true },
    );
    for (const what of ['true', 'false', 'gone', 'index', 'unreadable'])
      expect(seen.get(what), what).toBeGreaterThan(0);
  });

  const groupingOf = (text: string, scope: Scope): KeyNode | null => {
    try {
      return parseGrouping(text, scope);
    } catch {
      return null;
    }
  };

  test('and of values of every kind, texts and elements among them', () => {
    const ret = sampleScope.ret?.shape;
    const scope: Scope = { args: [...sampleScope.args, ...moreArguments], ret: sampleScope.ret };
    const shapes: ValueShape[] = [...scope.args.map(({ shape }) => shape), ...(ret ? [ret] : [])];
    const lowered = new Set<string>();
    fc.assert(
      fc.property(fc.gen(), (g) => {
        memory.clear();
        const choose: Choose = (options) => g(() => fc.constantFrom(...options));
        const words = sampleWords(memory);
        const roots = shapes.map(({ size }) => {
          const bytes = Buffer.alloc(Math.ceil(size / 8) * 8);
          for (let at = 0; at < bytes.length; at += 8) bytes.writeBigUInt64LE(BigInt.asUintN(64, choose(words)), at);
          return { bytes: [...bytes.subarray(0, size)], gaps: [] };
        });
        const call = callOf(roots, choose);
        for (const text of [choose(conditions), choose(conditions), choose(conditions)]) {
          if (unlessUnlowerable(() => compare(text, call, scope))) lowered.add(text);
          memory.isForeign = false;
        }
        const by = choose(groupings);
        if (unlessUnlowerable(() => compareKeys(by, parseGrouping(by, scope), call, choose([1, 5, 8, 16, 63, 64]))))
          lowered.add(by);
      }),
      { numRuns: 400, endOnFailure: true },
    );
    // Each of them is one that the kernel can tell, but one.
    expect([...conditions, ...groupings].filter((one) => one !== 'name == comm' && !lowered.has(one))).toEqual([]);
    for (const what of ['true', 'false', 'gone', 'unreadable', 'invalid', 'null', 'busy', 'overflow'])
      expect(seen.get(what), what).toBeGreaterThan(0);
  });
});
