import { describe, expect, test } from 'vitest';
import type { ReturnPlan } from '../../src/abi/model.ts';
import { inRegister, inVector, type Piece } from '../../src/abi/place.ts';
import type { ImageCode } from '../../src/query/exits.ts';
import { withFloats } from '../../src/query/float-exits.ts';
import type { ExitSite, Returns } from '../../src/trace/site.ts';
import { at } from '../code/assembled.ts';
import { flowOf } from '../code/flow-of.ts';
import { piecesText } from '../support/piece-text.ts';
import { exitSite, result, tailCall } from '../trace/traced-machine.ts';

const code = { offsetOf: (address: bigint) => address - 0xf00n } as unknown as ImageCode;
const plan = (...pieces: Piece[]): ReturnPlan => ({ ...result, shape: { kind: 'float', size: 8 }, pieces });
const inXmm = plan(inVector(0, 0, 8));

const shown = (returns: Returns): (string | number | null)[][] | string =>
  returns.mode === 'sites'
    ? returns.exits.map(({ offset, address, stackAdjust, result: own }: ExitSite) => [
        (address as bigint).toString(16),
        (offset as bigint).toString(16),
        // Without the sign of a zero.
        stackAdjust + 0,
        own === null ? null : piecesText(own),
      ])
    : returns.mode;

const returnsAt = (...addresses: number[]): Returns => ({
  mode: 'sites',
  exits: addresses.map((address) => exitSite({ address: BigInt(address), offset: at(address - 0xf00) as never })),
});
const probed = (hex: string, address: number, ret = inXmm): (string | number | null)[][] | string =>
  shown(withFloats(returnsAt(address), ret, () => flowOf(hex, [0x2000]), at(0x1000), code));

describe('a return whose result is in a vector register', () => {
  test('is read where that has a copy on the stack', () => {
    // sub rsp, 24; movsd xmm0, [rsp+8]; add rsp, 24; ret
    expect(probed('48 83 ec 18 f2 0f 10 44 24 08 48 83 c4 18 c3', 0x100e)).toEqual([['100e', '10e', 0, 'rsp+-16:8']]);
  });

  test('is read in memory, behind a register or at a fixed place', () => {
    expect(probed('f2 0f 10 47 08 c3', 0x1005)).toEqual([['1005', '105', 0, '[rdi+8]:8']]);
    expect(probed('f2 0f 10 05 00 01 00 00 c3', 0x1008)).toEqual([['1008', '108', 0, '[fixed+4360]:8']]);
  });

  test('is probed before the copy is lost', () => {
    // movsd xmm0, [rdi+8]; mov rdi, rsi; ret
    expect(probed('f2 0f 10 47 08 48 89 f7 c3', 0x1008)).toEqual([['1005', '105', 0, '[rdi+8]:8']]);
  });

  test('keeps what of the result is in other registers', () => {
    const pair = plan(inRegister('rax', 0, 8), inVector(0, 8, 8));
    expect(probed('f2 0f 10 47 08 c3', 0x1005, pair)).toEqual([['1005', '105', 0, 'rax:8 [rdi+8]@8:8']]);
  });

  test('stays as it is where there is no copy, or nobody knows the code', () => {
    const plain = [['1004', '104', 0, null]];
    expect(probed('f2 0f 58 c1 c3', 0x1004)).toEqual(plain);
    expect(shown(withFloats(returnsAt(0x1004), inXmm, () => null, at(0x1000), code))).toEqual(plain);
    expect(probed('f2 0f 10 47 08 c3', 0x1005, result)).toEqual([['1005', '105', 0, null]]);
  });

  test('is not a tail call, nor a uretprobe', () => {
    const flow = () => flowOf('f2 0f 10 47 08 c3');
    const tail: Returns = { mode: 'sites', exits: [tailCall({ address: 0x1005n })] };
    expect(withFloats(tail, inXmm, flow, at(0x1000), code)).toEqual(tail);
    expect(withFloats({ mode: 'uretprobe' }, inXmm, flow, at(0x1000), code)).toEqual({ mode: 'uretprobe' });
  });
});
