import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { address } from '../../src/base/units.ts';
import { CallFigures } from '../../src/query/call-figures.ts';
import { type CallEvent, noLosses } from '../../src/query/watch.ts';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { App } from '../../src/tui/app.tsx';
import { logOf } from '../../src/tui/live/log.ts';
import { nothingSeen } from '../../src/tui/live/state.ts';
import { makeTheme } from '../../src/tui/parts/theme.ts';
import type { Size, State } from '../../src/tui/state.ts';
import type { Action } from '../../src/tui/step.ts';
import { mount } from '../../src/tui/view.tsx';
import {
  tracing as begun,
  call,
  entry,
  facts,
  follow,
  functionFacts,
  page,
  pageNews,
  shownCopy,
  shownFunction,
  state,
  told,
  typed,
} from './states.ts';

afterEach(cleanup);

const frameOf = (shown: State, colour = false): string =>
  render(<App state={shown} theme={makeTheme(colour)} entry={entry} />).lastFrame() ?? '';
const plainFrame = (shown: State): string => `\n${stripVTControlCharacters(frameOf(shown)).replace(/ +$/gm, '')}\n`;

const open = follow(state(), 'open', facts(0), ...pageNews);
const tracing = begun();

/** Sums of so many calls, in the second that is over. */
const counted = (one: CallEvent, count: number): Action => {
  const figures = new CallFigures([one.function, 'demo::idle']);
  for (let i = 0; i < count; i++) figures.add({ ...one, duration: BigInt(i + 1) * 1000n });
  figures.add({ ...one, outcome: 'unwound', duration: null });
  figures.passed(1);
  return { kind: 'live', news: { kind: 'planned', notes: [], loneProgram: null, figures } };
};
const written = (...texts: readonly string[]): Action => ({
  kind: 'live',
  news: {
    kind: 'output',
    output: {
      forgotten: 0,
      lines: texts.map((text, i) => ({ from: i % 2 === 0 ? 'stdout' : 'stderr', text }) as const),
    },
  },
});
const lossy = { ...noLosses, entries: 1234 };

