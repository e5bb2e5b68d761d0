import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallEvent, type EndEvent, trace, type WatchRequest } from '../../src/index.ts';
import { captureLimits } from '../../src/query/capture-limits.ts';
import { typeExpressions } from '../../src/query/expressions.ts';
import { planProbes } from '../../src/query/planned-probes.ts';
import { noLosses } from '../../src/trace/losses.ts';
import { traceBatches } from '../../src/trace/tracer.ts';
import { cliFail } from '../support/cli.ts';
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
  const chosenByEach = async (texts: Iterable<string>): Promise<Map<string, { ids: number[]; undecided: unknown }>> => {
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
      limits: captureLimits(200),
      ringBytes: 1 << 25,
      maxPending: 1 << 12,
    });
    const found = new Map<string, { ids: number[]; undecided: unknown }>(sites.map(({ name }) => [name, { ids: [], undecided: {} }])); // biome-ignore format: one line
    for await (const batch of batches)
      for (const event of batch) {
        if (event.event === 'call') found.get(event.function)?.ids.push(Number(event.args[0]?.value));
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
      const shown = await chosenByEach(said.keys());
      const expected = [...said].map(([text, ids]) => [text, { ids, undecided: unseen[text] ?? {} }]);
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
    });
});
