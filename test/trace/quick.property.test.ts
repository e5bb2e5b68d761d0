import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { TextBytes } from '../../src/base/text-bytes.ts';
import { BLOCK, ENTER, FOLLOW } from '../../src/trace/bpf/records.ts';
import { decodeShape } from '../../src/trace/decode/decode.ts';
import { quickShape } from '../../src/trace/quick/plan.ts';
import type { QuickText } from '../../src/trace/quick/quick.ts';
import { type Block, Snapshot } from '../../src/trace/snapshot.ts';
import { behind } from './shown-values.ts';

const size = fc.constantFrom(8, 16, 24);
const offset = fc.nat(20);
const name = fc.constantFrom('', 'Point', 'x', 'a\u202eb', 'ö');
const form = fc.constantFrom('unit', 'tuple', 'named') as fc.Arbitrary<'unit' | 'tuple' | 'named'>;
const counts = fc.constantFrom(null, null, null, { strong: 0, weak: 8 });
const place = fc.record({ data: fc.constantFrom(0, 0, 0, 8), add: fc.constantFrom(0, 0, 3, 16), counts });
const tagSize = fc.constantFrom(1, 2, 4, 8, 16) as fc.Arbitrary<1 | 2 | 4 | 8 | 16>;
const bound = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n }),
  fc.bigInt({ min: 0n, max: 300n }),
  fc.constantFrom(1n << 63n, (1n << 64n) - 1n, 0x1000n),
);