describe('whole frames', () => {
  test('the list', () => {
    expect(plainFrame(follow(state(), typed('e'), 'down'))).toBe(`
rsym /bin/demo
search: e
      0x1000  demo::hello
›     0x1010  demo::main
      0x1020  alloc::vec::Vec<u8>::push
      0x1030  日本語の関数
      0x1040  memcpy



5 functions
Enter show · t trace · / search · Space mark · ? help
`);
  });

  test('nothing found', () => {
    const none: State = follow(state(), typed('zzz'), {
      kind: 'list',
      news: { kind: 'found', rows: new Uint32Array(0), done: true, fault: null },
    });
    expect(plainFrame(none)).toContain('\n  no name matches\n');
    expect(plainFrame(none)).toContain('\n0 of 5\n');
  });

  test('a function', () => {
    expect(plainFrame(follow(open, { kind: 'resized', size: { columns: 60, rows: 34 } }))).toBe(`
demo::hello                                             demo
[1] signature
demo::hello
  declared at src/main.rs:7
  › 7 │ fn hello() {
    8 │ }

[2] copies
  0x1000  16  symbol
              a probe on \`push rbp\` is emulated; returns
                watched at 2 exits

[3] cost of a trace
returns     can be watched, at 2 exits (r changes it)
probes      3 probes: 1 emulated, 2 stepped (a second trap
            each hit)
each copy   0x1000: entry emulated (push rbp); 2 exits,
            stepped

[4] types
none with a layout

[5] symbol
name        demo::hello
raw name    _RNvC4demo5hello
address     0x1000, at 0x400 in the file
size        16 bytes
kind        local function
section     .text
scheme      rust-v0
crate       demo
signature:  none is given (Enter to type one)

t trace · a asm · r returns · Enter signature · Esc back
`);
  });

  test('the fault in its signature', () => {
    expect(plainFrame(follow(open, 'section-5', 'sign', typed('(i: i33)'), 'accept'))).toBe(
      `
demo::hello                                             demo
[5] symbol
name        demo::hello
raw name    _RNvC4demo5hello
address     0x1000, at 0x400 in the file
signature:  (i: i33)
  hello(i: i33)
           ^^^
the type \`i33\` cannot be read: how it is passed depends on i
ts layout, at character 10
↓ 5 more lines
Enter take it · Esc back · F1 help · Ctrl-C quit
`,
    );
  });

  test('the choice of what to trace', () => {
    expect(
      plainFrame(follow(open, { kind: 'resized', size: { columns: 60, rows: 16 } }, 'trace', typed('1 "2'), 'begin')),
    ).toBe(`
demo::hello                                             demo
Its calls in:
› run it with these arguments: 1 "2
the command has no closing "
  1 "2
  run another command:
  a running process, PID:
  the next process that calls it (waits until one does)
  every process that runs it
  only calls for which this holds:
  one call of so many: 1
  also what these processes start: no
  returns: safe


Enter begin · ↓ choose · Tab options · Esc back · F1 help
`);
  });

  describe('the live level', () => {
    const clock: Action = { kind: 'live', news: { kind: 'clock', seconds: 12.34, target: { kind: 'running' } } };
    const events = [
      call(1, { depth: 1, parent: 2 }),
      call(2, { outcome: 'unwound', ret: null, duration: null }),
      call(3),
    ];
    const going = follow(tracing, clock, told(events));

    test('calls, newest at the bottom, inner ones indented', () => {
      expect(plainFrame(going)).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 0/s · 0 lost
[Calls] Counts  Latency  Output  Notes
  0.000000    1.50µs    demo::hello(i: 1) -> 6
  0.000001            demo::hello(i: 2) [unwound]
  0.000002    1.50µs  demo::hello(i: 3) -> 8





Space pause · Enter values · Tab views · f filter · / search
`);
    });

    test('held still, with losses and a filter', () => {
      const filtered = { kind: 'filtered', filter: 'i > 1', notes: [], held: null } as const;
      const held = follow(
        going,
        told(events, { losses: lossy }),
        {
          kind: 'live',
          news: {
            ...filtered,
            log: logOf(events),
            seen: { ...nothingSeen, calls: 3, origin: 1000n, losses: lossy, undecided: 2 },
          },
        },
        'up',
      );
      expect(plainFrame(held)).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 0/s · 1,234 LOST
[Calls] Counts  Latency  Output  Notes  PAUSED
  0.000000    1.50µs    demo::hello(i: 1) -> 6
  0.000001            demo::hello(i: 2) [unwound]
  0.000002    1.50µs  demo::hello(i: 3) -> 8




call 2 of 3
Space pause · Enter values · Tab views · f filter · / search
`);
    });

    test('older calls are forgotten: which are there is told below them, and where one is asked for some', () => {
      const view = { ...logOf(events), came: 1_199_998, forgotten: 1_199_995 };
      const some = follow(going, {
        kind: 'live',
        news: { kind: 'events', log: view, seen: { ...nothingSeen, calls: 1_199_998 }, notes: [] },
      });
      const below = (shown: State): string => plainFrame(shown).split('\n').at(-3) ?? '';
      expect(below(some)).toBe('the list has the last 3 of 1,199,998 calls');
      expect(below(follow(some, 'first'))).toBe('call 1 of the last 3 of 1,199,998 calls');
      expect(below(follow(some, 'open-call'))).toContain('call 3 of the last 3 of 1,199,998 calls');
      expect(below(follow(some, 'search'))).toContain('search upwards in the last 3: ');
      expect(below(follow(some, 'filter'))).toContain('only calls (of the last 3) with: ');
      expect(below(follow(some, 'export'))).toContain('write the last 3 calls to file: ');
    });

    test('paused before the first call: which has come since', () => {
      const paused = plainFrame(follow(going, told([]), 'pause', told(events)));
      expect(paused).toContain('\nno call had come when this was paused\n');
      expect(paused).toContain('\npaused before the first call · 3 newer (Space goes on)\n');
    });

    test('the end is no call, and has its numbers as the header has them', () => {
      const end = { event: 'end', time: 9n, seq: 4, calls: 1_234_567, lost: noLosses, lostFunctions: [] } as const;
      const ended = told([...events, { ...end, underWayAtAttach: 0, functions: 1, probes: 1, program: null }]);
      const shown = plainFrame(follow(going, ended, 'pause'));
      expect(shown).toContain('\n1,234,567 calls; 0 lost');
      expect(shown).toContain('\nbehind call 3 of 3\n');
      expect(plainFrame(follow(going, ended, 'pause', 'up'))).toContain('\ncall 3 of 3\n');
    });

    test('one call with all its values', () => {
      const value = { name: 'request', type: 'Request', evidence: 'verified', note: null } as const;
      const text = 'Request { path: "/a", body: Some([1, 2, 3]), host: "example.org" }';
      const shown = call(1, { args: [{ ...value, value: {}, text }], parent: 4, depth: 1 });
      const resized: Action = { kind: 'resized', size: { columns: 60, rows: 29 } };
      expect(plainFrame(follow(going, resized, told([shown]), 'open-call'))).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 1 call · 0/s · 0 lost
[Calls] Counts  Latency  Output  Notes  PAUSED
function    demo::hello
ended       it returned

arguments   request: Request  (verified)
              Request {
                  path: "/a",
                  body: Some([1, 2, 3]),
                  host: "example.org",
              }

result      i32  (given)
              6

took        1.50µs (1500 ns)
began       0.000000 s after tracing began
thread      7 demo, of process 7
copy        code of its own at 0x1000
inside      one other call that is watched

made in     a call that is not among those shown




call 1 of 1
→ next · p caller · Esc back · ? help · q quit
`);
    });

    test('sums', () => {
      expect(plainFrame(follow(going, counted(call(1), 300), 'next-view'))).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 301/s · 0 lost
 Calls [Counts] Latency  Output  Notes
CALLS  PER S   SHARE  UNWOUND  FUNCTION
  301    301  100.0%        1  demo::hello
    0      0    0.0%        -  demo::idle





Space pause · Enter values · Tab views · f filter · / search
`);
      expect(plainFrame(follow(going, counted(call(1), 5), 'next-view', 'next-view'))).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 6/s · 0 lost
 Calls  Counts [Latency] Output  Notes
demo::hello
  p50 3.07µs · p90 5.00µs · p99 5.00µs · max 5.00µs · 5 tim…
  [ 512ns, 1.02µs) 1 ███████████████████▌
  [1.02µs, 2.05µs) 1 ███████████████████▌
  [2.05µs, 4.10µs) 2 ███████████████████████████████████████
  [4.10µs, 8.19µs) 1 ███████████████████▌


Space pause · Enter values · Tab views · f filter · / search
`);
    });

    test('output, and notes', () => {
      const open = follow(going, written('one', 'two'), 'previous-view', 'previous-view');
      expect(plainFrame(open)).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 0/s · 0 lost
 Calls  Counts  Latency [Output 2] Notes
  one
! two





! marks what was written to stderr
Space pause · Enter values · Tab views · f filter · / search
`);
      const noted = follow(going, told(events, { losses: lossy }, ['a note']), 'previous-view');
      expect(plainFrame(noted)).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 0/s · 1,234 LOST
 Calls  Counts  Latency  Output [Notes 1]
LOST 1,234 calls not shown: the ring was full when they
began
· a note





Space pause · Enter values · Tab views · f filter · / search
`);
    });

    test('no call, of a command that runs another file', () => {
      const planned: Action = {
        kind: 'live',
        news: { kind: 'planned', notes: ['a note'], loneProgram: '/usr/bin/dash', figures: new CallFigures([]) },
      };
      const alone = follow(tracing, planned);
      const why = 'the command runs /usr/bin/dash, and what that starts is not';
      const [, , tabs, ...lines] = plainFrame(alone).trimStart().split('\n');
      expect(tabs).toBe('[Calls] Counts  Latency  Output  Notes 2');
      expect(lines.slice(0, 4)).toEqual([
        'a note',
        'no call yet',
        why,
        'watched without "also what these processes start"',
      ]);
      expect(plainFrame(follow(alone, 'previous-view'))).toContain(
        '· a note\n· the command runs /usr/bin/dash, and what that starts',
      );
      const seen = follow(alone, told([call(1)]));
      expect(plainFrame(follow(seen, 'previous-view'))).not.toContain('dash');
    });

    test('a condition that can not be read', () => {
      const error = new RsymError('usage', 'there is no `x`, at character 5', { reason: 'i > x\n    ^' });
      const faulty = follow(going, 'filter', typed('i > x'), 'confirm', {
        kind: 'live',
        news: { kind: 'refused', error },
      });
      expect(plainFrame(faulty)).toBe(`
demo::hello(i: i32) -> i32                              demo
tracing · PID 7 running · 12.3s · 3 calls · 0/s · 0 lost
[Calls] Counts  Latency  Output  Notes
  0.000000    1.50µs    demo::hello(i: 1) -> 6
  0.000001            demo::hello(i: 2) [unwound]
  0.000002    1.50µs  demo::hello(i: 3) -> 8
  i > x
      ^
there is no \`x\`, at character 5

only calls with: i > x
Enter do it · Esc back · F1 help · Ctrl-C quit
`);
    });
  });
});

