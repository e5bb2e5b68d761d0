import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Register } from '../../src/abi/model.ts';
import { inVector, type Piece as Placed } from '../../src/abi/place.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import { ENTER, EXIT, type Piece } from '../../src/trace/bpf/records.ts';
import type { CaptureLayout } from '../../src/trace/capture-layout.ts';
import { entryLayout, exitLayout } from '../../src/trace/layout.ts';
import { enter, type Held, sp } from './captured.ts';
import { cstr, field, memory, named, option, str, u32, u64 } from './shown-values.ts';
import {
  argument,
  exitSite,
  inMemory,
  limits,
  mainThread,
  probeSite,
  register,
  result,
  stack,
  TracedMachine,
  tailCall,
  wordsOf,
} from './traced-machine.ts';

const cString: ValueShape = { kind: 'c-string', size: 8 };
const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const registers = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9', 'rax', 'r10', 'r15', 'rbp'] as const;
const wordAt = (location: Placed['location'], valueOffset = 0): Placed => ({ location, valueOffset, size: 8 });
const gone: Placed = wordAt({ kind: 'gone', reason: 'folded' });

describe('a value’s own bytes', () => {
  test('in registers and stack slots come back as they were', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...registers), word), { maxLength: 8 }),
        fc.array(word, { maxLength: 8 }),
        (inRegisters, slots) => {
          const held: Held = Object.fromEntries(inRegisters);
          const places = [...inRegisters.map(([reg]) => register(reg)), ...slots.map((_, i) => stack(8 + i * 8))];
          const { capture } = enter(
            places.map((place, i) => argument(`a${i}`, u64, [place])),
            { held, memory: [[sp + 8n, ...slots]] },
          );
          expect(wordsOf(capture)).toEqual([
            ...inRegisters.map(([reg]) => [held[reg]]),
            ...slots.map((slot) => [slot]),
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('in memory behind addresses on the way, beside many texts', () => {
    const far = Array.from({ length: 12 }, (_, i) => argument(`far${i}`, u64, [inMemory('rdi', 8n, 8, [16n])]));
    const texts = Array.from({ length: 12 }, (_, i) =>
      argument(`text${i}`, str, [stack(8 + i * 16), stack(16 + i * 16, 8)]),
    );
    const { capture } = enter([...far, ...texts], {
      held: { rdi: 0x1000n },
      memory: [
        [0x1008n, 0x2000n],
        [0x2010n, 7n],
      ],
    });
    expect(wordsOf(capture).slice(0, far.length)).toEqual(far.map(() => [7n]));
  });

  test('in memory: behind a register, behind addresses on the way, at a fixed place', () => {
    const { capture } = enter(
      [
        argument('near', u64, [inMemory('rdi', -8n, 8)]),
        argument('far', u64, [inMemory('rdi', 8n, 8, [16n, 1n << 33n])]),
        argument('fixed', u64, [inMemory(null, 0x40_3000n, 8)]),
        argument('sum', u64, [wordAt({ kind: 'register', reg: 'rdi', add: -(1n << 40n) })]),
      ],
      {
        held: { rdi: 0x1000n, rip: 0x5555_0000_0010n },
        site: { entryAddress: 0x40_0010n },
        memory: [
          [0xff8n, 1n],
          [0x1008n, 0x2000n],
          [0x2010n, 0x3000n],
          [0x3000n + (1n << 33n), 2n],
          [0x5555_0000_3000n, 3n],
        ],
      },
    );
    expect(wordsOf(capture)).toEqual([[1n], [2n], [3n], [BigInt.asUintN(64, 0x1000n - (1n << 40n))]]);
  });

  test('from several pieces are put together, with constants, whatever the pieces’ order', () => {
    const pair = named('P', 24, field('a', 0, u64), field('b', 8, u32), field('c', 12, u32), field('d', 16, u64));
    const pieces: Placed[] = [
      wordAt({ kind: 'stack', offset: 8n }, 16),
      { location: { kind: 'register', reg: 'rsi', add: 0n }, valueOffset: 8, size: 4 },
      { location: { kind: 'constant', bytes: Buffer.from([7, 0, 0, 0]) }, valueOffset: 12, size: 4 },
      register('rdi'),
    ];
    const { texts } = enter([argument('p', pair, pieces)], {
      held: { rdi: 1n, rsi: 0xffff_ffff_0000_0002n },
      memory: [[sp + 8n, 9n]],
    });
    expect(texts).toEqual(['P { a: 1, b: 2, c: 7, d: 9 }']);
  });

  test('that are not to be had are marked, their neighbours are shown', () => {
    const pair = named('P', 16, field('a', 0, u64), field('b', 8, u64));
    const { capture, texts } = enter(
      [
        argument('a', u64, [register('rdi')]),
        argument('b', u64, [stack(8)]),
        argument('c', u64, [inVector(0, 0, 8)]),
        argument('d', pair, [register('rsi'), { ...gone, valueOffset: 8 }]),
        argument('e', pair, [register('rsi'), stack(64, 8)]),
        argument('f', u64, [inMemory('rdx', 0n, 8, [0n])]),
        argument('g', u64, [register('rcx')]),
      ],
      { held: { rdi: 1n, rsi: 2n, rdx: 0x1000n, rcx: 3n } },
    );
    const bad = 'unreadable';
    expect(wordsOf(capture)).toEqual([[1n], [bad], ['gone'], [2n, 'gone'], [2n, bad], [bad], [3n]]);
    expect(texts.slice(0, 4)).toEqual(['1', '<unreadable>', '<gone>', 'P { a: 2, b: <gone> }']);
  });

  test('that are redacted are never read, neither from memory nor out of a register', () => {
    const secret: ValueShape = { kind: 'cut', size: 8, why: 'redacted' };
    const login = named('Login', 24, field('user', 0, u64), field('password', 8, secret), field('id', 16, u64));
    const { texts, reads, capture } = enter(
      [
        argument('login', login, [inMemory('rdi', 0n, 24)]),
        argument('spilt', login, [stack(8), stack(16, 8), stack(24, 16)]),
        argument('pair', named('Pair', 16, field('key', 0, secret), field('n', 8, u64)), [
          register('rsi'),
          register('rdx', 8),
        ]),
        argument('password', secret, [register('rcx')]),
      ],
      {
        held: { rdi: 0x1000n, rsi: 0x5ec2e7n, rdx: 5n, rcx: 0x5ec2e7n },
        memory: [
          [0x1000n, 1n, 0x5ec2e7n, 2n],
          [sp + 8n, 3n, 0x5ec2e7n, 4n],
        ],
      },
    );
    expect(texts).toEqual([
      'Login { user: 1, password: <redacted>, id: 2 }',
      'Login { user: 3, password: <redacted>, id: 4 }',
      'Pair { key: <redacted>, n: 5 }',
      '<redacted>',
    ]);
    for (const [from, to] of [
      [0x1008n, 0x1010n],
      [sp + 16n, sp + 24n],
    ] as const)
      for (const [start, end] of reads) expect(start < to && end > from).toBe(false);
    for (const { bytes } of capture.slots)
      expect(Buffer.from(bytes).includes(Buffer.from(memory(0x5ec2e7n)))).toBe(false);
  });

  test('of a conflict come once for each claim', () => {
    const claims = [register('rdi'), register('rsi')].map((piece) => ({ evidence: 'dwarf' as const, pieces: [piece] }));
    const plan = { ...argument('a', u64, []), evidence: 'conflict' as const, candidates: claims };
    const { capture, texts } = enter([plan, argument('b', u64, [register('rdx')])], {
      held: { rdi: 1n, rsi: 2n, rdx: 3n },
    });
    expect(wordsOf(capture)).toEqual([[1n], [2n], [3n]]);
    expect(capture.values).toEqual([
      { first: 0, count: 2 },
      { first: 2, count: 1 },
    ]);
    expect(texts).toEqual(['<conflict 1 or 2>', '3']);
  });

  test('of a large value are cut, and what is behind them is marked', () => {
    const large: ValueShape = { kind: 'array', size: 1_600, element: u64, count: 200 };
    const { texts } = enter([argument('a', large, [inMemory('rdi', 0n, 1_600)])], {
      held: { rdi: 0x1000n },
      limits: { items: 200 },
      memory: [[0x1000n, ...Array.from({ length: 200 }, (_, i) => BigInt(i))]],
    });
    expect(texts[0]).toContain('126, 127');
    expect(texts[0]).not.toContain('128,');
    expect(texts[0]).toMatch(/truncated|200 in all/);
  });
});

describe('NUL-terminated text', () => {
  const at = 0x10_0000n;
  const read = (bytes: Uint8Array, string: number, pointer = at): string =>
    enter([argument('s', cString, [register('rdi')])], {
      held: { rdi: pointer },
      limits: { string },
      memory: [[at, [...bytes]]],
    }).texts[0] ?? '';

  test('comes back whole where it fits, cut where it does not', () => {
    const ascii = fc.array(fc.integer({ min: 0x61, max: 0x7a }), { maxLength: 40 });
    fc.assert(
      fc.property(ascii, fc.integer({ min: 1, max: 30 }), (codes, string) => {
        const text = String.fromCharCode(...codes);
        const got = read(new Uint8Array([...codes, 0, 0x77]), string);
        expect(got).toBe(text.length <= string ? `"${text}"` : `"${text.slice(0, string)}"…`);
      }),
    );
  });

  test('of null is none; where nothing is, it is unreadable', () => {
    expect(read(new Uint8Array([1, 0]), 8, 0n)).toBe('NULL');
    expect(read(new Uint8Array([1, 0]), 8, 0x99_0000n)).toBe('<unreadable 0x990000>');
    expect(read(new Uint8Array([1, 0]), 8, (1n << 64n) - 1n)).toBe('<unreadable 0xffffffffffffffff>');
    // It runs into memory that isn't there.
    expect(read(new Uint8Array([0x41, 0x42]), 8)).toBe('<unreadable 0x100000>');
  });
});

describe('text with a length', () => {
  const at = 0x10_0000n;
  const read = (
    bytes: Uint8Array,
    length: bigint,
    string: number,
    shape = str,
    places = [register('rdi'), register('rsi', 8)],
  ) =>
    enter([argument('s', shape, places)], {
      held: { rdi: at, rsi: length },
      limits: { string },
      memory: [
        [at, [...bytes]],
        [sp + 8n, at, length],
      ],
    });

  test('comes back as long as it is, at most as long as asked for, and nothing else is read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0x61, max: 0x7a }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (codes, string, isSpilt) => {
          const places = isSpilt ? [stack(8), stack(16, 8)] : undefined;
          const text = String.fromCharCode(...codes);
          const { texts, reads } = read(new Uint8Array([...codes, 1, 2, 3]), BigInt(codes.length), string, str, places);
          expect(texts).toEqual([
            text.length <= string ? `"${text}"` : `"${text.slice(0, string)}"… (${text.length} bytes)`,
          ]);
          const behind = reads.filter(([start]) => start >= at && start < sp);
          expect(behind).toEqual(codes.length === 0 ? [] : [[at, at + BigInt(Math.min(codes.length, string))]]);
        },
      ),
    );
  });

  test.each([(1n << 63n) - 1n, 1n << 32n, 0x8000_0000n])('of a length of %i is cut', (length) => {
    const { texts } = read(Buffer.alloc(64, 0x61), length, 8);
    expect(texts).toEqual([`"aaaaaaaa"… (${length} bytes)`]);
  });

  test('of a length that no value has is invalid, and still no more is read', () => {
    const { texts, reads } = read(Buffer.alloc(64, 0x61), (1n << 64n) - 1n, 8);
    expect(texts).toEqual(['<invalid length 0xffffffffffffffff>']);
    for (const [start, end] of reads) expect(end - start).toBeLessThanOrEqual(8n);
  });

  test('of a CStr ends before its NUL, which does not count', () => {
    expect(read(Buffer.from('ab\0'), 3n, 8, cstr).texts).toEqual(['"ab"']);
    expect(read(Buffer.from('abcdefgh\0'), 9n, 8, cstr).texts).toEqual(['"abcdefgh"']);
    expect(read(Buffer.from('abcdefghi\0'), 10n, 8, cstr).texts).toEqual(['"abcdefgh"… (9 bytes)']);
  });

  test('of length 0 is never read; of more, an address that is not there is unreadable', () => {
    expect(read(new Uint8Array(), 0n, 8).texts).toEqual(['""']);
    expect(read(new Uint8Array(), 3n, 8).texts).toEqual(['<unreadable 0x100000>']);
  });

  test('of which a part is the same at every hit is followed with that', () => {
    const length: Placed = wordAt({ kind: 'constant', bytes: memory(3n) }, 8);
    const held = { rdi: at };
    const { texts } = enter([argument('s', str, [register('rdi'), length])], { held, memory: [[at, 'abcdef']] });
    expect(texts).toEqual(['"abc"']);
  });

  test('of which a part is not known is not followed', () => {
    const pieces = [gone, register('rsi', 8)];
    const { texts, reads } = enter([argument('s', str, pieces)], { held: { rsi: 5n } });
    expect(texts).toEqual(['<gone>']);
    expect(reads).toEqual([]);
    const unread = enter([argument('s', str, [stack(8), register('rsi', 8)])], { held: { rsi: 5n } });
    expect(unread.texts).toEqual(['<unreadable>']);
    expect(unread.reads).toEqual([[sp + 8n, sp + 16n]]);
    const lost = enter([argument('s', str, [inMemory('rdi', 0n, 16, [0n])])], { held: { rdi: 0x1000n } });
    expect(lost.texts).toEqual(['<unreadable>']);
  });
});

