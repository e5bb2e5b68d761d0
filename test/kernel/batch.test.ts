import { expect } from 'vitest';
import type { MapSpec } from '../../src/trace/bpf/maps.ts';
import { forEachElement } from '../../src/trace/uprobe/batch.ts';
import { createMap, updateElement } from '../../src/trace/uprobe/map.ts';
import { testWith } from '../support/need.ts';

const map = (type: MapSpec['type'], keySize: number, valueSize: number, maxEntries: number): MapSpec => ({
  name: 'test',
  type,
  keySize,
  valueSize,
  maxEntries,
});

/** Fills so many elements; what is read of them, by key. */
const readBack = (spec: MapSpec, count: number): Map<number, string> => {
  using made = createMap(spec);
  for (let i = 0; i < count; i++) {
    const key = Buffer.alloc(spec.keySize);
    key.writeUInt32LE(i);
    expect(updateElement(made, key, Buffer.alloc(spec.valueSize, i & 0xff))).toBe(true);
  }
  const read = new Map<number, string>();
  forEachElement(made, spec, (key, value) => {
    expect(read.has(key.readUInt32LE())).toBe(false);
    read.set(key.readUInt32LE(), value.toString('hex'));
  });
  return read;
};

const shapes = [
  { name: 'a hash of large values, in many portions', spec: map('hash', 24, 4_000, 1_000), count: 700 },
  { name: 'a hash of small values', spec: map('hash', 8, 8, 20_000), count: 20_000 },
  { name: 'an empty hash', spec: map('hash', 4, 8, 100), count: 0 },
  { name: 'an array whose values are no multiple of 8', spec: map('array', 4, 12, 3_000), count: 3_000 },
  { name: 'an array of one element', spec: map('array', 4, 96, 1), count: 1 },
];

for (const { name, spec, count } of shapes)
  testWith('kernel')(`each element once: ${name}`, () => {
    const read = readBack(spec, count);
    expect(read.size).toBe(count);
    for (const [key, value] of read) expect(value).toBe(Buffer.alloc(spec.valueSize, key & 0xff).toString('hex'));
  });
