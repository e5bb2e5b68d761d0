import { describe, expect, test } from 'vitest';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { DebugCopy } from '../../src/elf/function-model.ts';
import { rivalCall } from '../../src/query/bound-elsewhere.ts';
import { at } from '../code/assembled.ts';

/** The call that may have made a value of line 7 too: `other` is inlined at 0x1004, into `caller`, at `line`. */
const rivalOf = (line: number, caller: number, gives: boolean, behind = 0x1008): number | null => {
  const copyOf = (id: number, start: number, callSite: number, into: number): DebugCopy => ({
    id,
    kind: 'inlined',
    function: id,
    address: at(start),
    size: 4n,
    ranges: [{ start: at(start), end: at(start + 4) }],
    caller: into,
    callSite: { file: 'a.rs', line: callSite, column: 9 },
    die: id,
  });
  const own = copyOf(1, 0x1000, 7, 0);
  const other = copyOf(2, 0x1004, line, caller);
  const debug = {
    lines: ({ start, end }: { start: bigint; end: bigint }) =>
      [0x1000, 0x1004].filter((place) => place >= start && place < end).map((place) => ({ address: at(place) })),
    frames: (place: bigint) => [{ function: null, copy: place >= 0x1004 ? other : own, position: null }],
  } as unknown as DebugInfo;
  return rivalCall(debug, own, at(behind), () => gives)?.id ?? null;
};

describe('another call that the variable of a line may be bound to', () => {
  test('is one of the same line and caller that gives back such a value: f(x).max(9)', () => {
    expect(rivalOf(7, 0, true)).toBe(2);
  });

  test('is none that gives back another, of another line, in another function, or further on', () => {
    expect(rivalOf(7, 0, false)).toBeNull();
    expect(rivalOf(8, 0, true)).toBeNull();
    expect(rivalOf(7, 1, true)).toBeNull();
    expect(rivalOf(7, 0, true, 0x1004)).toBeNull();
  });
});