describe('at an exit', () => {
  const hit = (site: Parameters<typeof probeSite>[0], before: Held, after: Held, write: [bigint, bigint][] = []) => {
    const traced = new TracedMachine([probeSite(site)]);
    traced.enter(mainThread, 0, sp, before);
    for (const [at, value] of write) traced.machine.user.writeWord(at, value);
    traced.exit(mainThread, 0, sp, after);
    const record = traced.records().at(-1);
    if (record?.kind !== 'exit') throw new Error('no record of the exit');
    return record.capture;
  };
  const sret = { ...result, mode: 'sret' as const, pieces: [inMemory('rax', 0n, 8)] };

  test('an argument is read once more by the words it had at entry', () => {
    const after = [{ name: 's', type: '&mut u64', shape: u64, evidence: 'verified' as const, words: [1, 0] }];
    const capture = hit(
      { saved: ['rsi', 'rdi'], after, plan: { args: [], ret: { ...result, pieces: [register('rax')] } } },
      { rdi: 0x1000n, rsi: 0x2000n },
      { rax: 1n },
    );
    expect(wordsOf(capture)).toEqual([[1n], [0x1000n, 0x2000n]]);
  });

  test.each([
    [3n, 3n],
    [0xffff_ffff_0000_0003n, 3n],
    [0x7fff_ffffn, 0x7fff_ffffn],
    [0xffff_ffffn, 0n],
  ])('of a count of 32 bits in rax, %i, %i is a length', (rax, length) => {
    const words = [0, { result: 4 }, { constant: 7n }];
    const after = [{ name: 's', type: '*mut u8', shape: u64, evidence: 'given' as const, words }];
    const capture = hit({ saved: ['rsi'], after, plan: { args: [], ret: result } }, { rsi: 0x1000n }, { rax });
    expect(wordsOf(capture).at(-1)).toEqual([0x1000n, length, 7n]);
  });

  test('a result in memory is read where rax says, or where the entry’s register said', () => {
    expect(wordsOf(hit({ plan: { args: [], ret: sret } }, {}, { rax: 0x1000n }, [[0x1000n, 5n]]))).toEqual([[5n]]);
    const atEntry = { ...sret, pieces: [{ ...inMemory('rdi', 0n, 8), atEntry: true as const }] };
    const saved = hit({ saved: ['rdi'], plan: { args: [], ret: atEntry } }, { rdi: 0x1000n }, {}, [[0x1000n, 6n]]);
    expect(wordsOf(saved)).toEqual([[6n]]);
  });

  test('its own place of the result goes before the plan’s', () => {
    const returns = { mode: 'sites' as const, exits: [exitSite({ result: [stack(-16)] })] };
    expect(wordsOf(hit({ returns }, {}, { rax: 1n }, [[sp - 16n, 7n]]))).toEqual([[7n]]);
  });

  test('a tail call tells nothing of a result in registers', () => {
    const returns = { mode: 'sites' as const, exits: [tailCall()] };
    const capture = hit({ returns }, {}, { rax: 1n });
    expect(capture).toMatchObject({ slots: [], values: [] });
  });

  test.each([
    [[] as Register[], false],
    [['rsi'] as Register[], false],
    [['rsi', 'rdx'] as Register[], true],
    [['rcx'] as Register[], true],
    [['r8'] as Register[], false],
  ])('a tail call that passes %j: whether the result’s memory is handed on: %s', (passes, isPassed) => {
    const pair = named('P', 16, field('a', 0, u64), field('b', 8, u64));
    const ret = { ...sret, shape: pair, pieces: [inMemory('rax', 0n, 16)] };
    const returns = { mode: 'sites' as const, exits: [tailCall({ passes })] };
    const capture = hit(
      { saved: ['rdi'], returns, plan: { args: [], ret } },
      { rdi: 0x1000n },
      // Its first byte, its last, and the one behind it.
      { rsi: 0xfffn, rdx: 0x1000n, rcx: 0x100fn, r8: 0x1010n },
      [
        [0x1000n, 1n],
        [0x1008n, 2n],
      ],
    );
    expect(wordsOf(capture)).toEqual([[1n, 2n]]);
    expect(capture.isPassed).toBe(isPassed);
  });
});

