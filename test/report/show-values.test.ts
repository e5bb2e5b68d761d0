import { describe, expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import type { ShownPiece, ShownResult, ShownValues } from '../../src/query/show-model.ts';
import { placeObject } from '../../src/report/place-json.ts';
import { placeText } from '../../src/report/place-text.ts';
import { valueLines } from '../../src/report/show-values.ts';
import { wrapIndented, wrapWords } from '../../src/report/show-wrap.ts';
import { makePalette } from '../../src/report/terminal-colour.ts';
import { displayWidth } from '../../src/report/terminal-width.ts';

type Argument = ShownValues['args'][number];
const piece = (location: ShownPiece['location'], more: Partial<ShownPiece> = {}): ShownPiece => ({
  location,
  valueOffset: 0,
  size: 8,
  evidence: 'verified',
  ...more,
});
const rdi = { kind: 'register', reg: 'rdi', add: 0n } as const;
const argument = (name: string | null, type: string | null, more: Partial<Argument> = {}): Argument => ({
  name,
  type,
  typeId: null,
  mode: 'direct',
  pieces: [piece(rdi)],
  evidence: 'verified',
  note: null,
  candidates: [],
  ...more,
});
const nothing: ShownResult = {
  type: '()',
  typeId: null,
  mode: 'none',
  pieces: [],
  evidence: 'abi',
  note: null,
  candidates: [],
  bound: null,
};
const linesOf = (values: Partial<ShownValues>, columns = 80): string[] => [
  ...valueLines(
    {
      at: address(0x1000n),
      args: [],
      result: nothing,
      stale: { behindPointers: null, places: [] },
      captures: [],
      entries: 1,
      assumptions: [],
      ...values,
    },
    columns,
    makePalette(false),
  ),
];

describe('values in columns', () => {
  test('names, places and evidence stand under each other', () => {
    const args = [
      argument('i', 'i32', { pieces: [piece(rdi, { size: 4 })] }),
      argument('length', 'usize', { evidence: 'abi' }),
    ];
    expect(linesOf({ args })).toEqual([
      'i: i32         edi  verified',
      'length: usize  rdi  abi',
      '-> ()          -  (returns nothing)',
    ]);
  });

  test.each([60, 80, 120])(
    '%d columns: a long type has a line of its own, places and evidence stay in sight',
    (columns) => {
      const long = `alloc::collections::btree::map::BTreeMap<${'alloc::string::String, '.repeat(8)}u8>`;
      const lines = linesOf({ args: [argument('i', 'i32'), argument('map', long), argument('j', 'i32')] }, columns);
      expect(lines[1]).toBe(`map: ${long}`);
      const column = lines[0]?.indexOf('rdi') ?? -1;
      expect(column).toBeGreaterThan(5);
      expect([lines[2], lines[3]].map((line) => line?.indexOf('rdi'))).toEqual([column, column]);
      for (const line of lines.filter((line) => line !== lines[1]))
        expect(displayWidth(line)).toBeLessThanOrEqual(columns);
    },
  );

  test('a note that has no room goes on below', () => {
    const note = 'the optimiser changed how the function is called: '.repeat(3).trim();
    const lines = linesOf({ args: [argument('i', 'i32', { note, evidence: 'gone', pieces: [] })] }, 60);
    expect(lines[0]).toBe('i: i32  -  gone');
    expect(lines.slice(1, -1).join(' ').replace(/ +/g, ' ').trim()).toBe(`(${note})`);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60);
  });

  test('text of the file is harmless', () => {
    const evil = 'x\x1b[2J\u202e\n';
    const args = [argument(evil, evil, { note: evil })];
    const result: ShownResult = {
      ...nothing,
      type: evil,
      mode: 'direct',
      note: evil,
      bound: { variable: evil, at: address(1n) },
    };
    const lines = linesOf({ args, result, assumptions: [evil] });
    expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/);
    expect(lines.join('\n')).toContain('\\x1b[2J\\u{202e}\\x0a');
  });
});

describe('one place, as text and as JSON', () => {
  const absent = { reg: null, base: null, offset: null, deref: false, value_offset: 0, size: 8, evidence: 'verified' };
  test.each<[string, ShownPiece, object]>([
    ['rdi', piece(rdi), { kind: 'register', reg: 'rdi' }],
    ['sil', piece({ kind: 'register', reg: 'rsi', add: 0n }, { size: 1 }), { kind: 'register', reg: 'rsi', size: 1 }],
    ['r9d', piece({ kind: 'register', reg: 'r9', add: 0n }, { size: 4 }), { kind: 'register', reg: 'r9', size: 4 }],
    ['rdi-0x8', piece({ ...rdi, add: -8n }), { kind: 'register', reg: 'rdi', offset: -8 }],
    ['xmm3', piece({ kind: 'vector', reg: 'xmm3' }), { kind: 'register', reg: 'xmm3' }],
    ['[rsp+0x8]', piece({ kind: 'stack', offset: 8n }), { kind: 'stack', offset: 8 }],
    [
      '[rdi]',
      piece({ kind: 'memory', base: 'rdi', offset: 0n, followed: [] }),
      { kind: 'memory', base: 'rdi', offset: 0 },
    ],
    [
      '[[rsp+0x8]]',
      piece({ kind: 'memory', base: 'rsp', offset: 8n, followed: [0n] }),
      { kind: 'memory', base: 'rsp', offset: 8, deref: true },
    ],
    [
      '[[rdi]+0x10]',
      piece({ kind: 'memory', base: 'rdi', offset: 0n, followed: [16n] }),
      { kind: 'memory', base: 'rdi', offset: 0, deref: true, followed: [16] },
    ],
    [
      '[0x4010]',
      piece({ kind: 'memory', base: null, offset: 0x4010n, followed: [] }),
      { kind: 'memory', offset: '0x4010' },
    ],
    [
      'always 3',
      piece({ kind: 'constant', bytes: Uint8Array.of(3, 0, 0, 0) }, { size: 4 }),
      { kind: 'constant', value: '03000000', size: 4 },
    ],
    ['nowhere', piece({ kind: 'gone', reason: 'dropped' }), { kind: 'gone', reason: 'dropped' }],
  ])('%s', (text, place, object) => {
    expect(placeText(place)).toBe(text);
    expect(placeObject(place)).toEqual({ ...absent, ...object });
  });
});

describe('words in lines', () => {
  test('broken between words; a word that is too long stands alone', () => {
    expect(wrapWords('a bb ccc dddddddddd e', 6)).toEqual(['a bb', 'ccc', 'dddddddddd', 'e']);
    expect(wrapWords('', 6)).toEqual(['']);
    expect(wrapWords('名前名前 a', 8)).toEqual(['名前名前', 'a']);
  });

  test('further lines are further in', () => {
    expect(wrapIndented(`${'word '.repeat(8)}end`, 4, 36)).toEqual([
      '    word word word word word word',
      '      word word end',
    ]);
  });
});
