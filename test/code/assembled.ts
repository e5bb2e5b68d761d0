import { type Address, address } from '../../src/base/units.ts';
import type { CodeReader } from '../../src/code/bytes.ts';
import { type ExitSweep, type FunctionCode, findExits } from '../../src/code/exits.ts';

/** Bytes at addresses: `{ 0x1000: '55 c3' }`. */
export type Memory = Readonly<Record<number, string>>;

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(
    hex.split(/\s+/).filter((byte) => byte !== ''),
    (byte) => Number.parseInt(byte, 16),
  );

export const readerOf = (memory: Memory): CodeReader => {
  const blocks = Object.entries(memory).map(([start, hex]) => ({ start: Number(start), bytes: bytesOf(hex) }));
  return (at, length) => {
    for (const { start, bytes } of blocks) {
      const from = Number(at) - start;
      if (from >= 0 && from + length <= bytes.length) return bytes.subarray(from, from + length);
    }
    return undefined;
  };
};

export const at = (value: number): Address => address(BigInt(value));

type Options = { readonly functions?: readonly number[]; readonly data?: Memory; readonly fn?: Partial<FunctionCode> };

/** Sweeps the function that is the whole block at 0x1000. */
export const sweepOf = (memory: Memory, { functions = [], data, fn = {} }: Options = {}): ExitSweep => {
  const size = BigInt(bytesOf(memory[0x1000] ?? '').length);
  const isFunctionStart = (place: Address): boolean => functions.includes(Number(place)) || place === 0x1000n;
  const readData = data === undefined ? undefined : readerOf(data);
  return findExits({ start: at(0x1000), size, ...fn }, readerOf(memory), isFunctionStart, readData);
};

/** Exits in short: `return@1001`, `tail-jump@1003>2000 if e`, with `+` where outlined; or the reason for none. */
export const shortly = (sweep: ExitSweep): string | string[] => {
  if (!sweep.complete) return sweep.reason;
  return sweep.exits.map(({ kind, address: place, target, condition, operand, outlined }) => {
    const where = operand === undefined ? '' : `>${Object.values(operand).join(',')}`;
    const to = target === undefined ? where : `>${target.toString(16)}`;
    return `${kind}@${place.toString(16)}${to}${condition === undefined ? '' : ` if ${condition}`}${outlined ? '+' : ''}`;
  });
};
