import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldShape, ValueShape, VariantShape } from '../../src/abi/shape.ts';
import { decodeShape } from '../../src/trace/decode/decode.ts';
import { type Block, Snapshot } from '../../src/trace/snapshot.ts';

const name = fc.oneof(fc.constantFrom('a', 'b', '', '__proto__', '$x'), fc.string({ unit: 'binary', maxLength: 6 }));
const offset = fc.nat(24);
const size = fc.constantFrom(0, 1, 2, 3, 4, 8, 16, 24, 40);
const intSize = fc.constantFrom(1, 2, 4, 8, 16) as fc.Arbitrary<1 | 2 | 4 | 8 | 16>;
const form = fc.constantFrom('unit', 'tuple', 'named') as fc.Arbitrary<'unit' | 'tuple' | 'named'>;
const counts = fc.option(fc.record({ strong: offset, weak: offset }));
const behind = fc.record({ data: offset, add: fc.nat(16), counts });
const maybeOffset = fc.option(offset);

const cEnum = fc.record({
  kind: fc.constant('c-enum' as const),
  size: intSize,
  signed: fc.boolean(),
  variants: fc.array(fc.record({ name, value: fc.bigInt({ min: -3n, max: 3n }) }), { maxLength: 4 }),
});

const { shape } = fc.letrec<{ shape: ValueShape; field: FieldShape; variant: VariantShape; fields: FieldShape[] }>(
  (tie) => ({
    field: fc.record({ name, offset, shape: tie('shape') }),
    fields: fc.array(tie('field'), { maxLength: 4 }),
    variant: fc.record({
      name,
      form,
      fields: tie('fields'),
      values: fc.option(
        fc.array(fc.record({ low: fc.bigInt({ min: 0n, max: 4n }), high: fc.bigInt({ min: 0n, max: 300n }) }), {
          maxLength: 2,
        }),
      ),
    }),
    shape: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      fc.record({ kind: fc.constant('int' as const), size: intSize, signed: fc.boolean() }),
      fc.record({
        kind: fc.constant('float' as const),
        size: fc.constantFrom(2, 4, 8, 16) as fc.Arbitrary<2 | 4 | 8 | 16>,
      }),
      fc.constantFrom<ValueShape>(
        { kind: 'bool', size: 1 },
        { kind: 'char', size: 4 },
        { kind: 'unit', size: 0 },
        { kind: 'never', size: 0 },
        { kind: 'address', size: 8 },
        { kind: 'c-string', size: 8 },
        { kind: 'ipv4', size: 4 },
        { kind: 'ipv6', size: 16 },
        { kind: 'duration', size: 16, seconds: 0, nanoseconds: 8 },
        { kind: 'cut', size: 8, why: 'depth' },
      ),
      fc.record({ kind: fc.constant('fixed' as const), size, text: name }),
      fc.record({ kind: fc.constant('opaque' as const), size, name }),
      cEnum,
      fc.record({
        kind: fc.constant('text' as const),
        size,
        behind,
        length: offset,
        of: fc.constantFrom('utf8', 'bytes', 'c') as fc.Arbitrary<'utf8' | 'bytes' | 'c'>,
      }),
      fc.record({ kind: fc.constant('struct' as const), size, name, form, fields: tie('fields') }),
      fc.record({ kind: fc.constant('array' as const), size, element: tie('shape'), count: fc.nat() }),
      fc.record(
        {
          kind: fc.constant('enum' as const),
          size,
          tag: fc.option(fc.record({ offset, size: intSize })),
          variants: fc.array(tie('variant'), { maxLength: 3 }),
          isTransparent: fc.constant(true as const),
        },
        { requiredKeys: ['kind', 'size', 'tag', 'variants'] },
      ),
      fc.record({ kind: fc.constant('pointer' as const), size, behind, target: tie('shape') }),
      fc.record({ kind: fc.constant('sequence' as const), size, behind, length: offset, element: tie('shape') }),
      fc.record({
        kind: fc.constant('ring' as const),
        size,
        behind,
        capacity: offset,
        head: offset,
        length: maybeOffset,
        tail: maybeOffset,
        element: tie('shape'),
      }),
      fc.record({
        kind: fc.constant('hash-table' as const),
        size,
        control: offset,
        mask: offset,
        items: offset,
        element: tie('shape'),
        isMap: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('b-tree' as const),
        size,
        root: offset,
        height: offset,
        length: offset,
        leaf: fc.record({ size, keys: offset, values: offset, length: offset, capacity: fc.nat(11) }),
        edges: offset,
        key: tie('shape'),
        value: tie('shape'),
        isMap: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('list' as const),
        size,
        head: offset,
        length: offset,
        node: fc.record({ size, next: offset, element: offset }),
        element: tie('shape'),
      }),
      fc.record({
        kind: fc.constant('dyn' as const),
        size,
        data: offset,
        vtable: offset,
        add: maybeOffset,
        counts,
        trait: name,
        known: fc.constant([]),
      }),
      fc.record({
        kind: fc.constant('io-error' as const),
        size: fc.constant(8 as const),
        kinds: fc.option(cEnum),
        message: fc.constant(null),
        custom: fc.option(fc.record({ kind: fc.constant('struct' as const), size, name, form, fields: tie('fields') })),
      }),
      fc.record({
        kind: fc.constant('socket-address' as const),
        size,
        ip: fc.record({ offset, shape: tie('shape') }),
        port: offset,
        scope: maybeOffset,
        flow: maybeOffset,
      }),
      fc.record({
        kind: fc.constant('range' as const),
        size,
        start: fc.option(tie('field')),
        end: fc.option(tie('field')),
        inclusive: fc.boolean(),
        exhausted: maybeOffset,
      }),
      fc.record({ kind: fc.constant('ref-cell' as const), size, borrow: offset, value: tie('field') }),
      fc.record({
        kind: fc.constant('lock' as const),
        size,
        name: fc.constantFrom('Mutex', 'RwLock') as fc.Arbitrary<'Mutex' | 'RwLock'>,
        futex: maybeOffset,
        poison: maybeOffset,
        value: tie('field'),
      }),
      fc.record({ kind: fc.constant('once' as const), size, name, value: tie('shape') }),
    ) as fc.Arbitrary<ValueShape>,
  }),
);