test('what a trace was refused for is said, with what to do', () => {
  const error = new RsymError('permission', 'cannot trace', {
    reason: 'the kernel refused bpf (EPERM)',
    hints: ['sudo rsym'],
  });
  const frame = plainFrame(follow(tracing, { kind: 'live', news: { kind: 'failed', error } }));
  expect(frame).toContain('\ncannot trace\n  the kernel refused bpf (EPERM)\n  try: sudo rsym\n');
  expect(frame).toContain('\nfailed');
});

describe('every level at every size', () => {
  const long = 'x'.repeat(100_000);
  const wide = '関数'.repeat(40_000);
  const strange = functionFacts(0, { name: wide, fullName: long, raw: long, aliases: Array(50).fill(wide) });
  const busy = call(1, { function: long, args: Array(200).fill(call(1).args[0]), depth: 10_000 });
  const levels: Readonly<Record<string, State>> = {
    list: follow(state(1000), typed(wide)),
    detail: follow(
      state(),
      'open',
      { kind: 'detail', news: { kind: 'facts', facts: strange } },
      page({
        kind: 'functions',
        functions: Array(3).fill(shownFunction({ name: wide, copies: Array(9).fill(shownCopy({ name: long })) })),
        notes: [long],
      }),
      'sign',
      typed(`(${long}`),
      'accept',
    ),
    code: follow(
      open,
      'code',
      page({
        kind: 'code',
        copy: 0,
        chunk: {
          instructions: Array.from({ length: 500 }, (_, i) => ({
            address: address(0x1000n + BigInt(i)),
            text: i % 2 === 0 ? long : wide,
            line: i % 3 === 0 ? null : i % 2,
            isPieceStart: i % 50 === 49,
          })),
          lines: [
            { file: wide, line: 1, text: long },
            { file: long, line: 1_000_000, text: null },
          ],
        },
        isLast: true,
      }),
    ),
    processes: follow(open, 'trace', 'next-choice', 'next-choice', {
      kind: 'launch',
      news: {
        kind: 'processes',
        found: Array.from({ length: 300 }, (_, pid) => ({
          pid,
          relation: 'runs',
          comm: wide,
          user: long,
          command: wide,
        })),
        hidden: 3,
        isDone: true,
      },
    }),
    launch: follow(open, 'trace', typed(`"${wide}`), 'begin'),
    live: follow(tracing, told(Array(300).fill(busy), {}, Array(60).fill(wide))),
    call: follow(tracing, told([busy]), 'open-call'),
    counts: follow(tracing, told([busy]), counted(busy, 300), 'next-view'),
    latency: follow(tracing, counted(busy, 300), 'next-view', 'next-view'),
    output: follow(tracing, written(wide), 'previous-view', 'previous-view'),
    notes: follow(tracing, told([busy], { losses: lossy }, Array(60).fill(wide)), 'previous-view'),
    filter: follow(tracing, told([busy]), 'pause', 'filter', typed(wide), 'confirm', {
      kind: 'live',
      news: { kind: 'refused', error: new RsymError('usage', long, { reason: `${wide}\n^`, hints: [wide] }) },
    }),
    help: follow(state(), 'help', 'page-down'),
  };
  const sizes: readonly Size[] = [
    { columns: 40, rows: 10 },
    { columns: 80, rows: 24 },
    { columns: 300, rows: 100 },
    { columns: 39, rows: 9 },
    { columns: 1, rows: 1 },
  ];

  for (const [name, shown] of Object.entries(levels))
    test(name, () => {
      for (const size of sizes) {
        const resized = follow(shown, { kind: 'resized', size });
        const frame = stripVTControlCharacters(
          renderToString(<App state={resized} theme={makeTheme(true)} entry={entry} />, { columns: size.columns }),
        );
        const lines = frame.split('\n');
        expect(lines.length).toBeLessThanOrEqual(size.rows);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(size.columns);
      }
    });
});

