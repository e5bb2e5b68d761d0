import fc from 'fast-check';
import { expect, test } from 'vitest';
import { address } from '../../src/base/units.ts';
import { cheaperStart } from '../../src/code/cheaper-start.ts';
import { probeCost } from '../../src/code/cost.ts';
import { entryJumps } from '../../src/code/entry-jumps.ts';
import { emptyScan, jumpsOutOf, scan, scanOwn, tablesIn } from '../../src/code/entry-scan.ts';
import { quickCost } from '../../src/code/quick-cost.ts';

const start = 0x1000;
const scanned = (bytes: readonly number[], position = 0) => {
  const found = emptyScan();
  scan(found, Uint8Array.from(bytes), 0, bytes.length, position);
  return found;
};
const jumpsOf = (bytes: readonly number[], data: Readonly<Record<number, number[]>> = {}) => {
  const code = Uint8Array.from(bytes);
  const read = (at: bigint, length: number): Uint8Array | undefined => {
    const from = Number(at) - start;
    return from >= 0 && from + length <= code.length ? code.subarray(from, from + length) : undefined;
  };
  const readData = (at: bigint, length: number): Uint8Array | undefined => {
    const bytes = data[Number(at)];
    return bytes === undefined ? read(at, length) : Uint8Array.from(bytes).subarray(0, length);
  };
  return entryJumps({ start: address(BigInt(start)), size: BigInt(code.length) }, read, () => false, readData);
};

// sub rdi, 1; jne -6; ret
const loop = [0x48, 0x83, 0xef, 0x01, 0x75, 0xfa, 0xc3];
// test rdi, rdi; je +8; dec rdi; jmp (long) -13; ret
const longLoop = [0x48, 0x85, 0xff, 0x74, 0x08, 0x48, 0xff, 0xcf, 0xe9, 0xf3, 0xff, 0xff, 0xff, 0xc3];

test('jumps to the first instruction are found, and how they are taken', () => {
  expect(scanned(loop).targets & 1).toBe(1);
  expect(jumpsOf(loop)).toEqual([{ at: BigInt(start + 4), condition: 'ne', operand: null }]);
  expect(scanned(longLoop).targets & 1).toBe(1);
  expect(jumpsOf(longLoop)).toEqual([{ at: BigInt(start + 8), condition: null, operand: null }]);
});

test('other jumps are none: to the middle, out of the function, calls to itself', () => {
  // push rbx; jne -2 (to the jump); call itself; ret
  const code = [0x53, 0x75, 0xfe, 0xe8, 0xf8, 0xff, 0xff, 0xff, 0xc3];
  expect(scanned(code).targets).toBe(1 << 1);
  expect(jumpsOf(code)).toEqual([]);
  expect(scanned([0xe9, 0x00, 0x10, 0x00, 0x00]).outside).toEqual([0x1005]);
});

test('a loop that ends by a counter, and code that is no code', () => {
  // loop -2 to itself
  expect(jumpsOf([0xe2, 0xfe, 0xc3])).toMatch(/counter/);
  expect(jumpsOf([0x75, 0xfe, 0x06, 0xc3])).toEqual(expect.any(String));
});

test('property: a jump back from anywhere is found', () => {
  const filler = fc.uint8Array({ minLength: 0, maxLength: 300 });
  fc.assert(
    fc.property(filler, fc.constantFrom('e9', '0f84', 'eb', '74'), (before, kind) => {
      const at = before.length;
      const length = { e9: 5, '0f84': 6, eb: 2, '74': 2 }[kind];
      if (length === 2 && at > 126) return;
      const distance = Buffer.alloc(4);
      distance.writeInt32LE(-(at + length));
      const jump = [...Buffer.from(kind, 'hex'), ...(length === 2 ? [(256 - at - 2) & 0xff] : distance)];
      expect(scanned([...before, ...jump]).targets & 1).toBe(1);
      // The same from a part far away.
      if (length === 2) return;
      const far = Buffer.alloc(4);
      far.writeInt32LE(-(at + length + 0x10_0000));
      expect(scanned([...before, ...Buffer.from(kind, 'hex'), ...far], 0x10_0000).targets & 1).toBe(1);
    }),
  );
});

test('property: four bytes at a time, the same is found', () => {
  const telling = fc.constantFrom(0xff, 0xe9, 0x0f, 0x84, 0x8d, 0x05, 0x24, 0xe0, 0xeb, 0x74, 0xfe, 0);
  const code = fc.array(fc.oneof(telling, fc.nat(255)), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(code, fc.nat(7), fc.nat(7), (inside, before, behind) => {
      const all = [...new Array(before).fill(0xff), ...inside, ...new Array(behind).fill(0xff)];
      const bytes = Uint8Array.from(all);
      const words = new Int32Array(bytes.buffer, 0, all.length >> 2);
      const at = { bytes, from: before, length: inside.length };
      const found = emptyScan();
      scanOwn(found, { ...at, words });
      const { targets, hasIndirect } = scanned(inside);
      expect(found).toEqual({ targets, hasIndirect, outside: [] });
      expect(tablesIn({ ...at, words })).toEqual(tablesIn({ ...at, words: null }));
    }),
    { numRuns: 3_000 },
  );
});

test('property: what quickCost says, probeCost says too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 15, maxLength: 15 }), (bytes) => {
      const quick = quickCost(bytes, 0);
      if (quick !== null) expect(probeCost(bytes).cost).toBe(quick);
    }),
    { numRuns: 20_000 },
  );
});

test('tables that code may jump through', () => {
  // lea rcx, [rip+0x10]; jmp rax; jmp [rax*8 + 0x4000]
  const code = Uint8Array.from([0x48, 0x8d, 0x0d, 0x10, 0, 0, 0, 0xff, 0xe0, 0xff, 0x24, 0xc5, 0, 0x40, 0, 0]);
  expect(scanned([...code]).hasIndirect).toBe(true);
  expect(tablesIn({ bytes: code, words: null, from: 0, length: code.length })).toEqual({
    relative: [0x17],
    absolute: [0x4000],
  });
  // Through a pointer of the linker's: no table.
  expect(scanned([0xff, 0x25, 1, 2, 3, 4]).hasIndirect).toBe(false);
});

test('jumps out of a stretch, those inside left out', () => {
  const found: number[] = [];
  jumpsOutOf(Uint8Array.from([0x90, 0x75, 0xfd, 0xe9, 0xf0, 0xff, 0xff, 0xff]), 0, 8, (target) => found.push(target));
  expect(found).toEqual([-8]);
});

test('a cheaper instruction of the straight code at the begin', () => {
  const never = () => false;
  // sub rsp, 8; push rbx
  const code = Uint8Array.from([0x48, 0x83, 0xec, 0x08, 0x53, 0xc3]);
  expect(cheaperStart(code, never)).toBe(4);
  expect(cheaperStart(code, (position) => position === 4)).toBe(0);
  // The begin is left by a return before one comes; or cut off in the middle.
  expect(cheaperStart(Uint8Array.from([0x48, 0x89, 0xf8, 0xc3, 0x53]), never)).toBe(0);
  expect(cheaperStart(Uint8Array.from([0x48, 0x89]), never)).toBe(0);
});
