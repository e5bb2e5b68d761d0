import { expect, test } from 'vitest';
import { predecessorsOf, RegionEntries } from '../../src/code/region-entries.ts';
import { at } from './assembled.ts';
import { flowOf } from './flow-of.ts';

type Part = readonly (readonly [start: number, end: number])[];

const entriesOf = (code: string, part: Part): RegionEntries => {
  const flow = flowOf(code);
  const ranges = part.map(([start, end]) => ({ start: at(start), end: at(end) }));
  return new RegionEntries(flow, ranges, predecessorsOf(flow));
};

const foundIn = (code: string, part: Part): { first: bigint[]; heads: bigint[] } => {
  const entries = entriesOf(code, part);
  const first = entries.firstEntries();
  return { first, heads: entries.heads(first) };
};

test('a part that control comes into at one place', () => {
  // test edi, edi; je 0x1007; inc eax; 0x1006: ret; 0x1007: dec eax; ret
  expect(foundIn('85 ff 74 03 ff c0 c3 ff c8 c3', [[0x1007, 0x1009]])).toEqual({ first: [0x1007n], heads: [0x1007n] });
});

test('a jump out of the part is no beginning: it stands there for the order of the blocks', () => {
  // test edi, edi; je 0x1008; inc eax; 0x1006: jmp 0x100a; 0x1008: dec eax; 0x100a: ret
  const code = '85 ff 74 04 ff c0 eb 02 ff c8 c3';
  expect(
    foundIn(code, [
      [0x1006, 0x1008],
      [0x1008, 0x100a],
    ]).first,
  ).toEqual([0x1008n]);
  // One that goes on in the part may be where it begins.
  expect(foundIn(code, [[0x1006, 0x100b]]).first).toEqual([0x1006n, 0x1008n]);
});

test('what control is joined to from elsewhere is not where the part begins', () => {
  // test edi, edi; je 0x1006; inc eax; 0x1006: dec eax; ret: the part is the last three
  expect(foundIn('85 ff 74 02 ff c0 ff c8 c3', [[0x1004, 0x1009]])).toEqual({
    first: [0x1004n, 0x1006n],
    heads: [0x1004n],
  });
});

test('entries that lead to each other, or not at all, are both kept', () => {
  // test edi, edi; je 0x1006; 0x1004: inc eax; 0x1006: dec eax; jne 0x1004; ret
  expect(foundIn('85 ff 74 02 ff c0 ff c8 75 fa c3', [[0x1004, 0x100a]]).heads).toEqual([0x1004n, 0x1006n]);
  // test edi, edi; je 0x1007; 0x1004: inc eax; ret; 0x1007: dec eax; ret
  expect(
    foundIn('85 ff 74 03 ff c0 c3 ff c8 c3', [
      [0x1004, 0x1006],
      [0x1007, 0x1009],
    ]).heads,
  ).toEqual([0x1004n, 0x1007n]);
});
