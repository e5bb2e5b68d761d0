import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FieldShape, ValueShape } from '../../src/abi/shape.ts';
import { holesOf } from '../../src/trace/holes.ts';
import { type Held, type Memory, spilt } from './captured.ts';

// Any shape over any memory: the machine refuses a program that leaves its record or its stack, that reads what it never
// wrote, or that doesn't end.

const start = 0x10_0000n;
const size = 1 << 11;
const rip = 0x5555_0000_0010n;

/** Words that mislead: addresses in memory, near its ends, small numbers, ones with all bits set. */
const word = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: size - 1 }).map((at) => start + BigInt(at)) },
  { weight: 6, arbitrary: fc.nat({ max: 6 }).map(BigInt) },
  { weight: 1, arbitrary: fc.constantFrom(start + BigInt(size), (1n << 64n) - 1n, 1n << 63n, rip + 0x100n) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }) },
);

const leaf = fc.constantFrom<ValueShape>(
  { kind: 'int', size: 8, signed: false },
  { kind: 'int', size: 1, signed: true },
  { kind: 'address', size: 8 },
  { kind: 'unit', size: 0 },
  { kind: 'opaque', size: 24, name: 'T' },
  { kind: 'opaque', size: 1_100, name: 'Large' },
  { kind: 'cut', size: 8, why: 'redacted' },
  { kind: 'cut', size: 3, why: 'redacted' },
  { kind: 'cut', size: 8, why: 'depth' },
);

const placed = (shapes: readonly ValueShape[]): { fields: FieldShape[]; size: number } => {
  let at = 0;
  const fields = shapes.map((shape, i) => {
    const offset = at;
    at = (at + shape.size + 7) & ~7;
    return { name: `f${i}`, offset, shape };
  });
  return { fields, size: at };
};
const behind = fc.constantFrom(
  { data: 0, add: 0, counts: null },
  { data: 0, add: 8, counts: null },
  { data: 0, add: 16, counts: { strong: 0, weak: 8 } },
  { data: 0, add: 64, counts: { strong: 0, weak: 8 } },
);

const { shape } = fc.letrec<{ shape: ValueShape }>((tie) => {
  const of = tie('shape');
  const containers = fc.tuple(fc.nat({ max: 13 }), behind, of, of).map(([kind, from, one, other]): ValueShape => {
    const { fields, size: all } = placed([one, other]);
    switch (kind) {
      case 0:
        return { kind: 'pointer', size: 8, behind: from, target: one };
      case 1:
        return { kind: 'text', size: 16, behind: from, length: 8, of: 'utf8' };
      case 2:
        return { kind: 'c-string', size: 8 };
      case 3:
        return { kind: 'sequence', size: 16, behind: from, length: 8, element: one };
      case 4:
        return { kind: 'ring', size: 32, behind: from, capacity: 8, head: 16, length: 24, tail: null, element: one };
      case 5:
        return { kind: 'ring', size: 32, behind: from, capacity: 8, head: 16, length: null, tail: 24, element: one };
      case 6: {
        const element: ValueShape = { kind: 'struct', size: all, name: '', form: 'tuple', fields };
        return { kind: 'hash-table', size: 32, control: 0, mask: 8, items: 24, element, isMap: true };
      }
      case 7: {
        const values = 8 + 11 * one.size;
        const length = values + 11 * other.size;
        const node = { size: (length + 9) & ~7, keys: 8, values, length, capacity: 11 };
        const tree = { root: 0, height: 8, length: 16, leaf: node, edges: node.size, key: one, value: other };
        return { kind: 'b-tree', size: 24, ...tree, isMap: true };
      }
      case 8: {
        const node = { size: 16 + one.size, next: 0, element: 16 };
        return { kind: 'list', size: 24, head: 0, length: 16, node, element: one };
      }
      case 9:
      case 10: {
        const known = [
          { vtable: 0x40_0110n, shape: one },
          { vtable: 0x40_0210n, shape: other },
        ];
        const counts = { strong: 0, weak: 8 };
        const at = kind === 9 ? { add: 0, counts: null } : { add: null, counts };
        return { kind: 'dyn', size: 16, data: 0, vtable: 8, ...at, trait: 'T', known };
      }
      case 11: {
        const made = { kind: 'struct' as const, size: all, name: 'M', form: 'named' as const, fields };
        return { kind: 'io-error', size: 8, kinds: null, message: made, custom: made };
      }
      case 12:
        return {
          kind: 'enum',
          size: 8 + all,
          tag: { offset: 0, size: 8 },
          variants: [
            { name: 'A', form: 'unit', fields: [], values: [{ low: 0n, high: 0n }] },
            {
              name: 'B',
              form: 'tuple',
              fields: [{ name: '0', offset: 8, shape: one }],
              values: [{ low: 1n, high: 3n }],
            },
            { name: 'C', form: 'tuple', fields: [{ name: '0', offset: 8, shape: other }], values: null },
          ],
        };
      default:
        return { kind: 'struct', size: all, name: 'S', form: 'named', fields };
    }
  });
  const arrays = fc
    .tuple(of, fc.nat({ max: 3 }))
    .map(([element, count]): ValueShape => ({ kind: 'array', size: element.size * count, element, count }));
  return { shape: fc.oneof({ maxDepth: 4, depthSize: 'large' }, leaf, containers, containers, containers, arrays) };
});

const limits = fc.record({
  string: fc.integer({ min: 0, max: 64 }),
  items: fc.integer({ min: 1, max: 20 }),
  steps: fc.nat({ max: 400 }),
  blocks: fc.constantFrom(0, 8, 16, 24, 100, 500, 4_096),
});
const words = fc.noShrink(fc.array(word, { minLength: size / 8, maxLength: size / 8, size: 'max' }));

test('whatever the shape and the memory, a program ends, stays in bounds, and brings what memory holds', () => {
  fc.assert(
    fc.property(shape, words, words, limits, (one, own, behindIt, few) => {
      fc.pre(one.size <= 1_024);
      const bytes = Buffer.alloc((one.size + 7) & ~7);
      own.slice(0, bytes.length / 8).forEach((value, i) => {
        bytes.writeBigUInt64LE(value, 8 * i);
      });
      const held: Held = { rip };
      const memory: Memory = [[start, ...behindIt]];
      const all = Buffer.alloc(size);
      behindIt.forEach((value, i) => {
        all.writeBigUInt64LE(value, 8 * i);
      });
      const { capture, texts, reads } = spilt(one, bytes, {
        held,
        memory,
        limits: few,
        site: { entryAddress: 0x40_0010n, concrete: () => null },
      });
      for (const hole of holesOf(one, 0))
        expect(capture.slots[0]?.missing).toContainEqual({ ...hole, why: 'redacted' });
      for (const [from, to] of reads) {
        const at = Number(from - start);
        const brought = capture.memory.from(from);
        if (at < 0 || to > start + BigInt(size) || !(brought instanceof Uint8Array)) continue;
        // Bytes that may not be read are zeros.
        const differs = brought.findIndex((byte, i) => byte !== 0 && byte !== all[at + i]);
        expect(differs).toBe(-1);
      }
      expect(typeof texts[0]).toBe('string');
    }),
    { numRuns: 400 },
  );
});