describe('layouts', () => {
  const places = fc.oneof(
    fc.constantFrom<Placed>(register('rdi'), register('r9'), gone, inMemory('rdx', 8n, 8, [0n])),
    fc.nat({ max: 100 }).map((slot) => stack(slot * 8)),
  );
  const shapes = fc.constantFrom<ValueShape>(u64, cString, str, option(str, 16, 0, 0n));
  const args = fc.array(
    fc.tuple(shapes, fc.array(places, { maxLength: 2 })).map(([shape, of]) =>
      argument(
        'a',
        shape,
        of.map((piece, i) => ({ ...piece, valueOffset: 8 * i })),
      ),
    ),
    { maxLength: 12 },
  );
  const extent = (piece: Piece): [number, number][] =>
    piece.kind === 'memory'
      ? [
          [piece.at, piece.at + piece.size],
          [piece.resultAt, piece.resultAt + 8],
        ]
      : [[piece.at, piece.at + 8]];
  const check = (layout: CaptureLayout, start: number): void => {
    const all = layout.pieces.flatMap(extent);
    for (const [from, to] of all) {
      expect(from).toBeGreaterThanOrEqual(start);
      expect(to).toBeLessThanOrEqual(layout.blocks);
    }
    const results = layout.pieces.flatMap((piece) => (piece.kind === 'memory' ? [piece.resultAt] : []));
    for (const at of results) expect(at % 8).toBe(0);
    // A slot's pieces may overwrite what is behind another of its own; slots keep apart.
    layout.slots.forEach(({ at, size }, i) => {
      expect(at % 8).toBe(0);
      const next = layout.slots[i + 1]?.at ?? layout.blocks;
      expect(at + size).toBeLessThanOrEqual(next);
      for (const [from, to] of all) if (from >= at && from < at + size) expect(to).toBeLessThanOrEqual(next);
    });
    expect(layout.blocks % 8).toBe(0);
    expect(layout.size % 8).toBe(0);
    expect(layout.size).toBeGreaterThanOrEqual(layout.blocks);
  };

  test('values are aligned, do not overlap, and lie between the header and the blocks', () => {
    fc.assert(
      fc.property(args, fc.integer({ min: 1, max: 4096 }), (plans, string) => {
        const site = probeSite({ plan: { args: plans, ret: result } });
        const few = { ...limits, string };
        const entry = entryLayout(site, few);
        check(entry, ENTER.captured);
        expect(entry.values).toEqual(plans.map((_, i) => ({ first: i, count: 1 })));
        check(exitLayout(site, exitSite(), few), EXIT.captured);
        expect(exitLayout(site, tailCall(), few)).toMatchObject({ pieces: [], slots: [], values: [], size: 72 });
      }),
    );
  });

  test('a record that no program could write is refused', () => {
    const many = Array.from({ length: 40 }, () => argument('a', { kind: 'opaque', size: 1_024, name: 'T' }, []));
    expect(() => entryLayout(probeSite({ plan: { args: many, ret: result } }), limits)).toThrow(
      expect.objectContaining({ code: 'usage', reason: expect.stringContaining('of at most') }),
    );
  });
});
