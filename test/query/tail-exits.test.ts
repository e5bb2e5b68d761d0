import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/base/units.ts';
import { findExits } from '../../src/code/exits.ts';
import type { SymbolTable } from '../../src/elf/symbols.ts';
import type { ImageCode } from '../../src/query/exits.ts';
import type { Relocations } from '../../src/query/relocations.ts';
import { followTailJumps } from '../../src/query/tail-exits.ts';
import { at, bytesOf, type Memory, readerOf, shortly } from '../code/assembled.ts';

type Names = Readonly<Record<number, string>>;

/** The exits of the function at 0x1000, its tail jumps followed; each block of memory is a function. */
const exitsOf = (
  memory: Memory,
  names: Names = {},
  slots: Readonly<Record<number, number>> = {},
): string[] | string => {
  const starts = Object.keys(memory).map(Number);
  const reader = readerOf(memory);
  const sizeOf = (place: number): bigint => BigInt(bytesOf(memory[place] ?? '').length);
  const isStart = (place: Address): boolean => starts.includes(Number(place));
  const code = {
    sweep: (fn: { address: Address; size: bigint }) => findExits({ start: fn.address, size: fn.size }, reader, isStart),
  } as unknown as ImageCode;
  const symbols = {
    at: (place: Address) => (isStart(place) ? [Number(place)] : []),
    address: (row: number) => at(row),
    size: sizeOf,
    name: (row: number) => names[row] ?? 'f',
    raw: (row: number) => names[row] ?? 'f',
  } as unknown as SymbolTable;
  const relocations = {
    addressAt: (slot: bigint) => (slots[Number(slot)] === undefined ? null : BigInt(slots[Number(slot)] ?? 0)),
  } as unknown as Relocations;
  const own = code.sweep({ address: at(0x1000), size: sizeOf(0x1000), parts: [] });
  return own.complete ? shortly(followTailJumps(own, symbols, code, relocations)) : own.reason;
};

/** `jmp` from one address to another. */
const jump = (from: number, to: number): string => {
  const bytes = Buffer.alloc(5, 0xe9);
  bytes.writeInt32LE(to - from - 5, 1);
  return bytes.toString('hex').replace(/../g, '$& ');
};

describe('the exits behind a tail jump', () => {
  test('take its place, and are shared with others', () => {
    expect(exitsOf({ 4096: `90 ${jump(0x1001, 0x2000)}`, 8192: '90 c3' })).toEqual(['return@2001+']);
  });

  test('of two ways to one function come once', () => {
    // test edi, edi; je +5; jmp 0x2000; jmp 0x2000
    const two = `85 ff 74 05 ${jump(0x1004, 0x2000)} ${jump(0x1009, 0x2000)}`;
    expect(exitsOf({ 4096: two, 8192: 'c3' })).toEqual(['return@2000+']);
  });

  test('are followed through several functions, and in a circle', () => {
    const chain = { 4096: jump(0x1000, 0x2000), 8192: jump(0x2000, 0x3000), 12288: 'c3' };
    expect(exitsOf(chain)).toEqual(['return@3000+']);
    // je 0x2000 in 0x3000, which returns else.
    const circle = { ...chain, 12288: `74 05 ${jump(0x3002, 0x2000)} c3` };
    expect(exitsOf(circle)).toEqual(['return@3007+']);
  });

  test('not deeper than a few functions', () => {
    const starts = [0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000];
    const memory = Object.fromEntries(starts.map((from) => [from, from === 0x6000 ? 'c3' : jump(from, from + 0x1000)]));
    expect(exitsOf(memory)).toEqual(['tail-jump@5000>6000+']);
  });

  test('stay where the code behind can’t be looked through, or everything comes there', () => {
    const own = jump(0x1000, 0x2000);
    // An invalid instruction; no function; one that frees memory; a jump through a register.
    expect(exitsOf({ 4096: own, 8192: '06 06' })).toEqual(['tail-jump@1000>2000']);
    expect(exitsOf({ 4096: own })).toEqual(['tail-jump@1000>2000']);
    expect(exitsOf({ 4096: own, 8192: 'c3' }, { 8192: 'core::ptr::drop_in_place::<T>' })).toEqual([
      'tail-jump@1000>2000',
    ]);
    expect(exitsOf({ 4096: own, 8192: 'ff e0' })).toEqual(['tail-jump@1000>2000']);
  });

  test('through a slot that the linker fills with an address of the file', () => {
    // jmp [rip+0x10]
    const indirect = { 4096: 'ff 25 10 00 00 00', 8192: 'c3' };
    expect(exitsOf(indirect, {}, { 4118: 0x2000 })).toEqual(['return@2000+']);
    expect(exitsOf(indirect)).toHaveLength(1);
    expect(exitsOf(indirect)).not.toEqual(['return@2000+']);
  });

  test('that are conditional are the same: the call ends behind them or goes on', () => {
    // test edi, edi; je 0x2000 (rel32); ret
    expect(exitsOf({ 4096: '85 ff 0f 84 f8 0f 00 00 c3', 8192: '90 c3' })).toEqual(['return@2001+', 'return@1008']);
  });

  test('of a function with very many are left alone', () => {
    // 60 times: test edi, edi; je +1; ret
    const many = `${'85 ff 74 01 c3 '.repeat(60)}c3`;
    expect(exitsOf({ 4096: jump(0x1000, 0x2000), 8192: many })).toEqual(['tail-jump@1000>2000']);
  });
});
