import { expect, test } from 'vitest';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { probeCosts } from '../../src/query/probe-costs.ts';
import { planWatch } from '../../src/query/watch.ts';
import { commandLine } from '../../src/tui/command-line.ts';
import type { LiveRequest } from '../../src/tui/live/state.ts';
import type { Action } from '../../src/tui/step.ts';
import { program } from '../support/cli.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';
import { effectsOf, facts, follow, functionFacts, state, typed } from '../tui/states.ts';

const path = fixture('hello/full-debug');
const open = follow(state(5, undefined, { path }), 'open', facts(0), {
  kind: 'detail',
  news: { kind: 'facts', facts: functionFacts(0, { name: 'helloworld::hello', spec: 'helloworld::hello' }) },
});

/** The request that the screen would begin with. */
const requestOf = (shown: typeof open): LiveRequest => {
  const begin: Action = { kind: 'command', command: 'begin' };
  const [effect] = effectsOf(shown, begin);
  if (effect?.kind === 'live' && effect.ask.kind === 'begin') return effect.ask.request;
  if (effect?.kind === 'launch' && effect.ask.kind === 'check') return effect.ask.request;
  throw new Error('nothing begins');
};

const tracedCalls = async ({ specs, title: _, ...rest }: LiveRequest): Promise<string[]> => {
  const calls: string[] = [];
  for await (const batch of planWatch({ target: path, functions: specs, output: 'ignore', ...rest }).batches())
    for (const event of batch)
      if (event.event === 'call')
        calls.push(`(${event.args.map(({ text }) => text).join(', ')}) -> ${event.ret?.text} ${event.outcome}`);
  return calls;
};

/** The same of the command, as a shell runs it; only that the answer is JSON isn't in it. */
const commandCalls = (line: string): string[] => {
  const rsym = `rsym() { shift; "${process.execPath}" "${program}" trace --json "$@"; }`;
  const { status, stdout, stderr } = run('sh', ['-c', `${rsym}; ${line}`]);
  expect(status, stderr).toBe(0);
  const events: readonly Told[] = stdout
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  return events
    .filter(({ event }) => event === 'call')
    .map(({ args, ret, outcome }) => `(${args.map(({ text }) => text).join(', ')}) -> ${ret?.text} ${outcome}`);
};

type Told = {
  readonly event: string;
  readonly args: readonly { readonly text: string }[];
  readonly ret: { readonly text: string } | null;
  readonly outcome: string;
};

describeNeeding(['kernel'], 'the cost that is told before attaching', () => {
  for (const returns of ['safe', 'fast', 'off'] as const)
    for (const [variant, name] of [
      ['hello/full-debug', 'helloworld::hello'],
      ['hello/full-release', 'helloworld::hello'],
      ['endings/debug-v0', 'endings::pair'],
    ] as const)
      test(`${variant}, returns ${returns}: as many probes as are planted`, async () => {
        const target = fixture(variant);
        using image = openImage(target);
        using debug = openDebugInfo(image);
        const costs = probeCosts({ image, symbols: image.symbols(), debug }, [name], returns);
        const request = { target, functions: [name], scope: { kind: 'everywhere' }, returns, seconds: 0.1 } as const;
        const planted: number[] = [];
        for await (const _ of planWatch(request).batches(({ probes }) => planted.push(probes)));
        expect(planted).toEqual([costs.emulated + costs.stepped + costs.uretprobes + costs.landings]);
      });
});

describeNeeding(['kernel'], 'the command line that is copied traces the same', () => {
  const launch = follow(open, 'trace');
  const argumentsTyped = follow(launch, typed("1 2 '3' 4"));
  const cases: Readonly<Record<string, typeof open>> = {
    'with its arguments': argumentsTyped,
    'another command': follow(launch, 'next-choice', typed(`'${path}' 5 6`)),
    'a condition and a sample': follow(argumentsTyped, 'next-row', typed('i > 1 && ret != 0'), 'next-row', typed('2')),
    'returns by uretprobe, children': follow(
      argumentsTyped,
      'next-row',
      'next-row',
      'next-row',
      'switch',
      'next-row',
      'switch',
    ),
    'no returns': follow(argumentsTyped, 'previous-row', 'switch', 'switch'),
    'a signature': follow(open, 'sign', typed('(a: i32, b: usize) -> i32'), 'accept', 'trace', typed('7 8')),
  };
  for (const [name, shown] of Object.entries(cases))
    test(name, async () => {
      const line = commandLine(shown);
      if (line === null) throw new Error('there is none');
      const calls = await tracedCalls(requestOf(shown));
      expect(calls.length).toBeGreaterThan(0);
      expect(commandCalls(line)).toEqual(calls);
    });
});
