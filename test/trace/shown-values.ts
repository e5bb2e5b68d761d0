import { expect, test } from 'vitest';
import type { EnumShape, FieldShape, ValueShape } from '../../src/abi/shape.ts';
import { type DecodeContext, type DecodedValue, decodeShape } from '../../src/trace/decode/decode.ts';
import { type Block, type CapturedValue, Snapshot } from '../../src/trace/snapshot.ts';

export const u8: ValueShape = { kind: 'int', size: 1, signed: false };
export const i32: ValueShape = { kind: 'int', size: 4, signed: true };
export const u32: ValueShape = { kind: 'int', size: 4, signed: false };
export const u64: ValueShape = { kind: 'int', size: 8, signed: false };
export const bool: ValueShape = { kind: 'bool', size: 1 };
export const unit: ValueShape = { kind: 'unit', size: 0 };

export const field = (name: string, offset: number, shape: ValueShape): FieldShape => ({ name, offset, shape });
export const tuple = (name: string, size: number, ...fields: FieldShape[]): ValueShape => ({
  kind: 'struct',
  size,
  name,
  form: 'tuple',
  fields,
});
export const named = (name: string, size: number, ...fields: FieldShape[]): ValueShape => ({
  kind: 'struct',
  size,
  name,
  form: 'named',
  fields,
});

/** Numbers as words of 64 bits, text as UTF-8. */
export const memory = (...parts: (bigint | string | readonly number[])[]): Uint8Array =>
  Buffer.concat(
    parts.map((part) => {
      if (typeof part !== 'bigint') return typeof part === 'string' ? Buffer.from(part) : Buffer.from(part);
      const word = Buffer.alloc(8);
      word.writeBigUInt64LE(BigInt.asUintN(64, part));
      return word;
    }),
  );
export const block = (address: bigint, ...parts: Parameters<typeof memory>): Block => ({
  address,
  bytes: memory(...parts),
  isUnreadable: false,
});
export const hole = (address: bigint): Block => ({ address, bytes: new Uint8Array(0), isUnreadable: true });

export type Setting = Partial<Omit<DecodeContext, 'memory'>> & {
  readonly blocks?: readonly Block[];
  readonly isFull?: boolean;
  readonly missing?: CapturedValue['missing'];
};
export const decode = (shape: ValueShape, bytes: Uint8Array, setting: Setting = {}): DecodedValue =>
  decodeShape(
    shape,
    { bytes, missing: setting.missing ?? [] },
    {
      memory: new Snapshot(setting.blocks ?? [], setting.isFull ?? false),
      concrete: setting.concrete ?? (() => null),
      items: setting.items ?? 4,
    },
  );

export type Case = readonly [ValueShape, Uint8Array, unknown, string, Setting?];
/** One test for each row, named by what is shown. */
export const cases = (about: string, rows: readonly Case[]): void => {
  for (const [shape, bytes, value, text, setting] of rows) {
    test(`${about}${shape.kind}: ${text}`, () => {
      const shown = decode(shape, bytes, setting);
      expect({ value: shown.value, text: shown.text }).toEqual({ value, text });
    });
  }
};

export const behind = (data = 0, add = 0) => ({ data, add, counts: null });
export const str: ValueShape = { kind: 'text', size: 16, behind: behind(), length: 8, of: 'utf8' };
export const path: ValueShape = { ...str, of: 'bytes' };
export const cstr: ValueShape = { ...str, of: 'c' };
export const slice = (element: ValueShape): ValueShape => ({
  kind: 'sequence',
  size: 16,
  behind: behind(),
  length: 8,
  element,
});
export const reference = (target: ValueShape): ValueShape => ({ kind: 'pointer', size: 8, behind: behind(), target });
export const option = (some: ValueShape, size: number, tag: number, none: bigint): EnumShape => ({
  kind: 'enum',
  size,
  tag: { offset: tag, size: size === 1 ? 1 : 8 },
  variants: [
    { name: 'None', form: 'unit', fields: [], values: [{ low: none, high: none }] },
    { name: 'Some', form: 'tuple', fields: [field('0', 0, some)], values: null },
  ],
});