describe('as it is mounted', () => {
  test('frames are what the components make, whole and at once', () => {
    const shown: string[] = [];
    const view = mount(
      (frame) => shown.push(frame),
      () => makeTheme(false),
      entry,
      () => undefined,
    );
    for (const one of [state(), follow(state(), 'down'), open, tracing]) {
      view.draw(one);
      expect(stripVTControlCharacters(shown.at(-1) ?? '').replace(/ +$/gm, '')).toBe(plainFrame(one).trim());
    }
    view.unmount();
  });

  test('a component that throws is told', async () => {
    const failed = new Promise((resolve) => {
      const broken = (): never => {
        throw new Error('provoked');
      };
      mount(
        () => undefined,
        () => makeTheme(false),
        broken,
        resolve,
      ).draw(state());
    });
    expect(await failed).toMatchObject({ message: 'provoked' });
  });
});

test('without colour nothing is coloured, and the chosen row is still marked', () => {
  const frame = frameOf(follow(state(), 'down'));
  // Reversed and bold are not colours.
  expect(
    frame.match(/\x1b\[(\d+)m/g)?.filter((code) => !['\x1b[7m', '\x1b[27m', '\x1b[1m', '\x1b[22m'].includes(code)),
  ).toEqual([]);
  expect(stripVTControlCharacters(frame)).toContain('›     0x1010');
  expect(frameOf(state(), true)).toContain('\x1b[90m');
});

test('the output says that its older lines are gone', () => {
  const lines = [{ from: 'stdout', text: 'newest' }] as const;
  const told: Action = { kind: 'live', news: { kind: 'output', output: { forgotten: 138_011, lines } } };
  const shown = follow(tracing, told, 'previous-view', 'previous-view');
  expect(plainFrame(shown)).toContain('only the last 2,000 lines are kept');
  expect(plainFrame(follow(tracing, written('a'), 'previous-view', 'previous-view'))).not.toContain('are kept');
});
