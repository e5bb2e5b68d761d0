import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallEvent, type EndEvent, trace, type WatchRequest } from '../../src/index.ts';
import { typeExpressions } from '../../src/query/expressions.ts';
import { planProbes } from '../../src/query/planned-probes.ts';
import { captureLimits } from '../../src/trace/capture-limits.ts';
import { noLosses } from '../../src/trace/losses.ts';
import { isSample } from '../../src/trace/sample.ts';
import { traceBatches } from '../../src/trace/tracer.ts';
import { cliFail, rsym } from '../support/cli.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { buildRust } from '../support/rust-program.ts';
import { Temporary } from '../support/temporary.ts';

const source = fileURLToPath(new URL('programs/chosen.rs', import.meta.url));

type Chosen = {
  readonly calls: CallEvent[];
  readonly enters: CallEvent[];
  readonly end: EndEvent;
  readonly notes: string[];
};

describeNeeding(['kernel', 'rustc'], 'calls that are wanted', () => {
  const folder = new Temporary();
  const program = join(folder.path, 'chosen');
  beforeAll(() => buildRust(source, program, ['-O', '--crate-name=chosen']));
  afterAll(() => folder[Symbol.dispose]());

  const chosen = async (
    functions: readonly string[],
    args: readonly string[],
    request: Partial<WatchRequest> = {},
  ): Promise<Chosen> => {
    const scope = { kind: 'run', args } as const;
    const calls: CallEvent[] = [];
    const enters: CallEvent[] = [];
    const notes: string[] = [];
    let end: EndEvent | undefined;
    for await (const event of trace({ target: program, functions, scope, output: 'ignore', ...request })) {
      if (event.event === 'call') calls.push(event);
      else if (event.event === 'enter') enters.push(event);
      else if (event.event === 'note') notes.push(event.text);
      else if (event.event === 'end') end = event;
    }
    if (end === undefined) throw new Error('no end');
    return { calls, enters, end, notes };
  };
  const idsOf = (calls: readonly CallEvent[]): number[] => calls.map(({ args }) => Number(args[0]?.value)).sort((a, b) => a - b); // biome-ignore format: one line

  /** By function and expression, the calls for which the program says that it holds. */
  const facts = (): Map<string, number[]> => {
    const said = new Map<string, number[]>();
    for (const line of run(program).stdout.trimEnd().split('\n')) {
      const [fn, text, id] = line.split('\t');
      const ids = said.get(`${fn}\t${text}`) ?? [];
      said.set(`${fn}\t${text}`, id === '-' ? ids : [...ids, Number(id)]);
    }
    return said;
  };

  /** Of a call of which the program says something else than can be seen, why. */
  const unseen: Record<string, { readonly [why: string]: number }> = {
    // A lock that is held, and those behind which nothing is known for that.
    'kept\tlock.data >= 50': { busy: 3 },
  };

  /** One run of the program in which each function is watched once for each expression about it, whose name it bears. */
  const chosenByEach = async (
    texts: Iterable<string>,
    whenIn: 'kernel' | 'rsym',
  ): Promise<Map<string, { ids: number[]; undecided: unknown }>> => {
    const parts = [...texts].map((text) => ({ text, fn: text.split('\t')[0] ?? '', when: text.split('\t')[1] ?? '' }));
    const functions = [...new Set(parts.map(({ fn }) => `chosen::${fn}`))];
    const scope = { kind: 'run', args: [] } as const;
    const planned = planProbes({ target: program, functions, scope, output: 'ignore', returns: 'safe', depth: 6 });
    const sites = planned.sites.flatMap((site) =>
      parts
        .filter(({ fn }) => site.name === `chosen::${fn}`)
        .flatMap(({ text, when }) => typeExpressions([{ ...site, name: text }], { when }).sites),
    );
    const batches = traceBatches({
      ...planned,
      sites,
      children: false,
      coldPages: false,
      entries: false,
      texts: false,
      ...(whenIn === 'rsym' ? { leavesConditions: true } : {}),
      limits: captureLimits(200),
      ringBytes: 1 << 25,
      maxPending: 1 << 12,
    });
    const found = new Map<string, { ids: number[]; undecided: unknown }>(sites.map(({ name }) => [name, { ids: [], undecided: {} }])); // biome-ignore format: one line
    for await (const batch of batches)
      for (const event of batch) {
        if (event.event === 'call') found.get(event.function)?.ids.push(Number(event.args[0]?.value));
        // A condition that the kernel was to decide and didn't would prove nothing.
        if (event.event === 'note' && whenIn === 'kernel')
          expect(event.text).toMatch(
            /a text is not looked through|texts are only compared by|on a result or a duration/,
          );
        if (event.event !== 'end') continue;
        expect(event.lost).toEqual(noLosses);
        for (const { function: name, undecided } of event.leftOut?.functions ?? [])
          found.set(name, { ids: found.get(name)?.ids ?? [], undecided });
      }
    return found;
  };

  for (const whenIn of ['kernel', 'rsym'] as const)
    test(`by ${whenIn}: those of which the program says so`, async () => {
      const said = facts();
      expect(said.size).toBeGreaterThan(40);
      const shown = await chosenByEach(said.keys(), whenIn);
      const expected = [...said].map(([text, ids]) => [text, { ids, undecided: unseen[text] ?? {} }]);
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
    });

  test('one in so many, of known calls in four threads', async () => {
    const { calls, end } = await chosen(['chosen::many'], ['many', '2500'], { sample: 7 });
    expect(calls.length).toBe(Math.ceil(10_000 / 7));
    expect(end.leftOut).toMatchObject({ undecided: {}, notSampled: 10_000 - calls.length, overRate: 0 });
    expect(calls.every(({ outcome }) => outcome === 'returned')).toBe(true);
  });

  test('never more in a second than asked for, and the rest is counted', async () => {
    const { calls, end } = await chosen(['chosen::many'], ['many', '5000'], { rateLimit: 50, sample: 2 });
    const seconds = new Map<bigint, number>();
    for (const { time } of calls) seconds.set(time / 1_000_000_000n, (seconds.get(time / 1_000_000_000n) ?? 0) + 1);
    expect(Math.max(...seconds.values())).toBe(50);
    expect(end.leftOut?.notSampled).toBe(10_000);
    expect(calls.length + (end.leftOut?.overRate ?? 0)).toBe(10_000);
  });

  for (const whenIn of ['kernel', 'rsym'] as const)
    test(`by ${whenIn}: functions that branch to their own begin`, async () => {
      const functions = ['loops_if(n: u64, id: u64) -> u64'];
      const { calls, end } = await chosen(functions, ['loops', '60'], { when: 'arg.id % 3 == 1', sample: 4, whenIn });
      const wanted = Array.from({ length: 20 }, (_, call) => `${3 * call + 1}`);
      expect(calls.map(({ ret }) => ret?.value)).toEqual(wanted.filter((_, call) => isSample(call, 4)));
      expect(end.leftOut).toMatchObject({ undecided: {}, notSampled: 15 });
      expect(end.underWayAtAttach).toBe(0);
    });

  test('parents and depths are those of calls that are shown', async () => {
    const { calls } = await chosen(['chosen::deep'], [], { when: 'id == 6 || id == 3 || id == 2' });
    const [inner, middle, outer] = calls;
    expect(idsOf(calls)).toEqual([2, 3, 6]);
    expect([outer?.parent, middle?.parent, inner?.parent]).toEqual([null, outer?.callId, middle?.callId]);
    expect(calls.map(({ depth }) => depth)).toEqual([2, 1, 0]);
  });

  test('where the result decides no call is a parent, unless its beginning is shown', async () => {
    const request = { when: 'id > 1 && ret % 2 == 0' };
    const without = await chosen(['chosen::deep'], [], request);
    expect(idsOf(without.calls)).toEqual([2, 4, 6]);
    expect(without.calls.every(({ parent, depth }) => parent === null && depth === 0)).toBe(true);
    const both = await chosen(['chosen::deep'], [], { ...request, entries: true });
    expect(idsOf(both.enters)).toEqual([2, 3, 4, 5, 6]);
    const begun = new Set(both.enters.map(({ callId }) => callId));
    expect(both.calls.map(({ depth }) => depth)).toEqual([4, 2, 0]);
    expect(both.calls.every(({ parent }) => parent === null || begun.has(parent))).toBe(true);
  });

  test('what the kernel refuses after long thought is decided by rsym', async () => {
    const when = 'order.name.len() * order.number % 7 == 3 || id == 5';
    const { calls } = await chosen(['chosen::order', 'chosen::deep'], [], { when: `${when} && id != 1` });
    expect(idsOf(calls)).toEqual([5]);
  });

  test('-n counts those that are shown', async () => {
    const { calls, end } = await chosen(['chosen::order'], [], { when: 'id > 4', calls: 3 });
    expect(idsOf(calls)).toEqual([5, 6, 7]);
    expect(end.calls).toBe(3);
  });

  test('what an inlined copy cannot tell is undecided', async () => {
    const { calls, end } = await chosen(['chosen::placed'], [], { when: 'size > 0 && duration > 1ns' });
    expect(calls).toEqual([]);
    expect(end.leftOut?.undecided).toEqual({ gone: 11 });
  });

  test('that none is wanted is not taken for that none was made', () => {
    const { stdout, stderr, status } = rsym(['trace', '--when', 'id == 77', program, 'chosen::order', '--']);
    expect([stdout, status]).toEqual(['', 0]);
    expect(stderr).toContain('no call was seen for which --when holds');
    expect(stderr).not.toContain('rsym doctor');
  });

  test('an expression that cannot be is refused before anything runs', () => {
    const error = cliFail(['trace', '--when', 'order.nmae == "bob"', program, 'chosen::order', '--']);
    expect(error).toMatch(/no field `nmae`.*character 7/s);
    expect(error).toContain('order.nmae == "bob"\n        ^^^^');
    expect(error).toContain('try: order.name');
  });
});
