import { stripVTControlCharacters } from 'node:util';
import { renderToString } from 'ink';
import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { address } from '../../src/base/units.ts';
import { displayWidth } from '../../src/report/terminal-width.ts';
import { App } from '../../src/tui/app.tsx';
import { makeTheme } from '../../src/tui/parts/theme.ts';
import type { Size, State } from '../../src/tui/state.ts';
import { mount } from '../../src/tui/view.tsx';
import {
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
  typed,
} from './states.ts';

afterEach(cleanup);

const frameOf = (shown: State, colour = false): string =>
  render(<App state={shown} theme={makeTheme(colour)} entry={entry} />).lastFrame() ?? '';
const plainFrame = (shown: State): string => `\n${stripVTControlCharacters(frameOf(shown)).replace(/ +$/gm, '')}\n`;

const open = follow(state(), 'open', facts(0), ...pageNews);
const tracing = follow(open, 'sign', typed('(i: i32) -> i32'), 'accept', 'trace', 'begin', {
  kind: 'live',
  news: { kind: 'attached', probes: 3, pid: 7 },
});

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
1 signature
demo::hello
  declared at src/main.rs:7
  › 7 │ fn hello() {
    8 │ }

2 copies
  0x1000  16  symbol
              a probe on \`push rbp\` is emulated; returns
                watched at 2 exits

3 cost of a trace
returns     can be watched, at 2 exits (r changes it)
probes      3 probes: 1 emulated, 2 stepped (a second trap
            each hit)
each copy   0x1000: entry emulated (push rbp); 2 exits,
            stepped

4 types
none with a layout

5 symbol
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
5 symbol
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
  the next process that runs it (begins before that does)
  every process that runs it
  only calls for which this holds:
  one call of so many: 1
  also what these processes start: no
  returns: safe


Enter begin · ↓ choose · Tab options · Esc back · F1 help
`);
  });

  test('calls, newest at the bottom', () => {
    const events = [call(1), call(2, { outcome: 'unwound', ret: null, duration: null })];
    expect(plainFrame(follow(tracing, { kind: 'live', news: { kind: 'events', events } }))).toBe(`
demo::hello(i: i32) -> i32                              demo
  0.000000    1.50µs  demo::hello(i: 1) -> 6
  0.000001            demo::hello(i: 2) [unwound]






tracing, PID 7 · 3 probes · 2 calls

Space pause · Esc stop · ? help · q quit
`);
  });
});

test('what a trace was refused for is said, with what to do', () => {
  const error = new RsymError('permission', 'cannot trace', {
    reason: 'the kernel refused bpf (EPERM)',
    hints: ['sudo rsym'],
  });
  const frame = plainFrame(follow(tracing, { kind: 'live', news: { kind: 'failed', error } }));
  expect(frame).toContain('\ncannot trace\n  the kernel refused bpf (EPERM)\n  try: sudo rsym\n');
  expect(frame).toContain('\nfailed\n');
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
    live: follow(
      tracing,
      { kind: 'live', news: { kind: 'events', events: Array(300).fill(busy) } },
      {
        kind: 'live',
        news: { kind: 'planned', notes: Array(60).fill(wide) },
      },
    ),
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
