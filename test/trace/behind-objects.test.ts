import { describe, expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { expectUnread, secret, show, text } from './behind.ts';
import { type Entered, type Memory, spilt } from './captured.ts';
import { dyn, redacted } from './sample-shapes.ts';
import { field, memory, named, option, reference, str, u64 } from './shown-values.ts';

describe('a trait object', () => {
  const linked = 0x40_0000n;
  const load = 0x5555_0000_0000n;
  const vtable = (at: bigint, size: bigint, align: bigint): Memory[number] => [load + at, 0x1234n, size, align];
  const cat = named('Cat', 16, field('name', 0, str));
  /** Concrete types by their vtables as linked; the program is loaded elsewhere. */
  const traced = (shape: ValueShape, own: Uint8Array, ...rest: Memory): Entered =>
    spilt(shape, own, {
      memory: rest,
      held: { rip: load + 0x10n },
      site: {
        entryAddress: linked + 0x10n,
        concrete: (at) => (at === linked + 0x8000n ? cat : at === linked + 0x8100n ? u64 : null),
      },
    });

  test('is looked into by its vtable; what its type points to only where that is known beforehand', () => {
    const own = memory(0x1000n, load + 0x8000n);
    const rest: Memory = [vtable(0x8000n, 16n, 8n), [0x1000n, 0x2000n, 3n], [0x2000n, 'Tom']];
    const known = [{ vtable: linked + 0x8000n, shape: cat }];
    expect(traced(dyn({ known }), own, ...rest).texts).toEqual(['Cat { name: "Tom" }']);
    expect(traced(dyn(), own, ...rest).texts[0]).toMatch(/^Cat \{ name: <\w+ 0x2000> \}$/);
    expect(traced(dyn({ known: [{ vtable: linked + 0x9000n, shape: cat }] }), own, ...rest).texts[0]).toMatch(
      /<\w+ 0x2000>/,
    );
    expect(traced(dyn(), memory(0x1000n, load + 0x8200n), vtable(0x8200n, 8n, 8n), [0x1000n, 1n]).texts).toEqual([
      '<dyn app::Animal at 0x1000>',
    ]);
  });

  test('of which no more is read than its type has', () => {
    const { texts, reads } = traced(dyn(), memory(0x1000n, load + 0x8100n), vtable(0x8100n, 8n, 8n), [
      0x1000n,
      9n,
      secret,
    ]);
    expect(texts).toEqual(['9']);
    expect(reads.filter(([start]) => start === 0x1000n)).toEqual([[0x1000n, 0x1008n]]);
  });

  test.each([
    [1n, 0x1010n],
    [8n, 0x1010n],
    [16n, 0x1010n],
    [32n, 0x1020n],
    [128n, 0x1080n],
  ])('in an Rc, aligned to %i, begins behind its counters', (align, at) => {
    const rc = dyn({ add: null, counts: { strong: 0, weak: 8 } });
    const { texts, capture } = traced(
      rc,
      memory(0x1000n, load + 0x8100n),
      vtable(0x8100n, 8n, align),
      [0x1000n, 1n, 2n],
      [at, 77n],
    );
    expect(texts).toEqual(['77']);
    expect(Buffer.from(capture.memory.from(0x1000n) as Uint8Array).subarray(0, 16)).toEqual(
      Buffer.from(memory(1n, 2n)),
    );
  });

  test('of null, with no vtable, or with one that is damaged misleads nobody', () => {
    const known = [{ vtable: linked + 0x8000n, shape: cat }];
    expect(traced(dyn(), memory(0n, load + 0x8000n), vtable(0x8000n, 16n, 8n)).texts).toEqual(['NULL']);
    expect(traced(dyn(), memory(0x1000n, 0n)).texts[0]).toMatch(/^</);
    expect(traced(dyn(), memory(0x1000n, load + 0x8100n)).texts[0]).toMatch(/^</);
    // The memory says of the known type's vtable that it is smaller than it is.
    const short = traced(
      dyn({ known }),
      memory(0x1000n, load + 0x8000n),
      vtable(0x8000n, 1n, 8n),
      [0x1000n, 0x2000n, 3n],
      [0x2000n, 'Tom'],
    );
    expect(short.texts).toEqual(['Cat { name: "Tom" }']);
    const odd = traced(dyn({ add: null, known }), memory(0x1000n, load + 0x8000n), vtable(0x8000n, 16n, 0n), [
      0x1000n,
      1n,
      2n,
      3n,
      4n,
    ]);
    expect(odd.texts[0]).toMatch(/^</);
  });

  test('of a type with redacted parts: these are never read', () => {
    const login = named('Login', 16, field('id', 0, u64), field('password', 8, redacted(8)));
    const known = [{ vtable: linked + 0x8000n, shape: login }];
    const shown = spilt(dyn({ known }), memory(0x1000n, load + 0x8000n), {
      held: { rip: load + 0x10n },
      site: { entryAddress: linked + 0x10n, concrete: () => login },
      memory: [vtable(0x8000n, 16n, 8n), [0x1000n, 1n, secret]],
    });
    expect(shown.texts).toEqual(['Login { id: 1, password: <redacted> }']);
    expectUnread(shown, [0x1008n, 0x1010n]);
  });

  test('of a type that is not known beforehand is not read where anything is redacted', () => {
    const own = memory(0x1000n, load + 0x8100n);
    const rest: Memory = [vtable(0x8100n, 8n, 8n), [0x1000n, secret]];
    const known = [{ vtable: linked + 0x8000n, shape: cat }];
    const site = { entryAddress: linked + 0x10n, concrete: () => u64 };
    const held = { rip: load + 0x10n };
    const shown = spilt(dyn({ known }), own, { held, site, memory: rest, limits: { isRedacting: true } });
    expectUnread(shown, [0x1000n, 0x1008n]);
    expect(shown.texts[0]).toMatch(/^<\w+ 0x1000>$/);
    const cats: Memory = [vtable(0x8000n, 16n, 8n), [0x1000n, 0x2000n, 3n], [0x2000n, 'Tom']];
    const tom = spilt(dyn({ known }), memory(0x1000n, load + 0x8000n), {
      held,
      site: { ...site, concrete: () => cat },
      memory: cats,
      limits: { isRedacting: true },
    });
    expect(tom.texts).toEqual(['Cat { name: "Tom" }']);
  });
});

describe('an io::Error of one word', () => {
  const kinds: ValueShape = {
    kind: 'c-enum',
    size: 1,
    signed: false,
    variants: [
      { name: 'NotFound', value: 0n },
      { name: 'Other', value: 1n },
    ],
  };
  const simple = named('SimpleMessage', 24, field('kind', 16, kinds), field('message', 0, str));
  const custom = named('Custom', 24, field('kind', 16, kinds), field('error', 0, reference(u64)));
  const error: ValueShape = { kind: 'io-error', size: 8, kinds, message: simple as never, custom: custom as never };

  test.each([
    [(2n << 32n) | 2n, /^Os \{ code: 2, kind: NotFound/, 0],
    [(1n << 32n) | 3n, /^Kind\(Other\)$/, 0],
    [0x1000n, /^Error \{ kind: Other, message: "abc" \}$/, 2],
    [0x1001n, /^Custom \{ kind: Other, error: 6513249 \}$/, 2],
  ])('%i is %s', (word, shown, blocks) => {
    const { texts, reads } = show(
      error,
      memory(word),
      [0x1000n, 0x2000n, 3n, [1, 0, 0, 0, 0, 0, 0, 0]],
      [0x2000n, 'abc\0\0\0\0\0'],
    );
    expect(texts[0]).toMatch(shown);
    expect(reads.filter(([start]) => start === 0x1000n || start === 0x2000n)).toHaveLength(blocks);
  });
});

describe('values in cells', () => {
  test('are followed inside a lock, a RefCell, a OnceCell and a range', () => {
    const inner = field('0', 8, reference(u64));
    const shapes: [ValueShape, Uint8Array][] = [
      [{ kind: 'ref-cell', size: 16, borrow: 0, value: inner }, memory(0n, 0x1000n)],
      [{ kind: 'lock', size: 16, name: 'Mutex', futex: 0, poison: 4, value: inner }, memory(0n, 0x1000n)],
      [
        {
          kind: 'range',
          size: 16,
          start: field('start', 0, reference(u64)),
          end: inner,
          inclusive: false,
          exhausted: null,
        },
        memory(0x1000n, 0x1000n),
      ],
      [{ kind: 'once', size: 16, name: 'OnceCell', value: option(reference(u64), 8, 0, 0n) }, memory(0x1000n, 0n)],
      [{ kind: 'array', size: 16, element: reference(u64), count: 2 }, memory(0x1000n, 0x1000n)],
    ];
    for (const [shape, own] of shapes) expect(text(shape, own, [0x1000n, 42n])).toContain('42');
  });
});
