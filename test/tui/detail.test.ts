import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { address } from '../../src/base/units.ts';
import type { SourcedInstruction } from '../../src/query/source-code.ts';
import { codeLines } from '../../src/tui/detail/code.ts';
import { pageOf } from '../../src/tui/detail/page.ts';
import type { State } from '../../src/tui/state.ts';
import type { Action } from '../../src/tui/step.ts';
import {
  effectsOf,
  facts,
  follow,
  page,
  pageNews,
  probeCosts,
  shownCopy,
  shownFunction,
  state,
  typed,
} from './states.ts';

const open = follow(state(), 'open', facts(0), ...pageNews);
const command = (name: (Action & { kind: 'command' })['command']): Action => ({ kind: 'command', command: name });

const textOf = (shown: State): string => {
  if (shown.detail === null) throw new Error('no page');
  return pageOf(shown.detail, 100)
    .lines.map(({ text }) => stripVTControlCharacters(text))
    .join('\n');
};

describe('the page', () => {
  test('is there before anything is read, and fills part by part', () => {
    let shown = follow(state(), 'open');
    expect(textOf(shown)).toMatch(/reading…/);
    shown = follow(shown, facts(0));
    expect(textOf(shown)).toMatch(/raw name +_RNvC4demo5hello/);
    for (const [i, has] of [
      /emulated; returns watched/,
      /› 7 │ fn hello/,
      /3 probes: 1 emulated, 2 stepped/,
    ].entries()) {
      expect(textOf(shown)).not.toMatch(has);
      shown = follow(shown, pageNews[i] ?? 'redraw');
      expect(textOf(shown)).toMatch(has);
    }
    expect(textOf(shown)).not.toMatch(/reading…/);
  });

  test('says why nothing more is known, and keeps what the symbol says', () => {
    const error = new RsymError('input', 'cannot read its debug info', { reason: 'it is damaged' });
    const shown = follow(state(), 'open', facts(0), {
      kind: 'detail',
      news: { kind: 'refused', row: 0, what: 'page', error },
    });
    expect(textOf(shown)).toMatch(/cannot read its debug info\n {2}it is damaged/);
    expect(textOf(shown)).toMatch(/raw name/);
  });

  test('a function that can not be probed keeps its copies, and says why', () => {
    const error = new RsymError('unsupported', 'cannot probe it', { reason: 'the kernel refuses `int3`' });
    const refused: Action = { kind: 'detail', news: { kind: 'refused', row: 0, what: 'page', error } };
    const shown = follow(state(), 'open', facts(0), ...pageNews.slice(0, 2), refused);
    expect(textOf(shown)).toMatch(/can't be watched: the kernel refuses `int3`/);
    expect(textOf(shown)).toMatch(/0x1000 {2}16 {2}symbol/);
  });

  test('sections are jumped between, within the page', () => {
    const small = follow(open, { kind: 'resized', size: { columns: 60, rows: 12 } });
    const { starts, lines } = pageOf(small.detail ?? never(), 60);
    const tops = [follow(small, 'next-section'), follow(small, 'next-section', 'next-section')];
    expect(tops.map(({ detail }) => detail?.top)).toEqual(starts.slice(1, 3));
    expect(follow(small, 'section-3', 'previous-section').detail?.top).toBe(starts[1]);
    expect(follow(small, 'section-5', 'next-section').detail?.top).toBeLessThan(lines.length);
  });

  test('the returns choice goes round, and what it costs is asked anew', () => {
    expect(effectsOf(open, command('returns'))).toEqual([
      { kind: 'detail', ask: { kind: 'costs', row: 0, specs: ['demo::hello'], returns: 'fast' } },
    ]);
    expect(follow(open, 'returns').launch.returns).toBe('fast');
    expect(follow(open, 'returns').detail?.costs).toBeNull();
    expect(follow(open, 'returns', 'returns').launch.returns).toBe('off');
    expect(follow(open, 'returns', 'returns', 'returns').launch.returns).toBe('safe');
    const warned = follow(
      open,
      'returns',
      page({ kind: 'costs', costs: probeCosts({ returns: 'fast', notes: ['a panic aborts'] }) }),
    );
    expect(textOf(warned)).toMatch(/notes +a panic aborts/);
  });

  test('another signature costs something else; the same one is not asked for again', () => {
    const ask = (signature: string) => effectsOf(follow(open, 'sign', typed(signature)), command('accept'));
    expect(ask('(i: i32)')).toEqual([
      { kind: 'detail', ask: { kind: 'costs', row: 0, specs: ['demo::hello(i: i32)'], returns: 'safe' } },
    ]);
    expect(ask('')).toEqual([]);
  });
});

const never = (): never => {
  throw new Error('no page');
};

const instruction = (i: number, line: number | null): SourcedInstruction => ({
  address: address(0x1000n + BigInt(i)),
  text: `insn${i}`,
  line,
  isPieceStart: false,
});

const code = (instructions: readonly SourcedInstruction[], isLast = true, copy = 0): Action =>
  page({
    kind: 'code',
    copy,
    chunk: {
      instructions,
      lines: [
        { file: '/src/a.rs', line: 7, text: 'fn hello() {' },
        { file: '/src/b.rs', line: 9, text: null },
      ],
    },
    isLast,
  });

describe('instructions', () => {
  const lines = [0, 0, 1, null, 0].map((line, i) => instruction(i, line));
  const shown = (columns: number): string[] => {
    const at = follow(open, 'code', code(lines));
    if (!at.detail?.code) throw new Error('no code');
    return codeLines(at.detail, at.detail.code, columns, 20).map(({ text }) => text.trimEnd());
  };

  test('beside the source where there is room, an arrow at each probe', () => {
    const left = (text: string): string => text.padEnd(58);
    expect(shown(120)).toEqual([
      `${left('→ 0x1000  insn0')} │ a.rs:7  fn hello() {`,
      `${left('  0x1001  insn1')} │`,
      `${left('  0x1002  insn2')} │ b.rs:9`,
      `${left('  0x1003  insn3')} │`,
      `${left('  0x1004  insn4')} │ a.rs:7  fn hello() {`,
    ]);
  });

  test('below it where there is not', () => {
    expect(shown(60)).toEqual([
      'a.rs:7  fn hello() {',
      '→ 0x1000  insn0',
      '  0x1001  insn1',
      'b.rs:9',
      '  0x1002  insn2',
      '  0x1003  insn3',
      'a.rs:7  fn hello() {',
      '  0x1004  insn4',
    ]);
  });

  test('come part by part, scroll, and go', () => {
    const part = Array.from({ length: 100 }, (_, i) => instruction(i, null));
    const first = follow(open, 'code', code(part, false));
    expect(first.detail?.code).toMatchObject({ isWhole: false, top: 0 });
    const both = follow(first, 'last', code(part), 'last');
    expect(both.detail?.code?.top).toBe(200 - 8);
    expect(follow(both, 'back')).toMatchObject({ level: 'detail', detail: { code: null, top: 0 } });
    expect(follow(both, 'code').detail?.code).toBeNull();
    expect(follow(both, 'back', 'back').level).toBe('list');
  });

  test('of the next copy; those of another are not shown', () => {
    const copies = [shownCopy(), shownCopy({ address: address(0x2000n) })];
    const two = follow(open, page({ kind: 'functions', functions: [shownFunction({ copies })], notes: [] }));
    const second = follow(two, 'code', 'next-copy', code(lines));
    expect(second.detail?.code).toMatchObject({ copy: 1, chunks: [] });
    expect(effectsOf(second, command('next-copy'))).toEqual([
      { kind: 'detail', ask: { kind: 'code', row: 0, spec: 'demo::hello', copy: 0 } },
    ]);
  });
});
