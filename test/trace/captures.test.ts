import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GivenShape } from '../../src/abi/given-shape.ts';
import type { ArgPlan, Place, Register } from '../../src/abi/model.ts';
import { ENTER, EXIT, type Piece } from '../../src/trace/bpf/records.ts';
import { entryLayout, exitLayout } from '../../src/trace/layout.ts';
import type { EnterRecord } from '../../src/trace/record.ts';
import type { Captured } from '../../src/trace/value.ts';
import { argument, mainThread, probeSite, register, result, stack, TracedMachine, u64Shape } from './traced-machine.ts';

const sp = 0x7f00_0000n;
const text: GivenShape = { kind: 'cstring', name: 'c' };
const slice: GivenShape = { kind: 'str', name: 's' };
const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const argumentRegisters: readonly Register[] = ['rdi', 'rsi', 'rdx', 'rcx', 'r8', 'r9', 'rax', 'r10', 'r15', 'rbp'];

const capturing = (args: readonly ArgPlan[], maxString = 16): TracedMachine =>
  new TracedMachine([probeSite({ plan: { args, ret: result } })], { maxString, ringBytes: 1 << 16 });

const enter = (traced: TracedMachine, regs: Partial<Record<Register, bigint>> = {}): readonly Captured[] => {
  const { rsp: _, ...others } = regs;
  traced.enter(mainThread, 0, sp, others);
  traced.exit(mainThread, 0, sp);
  const [record] = traced.records();
  return (record as EnterRecord).values;
};

describe('registers and stack slots', () => {
  test('give back what they held', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...argumentRegisters), word), { maxLength: 8 }),
        fc.array(word, { maxLength: 8 }),
        (registers, slots) => {
          const held = new Map(registers);
          const places: Place[] = [
            ...registers.map(([reg]) => register(reg)),
            ...slots.map((_, i) => stack(8 + i * 8)),
          ];
          const traced = capturing(places.map((place, i) => argument(`a${i}`, u64Shape, [place])));
          slots.forEach((value, i) => {
            traced.machine.user.writeWord(sp + BigInt(8 + i * 8), value);
          });
          const values = enter(traced, Object.fromEntries(held));
          expect(values.map(({ pieces }) => pieces[0])).toEqual([...registers.map(([reg]) => held.get(reg)), ...slots]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a slot that is not in memory is unreadable, its neighbours are not', () => {
    const traced = capturing([
      argument('a', u64Shape, [register('rdi')]),
      argument('b', u64Shape, [stack(8)]),
      argument('c', u64Shape, [{ kind: 'gone', reason: 'a vector register', size: 16 }]),
      argument('d', u64Shape, [register('rsi')]),
    ]);
    const values = enter(traced, { rdi: 1n, rsi: 2n });
    expect(values.map(({ pieces }) => pieces)).toEqual([[1n], ['unreadable'], ['gone'], [2n]]);
  });
});

describe('NUL-terminated text', () => {
  const at = 0x10_0000n;
  const read = (bytes: Uint8Array, maxString: number, pointer = at): Captured['text'] => {
    const traced = capturing([argument('s', text, [register('rdi')])], maxString);
    traced.machine.user.write(at, bytes);
    return enter(traced, { rdi: pointer })[0]?.text;
  };

  test('comes back whole where it fits, cut where it does not, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ min: 1, maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (bytes, maxString) => {
        const got = read(new Uint8Array([...bytes, 0, 0x77]), maxString);
        if (bytes.length <= maxString) expect(got).toEqual({ bytes, length: BigInt(bytes.length), status: 'ok' });
        else expect(got).toEqual({ bytes: bytes.subarray(0, maxString), length: null, status: 'truncated' });
      }),
    );
  });

  test.each([0n, 0x99_0000n, (1n << 64n) - 1n])('is unreadable at %i', (pointer) => {
    expect(read(new Uint8Array([1, 0]), 8, pointer)).toMatchObject({ status: 'unreadable', length: null });
  });

  test('that runs into memory that is not there is unreadable', () => {
    expect(read(new Uint8Array([0x41, 0x42]), 8)).toMatchObject({ status: 'unreadable' });
  });
});