// Words that point into the blocks, are small, or huge: a damaged value is seldom pure noise.
const base = 0x1000n;
const word = fc.oneof(
  { weight: 4, arbitrary: fc.nat(200).map((i) => base + BigInt(i)) },
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 9n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) },
  { weight: 1, arbitrary: fc.constantFrom((1n << 64n) - 1n, 1n << 63n, (1n << 63n) - 1n) },
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 48 }),
  fc.array(word, { maxLength: 32 }).map((words) => new Uint8Array(new BigUint64Array(words).buffer)),
);
const block: fc.Arbitrary<Block> = fc.record({
  address: fc.nat(200).map((i) => base + BigInt(i)),
  bytes,
  isUnreadable: fc.boolean(),
});
const gap = fc.record({
  start: fc.nat(40),
  end: fc.nat(48),
  why: fc.constantFrom('gone', 'unreadable', 'truncated', 'redacted') as fc.Arbitrary<
    'gone' | 'unreadable' | 'truncated' | 'redacted'
  >,
});

test('any shape of any bytes gives one safe line of bounded length, and JSON', () => {
  const kinds = new Set<string>();
  fc.assert(
    fc.property(
      shape,
      bytes,
      fc.array(gap, { maxLength: 2 }),
      fc.array(block, { maxLength: 6 }),
      fc.option(shape),
      fc.boolean(),
      fc.constantFrom(0, 1, 8, 1 << 30),
      (of, own, missing, blocks, concrete, isFull, items) => {
        kinds.add(of.kind);
        const captured = { bytes: own, missing };
        const shown = decodeShape(of, captured, {
          memory: new Snapshot(blocks, isFull),
          concrete: () => concrete,
          items,
        });
        expect(shown.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(shown.text.length).toBeLessThan(1_000_000);
        expect(JSON.stringify(shown.value).length).toBeLessThan(2_000_000);
        for (const { path, strong, weak } of shown.counts ?? []) {
          expect(`${path} ${strong} ${weak}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(kinds.size).toBeGreaterThan(20);
});