const { shape } = fc.letrec<{ shape: ValueShape; field: { name: string; offset: number; shape: ValueShape } }>(
  (tie) => ({
    field: fc.record({ name, offset, shape: tie('shape') }),
    shape: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.record({ kind: fc.constant('int' as const), size: tagSize, signed: fc.boolean() }),
      fc.constant({ kind: 'bool', size: 1 } as const),
      fc.constant({ kind: 'char', size: 4 } as const),
      fc.constantFrom<ValueShape>({ kind: 'float', size: 4 }, { kind: 'float', size: 8 }, { kind: 'float', size: 2 }),
      fc.constantFrom<ValueShape>(
        { kind: 'unit', size: 0 },
        { kind: 'address', size: 8 },
        { kind: 'fixed', size: 0, text: 'PhantomData<\u202e>' },
        { kind: 'cut', size: 4, why: 'redacted' },
        { kind: 'cut', size: 4, why: 'depth' },
      ),
      fc.record({
        kind: fc.constant('text' as const),
        size: fc.constantFrom(16, 24),
        behind: place,
        length: fc.constantFrom(8, 8, 8, 0, 16),
        of: fc.constantFrom('utf8', 'utf8', 'bytes', 'c') as fc.Arbitrary<'utf8' | 'bytes' | 'c'>,
      }),
      fc.record({ kind: fc.constant('pointer' as const), size, behind: place, target: tie('shape') }),
      fc.record({
        kind: fc.constant('sequence' as const),
        size,
        behind: place,
        length: fc.constantFrom(8, 8, 16),
        element: tie('shape'),
      }),
      fc.record({
        kind: fc.constant('struct' as const),
        size,
        name,
        form,
        fields: fc.array(tie('field'), { maxLength: 3 }),
      }),
      fc.record({
        kind: fc.constant('c-enum' as const),
        size: tagSize,
        signed: fc.boolean(),
        variants: fc.array(fc.record({ name, value: fc.bigInt({ min: -3n, max: 3n }) }), { maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('enum' as const),
        size,
        tag: fc.option(fc.record({ offset: fc.constantFrom(0, 0, 8, 20), size: tagSize })),
        variants: fc.array(
          fc.record({
            name,
            form,
            fields: fc.array(tie('field'), { maxLength: 2 }),
            values: fc.option(
              fc.array(
                bound.map((low) => ({ low, high: low })),
                { maxLength: 2 },
              ),
            ),
          }),
          { maxLength: 3 },
        ),
      }),
    ) as fc.Arbitrary<ValueShape>,
  }),
);

// Words that point into the blocks, are small, or are noise.
const base = 0x1000n;
const word = fc.oneof(
  { weight: 5, arbitrary: fc.nat(60).map((i) => base + BigInt(i)) },
  { weight: 5, arbitrary: fc.bigInt({ min: 0n, max: 9n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) },
);
const words = fc
  .array(word, { minLength: 4, maxLength: 12 })
  .map((all) => new Uint8Array(new BigUint64Array(all).buffer));
const bytes = fc.oneof(
  words,
  fc.string({ maxLength: 40 }).map((text) => new Uint8Array(Buffer.from(text))),
);
const block: fc.Arbitrary<Block> = fc
  .record({
    address: fc.nat(60).map((i) => base + BigInt(i)),
    bytes,
    isUnreadable: fc.constantFrom(false, false, false, true),
  })
  .map((one) => (one.isUnreadable ? { ...one, bytes: new Uint8Array(0) } : one));

const own = 96;
const first = ENTER.captured + own;

/** A record with one value's bytes and blocks, some bytes into a view. */
const recordOf = (value: Uint8Array, blocks: readonly Block[], start: number): DataView => {
  const parts = blocks.map(({ address, bytes: held, isUnreadable }) => {
    const part = Buffer.alloc(BLOCK.bytes + ((held.length + 7) & ~7));
    part.writeBigUInt64LE(address, BLOCK.address);
    part.writeInt32LE(isUnreadable ? -14 : held.length, BLOCK.result);
    part.set(held, BLOCK.bytes);
    return part;
  });
  const head = Buffer.alloc(first);
  head.set(value, ENTER.captured);
  const all = Buffer.concat([Buffer.alloc(start, 0x41), head, ...parts, Buffer.alloc(64, 0x41)]);
  const copy = new DataView(new Uint8Array(all).buffer);
  copy.setUint32(start + FOLLOW.used, first + parts.reduce((sum, { length }) => sum + length, 0), true);
  return copy;
};

const textBy = (quick: QuickText, view: DataView, record: number): string | null => {
  const to = new TextBytes();
  return quick(view, record, record + ENTER.captured, to) ? to.since(0) : null;
};

test('a quick text is what decoding in full shows', () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(
      shape,
      words,
      fc.array(block, { maxLength: 4 }),
      fc.constantFrom(0, 1, 5, 100),
      fc.constantFrom(0, 8, 40),
      (of, value, blocks, items, start) => {
        const quick = quickShape(of, { blocks: first, items });
        if (quick === null) return;
        const text = textBy(quick, recordOf(value, blocks, start), start);
        if (text === null) return;
        const memory = new Snapshot(blocks, false);
        const padded = new Uint8Array(own);
        padded.set(value);
        const shown = decodeShape(of, { bytes: padded, missing: [] }, { memory, concrete: () => null, items });
        expect(text).toBe(shown.text);
        expect(shown.counts).toBeUndefined();
        kinds.set(of.kind, (kinds.get(of.kind) ?? 0) + 1);
      },
    ),
    { numRuns: 20_000 },
  );
  expect([...kinds.keys()].sort()).toEqual(
    [
      'address',
      'bool',
      'c-enum',
      'char',
      'enum',
      'fixed',
      'float',
      'int',
      'pointer',
      'sequence',
      'struct',
      'text',
      'unit',
    ].sort(),
  );
});

test('a text that is ordinary is quick, cut short as well', () => {
  const str: ValueShape = { kind: 'text', size: 16, behind: behind(), length: 8, of: 'utf8' };
  const quick = quickShape(str, { blocks: first, items: 100 });
  const textOf = (held: string, length: bigint): string | null | undefined => {
    const value = new Uint8Array(new BigUint64Array([base, length]).buffer);
    const view = recordOf(value, [{ address: base, bytes: Buffer.from(held), isUnreadable: false }], 0);
    return quick && textBy(quick, view, 0);
  };
  expect(textOf("it's plain", 10n)).toBe('"it\'s plain"');
  expect(textOf('the beginning', 400n)).toBe('"the beginning"… (400 bytes)');
  expect(textOf('a "quote"', 9n)).toBeNull();
  expect(textOf('\x1b[2J', 4n)).toBeNull();
  expect(textOf('ö', 2n)).toBeNull();
});