describe('text with a length', () => {
  const at = 0x10_0000n;
  const read = (bytes: Uint8Array, length: bigint, maxString: number, places = [register('rdi'), register('rsi')]) => {
    const traced = capturing([argument('s', slice, places)], maxString);
    traced.machine.user.write(at, bytes);
    traced.machine.user.writeWord(sp + 8n, at);
    traced.machine.user.writeWord(sp + 16n, length);
    return enter(traced, { rdi: at, rsi: length })[0];
  };

  test('comes back as long as it is, at most as long as asked for', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.boolean(),
        (bytes, most, spilt) => {
          const places = spilt ? [stack(8), stack(16)] : undefined;
          const memory = new Uint8Array([...bytes, 1, 2, 3]);
          const got = read(memory, BigInt(bytes.length), most, places);
          const cut = bytes.length > most;
          const shown = bytes.subarray(0, most);
          expect(got?.text).toEqual({ bytes: shown, length: BigInt(bytes.length), status: cut ? 'truncated' : 'ok' });
          expect(got?.pieces).toEqual([at, BigInt(bytes.length)]);
        },
      ),
    );
  });

  test.each([1n << 63n, (1n << 64n) - 1n, 1n << 32n, 0x8000_0000n])('of a length of %i is cut', (length) => {
    expect(read(Buffer.alloc(64, 0x61), length, 8)?.text).toEqual({
      bytes: new Uint8Array(8).fill(0x61),
      length,
      status: 'truncated',
    });
  });

  test('of length 0 is never read; of more, an address that is not there is unreadable', () => {
    expect(read(new Uint8Array(), 0n, 8)?.text).toEqual({ bytes: new Uint8Array(), length: 0n, status: 'ok' });
    expect(read(new Uint8Array(), 3n, 8)?.text).toMatchObject({ status: 'unreadable', length: 3n });
  });

  test('of a pointer that could not be read is unreadable as a whole', () => {
    const traced = capturing([argument('s', slice, [stack(8), register('rsi')])]);
    expect(enter(traced, { rsi: 5n })[0]).toMatchObject({ pieces: ['unreadable', 5n], text: { status: 'unreadable' } });
  });
});

describe('layouts', () => {
  const places = fc.oneof(
    fc.constantFrom<Place>(register('rdi'), register('r9'), { kind: 'gone', reason: 'x', size: 8 }),
    fc.nat({ max: 100 }).map((slot) => stack(slot * 8)),
  );
  const shapes = fc.constantFrom<GivenShape>(u64Shape, text, slice, { kind: 'option', some: slice, name: 'o' });
  const args = fc.array(
    fc.tuple(shapes, fc.array(places, { maxLength: 2 })).map(([shape, of]) => argument('a', shape, of)),
    { maxLength: 12 },
  );
  const extent = (piece: Piece): [number, number] => [
    piece.at,
    piece.at + (piece.kind === 'register' ? 8 : piece.kind === 'stack' ? 16 : 8 + piece.capacity),
  ];

  test('pieces are aligned, do not overlap, and lie between the header and the end', () => {
    fc.assert(
      fc.property(args, fc.integer({ min: 1, max: 4096 }), (plans, maxString) => {
        const plan = { args: plans, ret: result };
        for (const [layout, start] of [
          [entryLayout(plan, maxString), ENTER.pieces],
          [exitLayout(plan, true, maxString), EXIT.pieces],
        ] as const) {
          let end: number = start;
          for (const [from, to] of layout.pieces.map(extent)) {
            expect(from % 8).toBe(0);
            expect(from).toBeGreaterThanOrEqual(end);
            end = to;
          }
          expect(layout.size).toBeGreaterThanOrEqual(end);
          expect(layout.size - end).toBeLessThan(8);
          expect(layout.size % 8).toBe(0);
        }
        const { values } = entryLayout(plan, maxString);
        expect(values.map(({ words }) => words.length)).toEqual(plans.map((one) => one.places.length));
        expect(exitLayout(plan, false, maxString)).toEqual({ pieces: [], values: [], size: EXIT.pieces });
      }),
    );
  });
});
