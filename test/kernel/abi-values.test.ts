import { describe, expect, test } from 'vitest';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { compareCalls } from '../support/probed-calls.ts';
import { unsigned } from '../support/uprobe.ts';

// biome-ignore format: a list
const outOfLine = ['dead', 'constant', 'length', 'promoted', 'fields', 'dropped', 'half', 'payload', 'left', 'guarded', 'escaping',
  'tail', 'target', 'through', 'plain'];
const inlined = ['plus', 'scaled', 'mixed', 'turned', 'pick', 'hashed'];

describeNeeding(['kernel', 'tracefs', 'root'], 'values at the places that show names, read by the kernel', () => {
  describe('functions that the optimiser changed', () => {
    for (const level of ['0', '1', '2', '3', 's', 'z']) {
      test(`opt-level ${level}: every value is the program's own, or marked`, () => {
        const { faults, right } = compareCalls(fixture(`abi-changed/level-${level}`), [], [...outOfLine, ...inlined], {
          crate: 'changed',
          // Above level 1 one body is left of two.
          same: level === '0' || level === '1' ? {} : { right: 'left' },
          results: { 'changed::Point': (bytes) => [0, 8, 16].map((at) => unsigned(bytes.subarray(at, at + 8)) ?? -1n) },
        });
        expect(faults).toEqual([]);
        // What nothing could have changed has to be there, or the comparison compared nothing.
        for (const value of [
          'target.a',
          'target.b',
          'target.ret',
          'plain.text',
          'escaping.b',
          'through.a',
          'dead.b',
          'plus.ret',
          'scaled.a',
          'scaled.b',
          'scaled.ret',
          'pick.at',
        ])
          expect(right.get(value) ?? 0, value).toBeGreaterThan(0);
      });
    }
  });

  describe('seven signatures', () => {
    const names = ['parse', 'greet', 'dynspeak', 'scale', 'maybe', 'big', 'hello'];
    const results = {
      'seven::Big': (bytes: Uint8Array) => [0, 8, 16].map((at) => unsigned(bytes.subarray(at, at + 8)) ?? -1n),
      // Capacity and length; the pointer between them is not printed.
      'alloc::string::String': (bytes: Uint8Array) => [0, 16].map((at) => unsigned(bytes.subarray(at, at + 8)) ?? -1n),
      'core::result::Result<i32, u8>': (bytes: Uint8Array) =>
        bytes[0] === 0 ? [0n, unsigned(bytes.subarray(4, 8)) ?? -1n] : [1n, BigInt(bytes[1] ?? -1)],
    };
    for (const variant of ['release', 'debug']) {
      test(`${variant}: every value is the program's own, or marked`, () => {
        const path = fixture(`abi-seven/${variant}`);
        const { faults, right } = compareCalls(path, ['1', '2', '3', '4'], names, { crate: 'seven', results });
        expect(faults).toEqual([]);
        for (const value of ['hello.i', 'hello.len', 'hello.ret', 'maybe.ret', 'dynspeak.x', 'big.x', 'greet.n'])
          expect(right.get(value) ?? 0, value).toBeGreaterThan(0);
      });
    }
  });
});
