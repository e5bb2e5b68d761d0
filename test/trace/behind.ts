import { expect } from 'vitest';
import type { ValueShape } from '../../src/abi/shape.ts';
import { type Entered, type Memory, type Setting, spilt } from './captured.ts';

/** Values on the stack with memory behind them: through a program and its record to text. */
export const show = (shape: ValueShape, own: Uint8Array, ...rest: Memory): Entered =>
  spilt(shape, own, { memory: rest });
export const text = (shape: ValueShape, own: Uint8Array, ...rest: Memory): string =>
  show(shape, own, ...rest).texts[0] ?? '';
export const limited = (setting: Setting['limits'], shape: ValueShape, own: Uint8Array, ...rest: Memory): Entered =>
  spilt(shape, own, { limits: setting ?? {}, memory: rest });
/** No read of the program touches these bytes. */
export const expectUnread = ({ reads, capture }: Entered, ...ranges: readonly (readonly [bigint, bigint])[]): void => {
  for (const [from, to] of ranges) for (const [start, end] of reads) expect(start < to && end > from).toBe(false);
  for (const { bytes } of capture.slots) expect(Buffer.from(bytes).includes('hunter2!')).toBe(false);
};
export const secret = Buffer.from('hunter2!').readBigUInt64LE();
