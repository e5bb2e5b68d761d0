import { describe, expect, test } from 'vitest';
import type { CallPlan, Register } from '../../src/abi/model.ts';
import { inRegister, inVector, onStack, type Piece } from '../../src/abi/place.ts';
import type { ValueShape } from '../../src/abi/shape.ts';
import { entryProbe } from '../../src/query/entry-probe.ts';
import { at } from '../code/assembled.ts';
import { flowOf } from '../code/flow-of.ts';
import { piecesText } from '../support/piece-text.ts';
import { u64 } from '../trace/shown-values.ts';
import { argument, inMemory, result } from '../trace/traced-machine.ts';

const f64: ValueShape = { kind: 'float', size: 8 };

/** Where the probe goes, what is added to the stack pointer there, and where each argument is. */
const probed = (hex: string, pieces: readonly Piece[], saved: readonly Register[] = []): string => {
  const args = pieces.map((piece, i) => argument(`a${i}`, piece.location.kind === 'vector' ? f64 : u64, [piece]));
  const plan: CallPlan = { args, ret: result };
  const probe = entryProbe(at(0x1000), plan, saved, false, () => flowOf(hex, [0x2000]));
  return [probe.at.toString(16), probe.stackAdjust, ...probe.plan.args.map((one) => piecesText(one.pieces))].join(' ');
};

describe('the instruction that is probed for a call’s beginning', () => {
  // sub rsp, 24; movsd [rsp+8], xmm0; nop; add rsp, 24; ret
  const stored = '48 83 ec 18 f2 0f 11 44 24 08 90 48 83 c4 18 c3';

  test('is behind the store of a float, where places on the stack are further up', () => {
    expect(probed(stored, [inVector(0, 0, 8)])).toBe('100a 24 rsp+8:8');
    expect(probed(stored, [inVector(0, 0, 8), onStack(8, 0, 8), inRegister('rdi', 0, 8)])).toBe(
      '100a 24 rsp+8:8 rsp+32:8 rdi:8',
    );
    expect(probed(stored, [inVector(0, 0, 8), inMemory('rsp', 8n, 8), inMemory('rdi', 8n, 8, [0n])])).toBe(
      '100a 24 rsp+8:8 [rsp+32]:8 [rdi+8]+0]:8',
    );
  });

  test('takes registers along that have moved by then', () => {
    // mov rbx, rdi; xor edi, edi; movsd [rsp-8], xmm0; nop; ret
    const movedAway = '48 89 fb 31 ff f2 0f 11 44 24 f8 90 c3';
    expect(probed(movedAway, [inVector(0, 0, 8), inRegister('rdi', 0, 8)])).toBe('100b 0 rsp+-8:8 rbx:8');
    expect(probed(movedAway, [inVector(0, 0, 8), inMemory('rdi', 16n, 8)])).toBe('100b 0 rsp+-8:8 [rbx+16]:8');
    // What an exit needs is read from the register itself.
    expect(probed(movedAway, [inVector(0, 0, 8)], ['rdi'])).not.toMatch(/^100b/);
    // mov [rsp-16], rdi; xor edi, edi; movsd [rsp-8], xmm0; nop; ret
    const spilt = '48 89 7c 24 f0 31 ff f2 0f 11 44 24 f8 90 c3';
    expect(probed(spilt, [inVector(0, 0, 8), inRegister('rdi', 0, 8)])).toBe('100d 0 rsp+-8:8 rsp+-16:8');
    expect(probed(spilt, [inVector(0, 0, 8), inMemory('rdi', 16n, 8)])).toBe('100d 0 rsp+-8:8 [rsp+-16]+16]:8');
  });

  test('is one that costs less, as long as what the plan reads is as it was', () => {
    // sub rsp, 8; push rbx; nop; pop rbx; add rsp, 8; ret
    const pushed = '48 83 ec 08 53 90 5b 48 83 c4 08 c3';
    expect(probed(pushed, [inRegister('rdi', 0, 8), onStack(8, 0, 8)])).toBe('1004 8 rdi:8 rsp+16:8');
    // mov rdi, rsi; push rbx; pop rbx; ret
    const overwritten = '48 89 f7 53 5b c3';
    expect(probed(overwritten, [inRegister('rsi', 0, 8)])).toBe('1003 0 rsi:8');
    expect(probed(overwritten, [inRegister('rdi', 0, 8)])).toBe('1000 0 rdi:8');
    expect(probed(overwritten, [inMemory('rdi', 0n, 8)])).toBe('1000 0 [rdi+0]:8');
    expect(probed(overwritten, [inRegister('rsi', 0, 8)], ['rdi'])).toBe('1000 0 rsi:8');
  });

  test('is the first where that is cheap, nothing better is found, or the code is not known', () => {
    expect(probed('53 90 5b c3', [inRegister('rdi', 0, 8)])).toBe('1000 0 rdi:8');
    expect(probed('f2 0f 58 c1 c3', [inVector(0, 0, 8)])).toMatch(/^1000 0 xmm0:8$|^1004 0 xmm0:8$/);
    const plan: CallPlan = { args: [], ret: result };
    expect(entryProbe(at(0x1000), plan, [], false, () => null)).toEqual({ at: 0x1000n, stackAdjust: 0, plan });
    expect(entryProbe(at(0x1004), plan, [], false, () => flowOf(stored))).toMatchObject({
      at: 0x1004n,
      stackAdjust: 0,
    });
  });

  test('is the first without a look at the code where that is cheap and no float is asked for', () => {
    const asked = (piece: Piece): number => {
      let count = 0;
      const plan: CallPlan = { args: [argument('a', u64, [piece])], ret: result };
      entryProbe(at(0x1000), plan, [], true, () => {
        count++;
        return null;
      });
      return count;
    };
    expect([asked(inRegister('rdi', 0, 8)), asked(inVector(0, 0, 8))]).toEqual([0, 1]);
  });

  test('moves the places that a conflict claims as well', () => {
    const claims = [inVector(0, 0, 8), onStack(8, 0, 8)].map((piece) => ({
      evidence: 'abi' as const,
      pieces: [piece],
    }));
    const plan: CallPlan = {
      args: [{ ...argument('a', f64, []), evidence: 'conflict', candidates: claims }],
      ret: result,
    };
    const { plan: moved } = entryProbe(at(0x1000), plan, [], false, () => flowOf(stored));
    expect(moved.args[0]?.candidates.map(({ pieces }) => piecesText(pieces))).toEqual(['rsp+8:8', 'rsp+32:8']);
  });
});
