import { describe, expect, test } from 'vitest';
import { framesOf } from '../../src/code/frames.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { DebugCopy } from '../../src/elf/function-model.ts';
import { settledEntry } from '../../src/query/settled-entry.ts';
import { at } from '../code/assembled.ts';
import { flowOf } from '../code/flow-of.ts';

type Ranges = readonly (readonly [number, number])[];

/** Where the copy with code in `ranges` is probed instead of 0x1008; `other`: code of a copy that is inlined beside it. */
const settledAt = (code: string, ranges: Ranges, other: Ranges): number | null => {
  const flow = flowOf(code);
  const copyOf = (id: number, caller: number | null, of: Ranges): DebugCopy => ({
    id,
    kind: caller === null ? 'out-of-line' : 'inlined',
    function: id,
    address: at(of[0]?.[0] ?? 0),
    size: 0n,
    ranges: of.map(([start, end]) => ({ start: at(start), end: at(end) })),
    caller,
    callSite: null,
    die: id,
  });
  const copies = [copyOf(0, null, [[0x1000, 0x2000]]), copyOf(1, 0, ranges), copyOf(2, 0, other)];
  const has = ({ ranges: own }: DebugCopy, place: bigint): boolean =>
    own.some(({ start, end }) => place >= start && place < end);
  const debug = {
    copy: (id: number) => copies[id],
    frames: (place: bigint) =>
      copies.filter((copy) => has(copy, place)).map((copy) => ({ function: null, copy, position: null })),
  } as unknown as DebugInfo;
  const found = settledEntry(debug, copies[1] as DebugCopy, at(0x1008), flow, framesOf(flow), () => true);
  return found === null ? null : Number(found.at);
};

describe('where the first instructions are mixed with the last of the call before', () => {
  // call; sub r12, rdx; 0x1008: add r12, rbx; mov [r14+16], r12; je 0x1017; mov eax, 1; ret; xor eax, eax; ret
  const mixed = 'e8 fb 0f 00 00 49 29 d4 49 01 dc 4d 89 66 10 74 06 b8 01 00 00 00 c3 31 c0 c3';
  const own: Ranges = [
    [0x1008, 0x100b],
    [0x100f, 0x1011],
  ];

  test('memory is right behind the stores of that: it had called another function, so it has begun', () => {
    expect(
      settledAt(mixed, own, [
        [0x1000, 0x1008],
        [0x100b, 0x100f],
      ]),
    ).toBe(0x100f);
  });

  test('what has not begun before may be what the call is an argument of', () => {
    expect(settledAt(mixed, own, [[0x100b, 0x100f]])).toBeNull();
    expect(
      settledAt(mixed, own, [
        [0x1005, 0x1008],
        [0x100b, 0x100f],
      ]),
    ).toBeNull();
  });

  test('a store of the caller itself, or of its own, is not passed', () => {
    expect(settledAt(mixed, own, [[0x1000, 0x1008]])).toBeNull();
    expect(settledAt(mixed, [[0x1008, 0x1011]], [[0x1000, 0x1008]])).toBeNull();
  });

  test('nor is anything in a loop, where the other may be of the next round', () => {
    // The same, and back to the call instead of the first `ret`: jmp 0x1000.
    const loop = 'e8 fb 0f 00 00 49 29 d4 49 01 dc 4d 89 66 10 74 06 90 90 90 90 eb e9 31 c0 c3';
    expect(
      settledAt(loop, own, [
        [0x1000, 0x1008],
        [0x100b, 0x100f],
      ]),
    ).toBeNull();
  });
});
