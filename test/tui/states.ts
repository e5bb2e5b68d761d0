import { address, fileOffset } from '../../src/base/units.ts';
import type { Entry, FileFacts, FunctionFacts } from '../../src/query/browse.ts';
import type { PageNews } from '../../src/query/page-model.ts';
import type { ProbeCosts } from '../../src/query/probe-costs.ts';
import type { ShownCopy, ShownFunction } from '../../src/query/show-model.ts';
import { type CallEvent, noLosses, type TraceEvent } from '../../src/query/watch.ts';
import { logOf } from '../../src/tui/live/log.ts';
import { nothingSeen, type Seen } from '../../src/tui/live/state.ts';
import { initialState, type Size, type State } from '../../src/tui/state.ts';
import type { Action, Effect } from '../../src/tui/step.ts';
import { update } from '../../src/tui/update.ts';

/** Pieces of state for tests of the screen. */
export const names = ['demo::hello', 'demo::main', 'alloc::vec::Vec<u8>::push', '日本語の関数', 'memcpy'];

export const entry = (row: number): Entry => ({
  row,
  name: names[row % names.length] ?? '',
  address: address(0x1000n + 16n * BigInt(row)),
  size: 16n,
  kind: 'function',
  copies: null,
  hasNamesakes: false,
  details: null,
});

export const functionFacts = (row: number, overrides: Partial<FunctionFacts> = {}): FunctionFacts => ({
  row,
  isInlined: false,
  name: names[row % names.length] ?? '',
  title: names[row % names.length] ?? '',
  namesakes: [],
  fullName: names[row % names.length] ?? '',
  raw: '_RNvC4demo5hello',
  spec: names[row % names.length] ?? '',
  address: address(0x1000n),
  offset: 0x400n,
  size: 16n,
  kind: 'function',
  binding: 'local',
  section: '.text',
  scheme: 'rust-v0',
  crate: 'demo',
  aliases: [],
  ...overrides,
});

export const shownCopy = (overrides: Partial<ShownCopy> = {}): ShownCopy => ({
  kind: 'symbol',
  name: 'demo::hello',
  dwarfPath: 'demo::hello',
  raw: '_RNvC4demo5hello',
  address: address(0x1000n),
  size: 16n,
  ranges: [{ start: address(0x1000n), end: address(0x1010n) }],
  hasSymbol: true,
  isIfunc: false,
  function: null,
  debugCopy: null,
  callSite: null,
  callers: [],
  aliases: [],
  mergedWith: null,
  signature: null,
  values: null,
  probe: {
    address: address(0x1000n),
    offset: fileOffset(0x400n),
    cost: 'emulated',
    instruction: 'push rbp',
    returns: 'sites',
    exits: 2,
    tailJumps: { count: 0, targets: [] },
    reason: null,
    cheaper: null,
  },
  instructions: null,
  notes: [],
  ...overrides,
});

export const shownFunction = (overrides: Partial<ShownFunction> = {}): ShownFunction => ({
  name: 'demo::hello',
  signature: null,
  source: { file: 'src/main.rs', line: 7, column: 0 },
  dwarfPath: 'demo::hello',
  copies: [shownCopy()],
  omitted: 0,
  counts: { own: 1, inlined: 0 },
  types: { types: [], cut: null },
  notes: [],
  ...overrides,
});

export const probeCosts = (overrides: Partial<ProbeCosts> = {}): ProbeCosts => ({
  returns: 'safe',
  copies: [
    {
      name: 'demo::hello',
      kind: 'symbol',
      address: 0x1000n,
      caller: null,
      callSite: null,
      entry: { address: 0x1000n, cost: 'emulated', instruction: 'push rbp' },
      exits: [
        { address: 0x1008n, cost: 'stepped', instruction: 'ret' },
        { address: 0x100fn, cost: 'stepped', instruction: 'ret' },
      ],
      returns: 'sites',
      reason: null,
      loopsToEntry: false,
    },
  ],
  emulated: 1,
  stepped: 2,
  uretprobes: 0,
  landings: 0,
  notes: [],
  ...overrides,
});

export const page = (news: PageNews, row = 0): Action => ({ kind: 'detail', news: { kind: 'page', row, news } });

/** All that a small function's page is told. */
export const pageNews: readonly Action[] = [
  page({ kind: 'functions', functions: [shownFunction()], notes: [] }),
  page({
    kind: 'sources',
    declared: [{ file: 'src/main.rs', path: '/s/main.rs', note: null, from: 7, lines: ['fn hello() {', '}'], line: 7 }],
    called: [null],
  }),
  page({ kind: 'costs', costs: probeCosts() }),
];

export const call = (seq: number, overrides: Partial<CallEvent> = {}): CallEvent => ({
  event: 'call',
  time: BigInt(seq) * 1000n,
  seq,
  callId: seq,
  parent: null,
  depth: 0,
  pid: 7,
  tid: 7,
  comm: 'demo',
  function: 'demo::hello',
  copy: { kind: 'symbol', address: address(0x1000n), caller: null, callSite: null },
  args: [{ name: 'i', type: 'i32', value: seq, text: String(seq), evidence: 'given', note: null }],
  ret: { name: '', type: 'i32', value: seq + 5, text: String(seq + 5), evidence: 'given', note: null },
  outcome: 'returned',
  duration: 1500n,
  ...overrides,
});

export const state = (
  count = names.length,
  size: Size = { columns: 60, rows: 12 },
  file: Partial<FileFacts> = {},
): State =>
  initialState(
    { path: '/bin/demo', count, note: null, runnable: true, ...file },
    size,
    Uint32Array.from({ length: count }, (_, row) => row),
  );

/** The state after some actions; a word stands for a command. */
export const follow = (
  start: State,
  ...actions: readonly (Action | (Action & { kind: 'command' })['command'])[]
): State =>
  actions.reduce<State>(
    (s, action) => update(s, typeof action === 'string' ? { kind: 'command', command: action } : action).state,
    start,
  );

export const effectsOf = (start: State, action: Action): readonly Effect[] => update(start, action).effects;
export const typed = (text: string): Action => ({ kind: 'typed', text });
export const facts = (row: number): Action => ({
  kind: 'detail',
  news: { kind: 'facts', facts: functionFacts(row) },
});

/** A trace's events so far, as the screen is told of them. */
export const told = (
  events: readonly TraceEvent[],
  seen: Partial<Seen> = {},
  notes: readonly string[] = [],
): Action => {
  const calls = events.filter(({ event }) => event === 'call').length;
  const [first] = events.flatMap((event) => ('args' in event ? [event.time] : []));
  return {
    kind: 'live',
    news: {
      kind: 'events',
      log: logOf(events),
      seen: { ...nothingSeen, losses: noLosses, calls, origin: first ?? null, ...seen },
      notes,
    },
  };
};

export const eventsSoFar = (count: number): Action => told(Array.from({ length: count }, (_, i) => call(i + 1)));

/** A trace that is going on. */
export const tracing = (request: { readonly size?: Size } = {}): State =>
  follow(
    state(undefined, request.size),
    'open',
    facts(0),
    'sign',
    typed('(i: i32) -> i32'),
    'accept',
    'trace',
    'begin',
    {
      kind: 'live',
      news: { kind: 'attached', probes: 3, pid: 7 },
    },
  );
