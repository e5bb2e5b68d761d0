import type { ValueShape } from '../../src/abi/shape.ts';
import type { Captured, Environment, Memory, Why } from '../../src/expr/environment.ts';

/** Memory byte by byte; what isn't there is unreadable unless a reason is set for it. */
export class Bytes implements Memory {
  readonly #known = new Map<bigint, number>();
  readonly #reasons = new Map<bigint, Why>();
  #next = 0x1000n;

  /** Bytes at an address of their own; those of which `missing` tells aren't known. */
  add(bytes: Uint8Array, missing: Captured['missing'] = []): bigint {
    const address = this.#next;
    this.#next += BigInt(bytes.length) + 64n;
    for (const [i, byte] of bytes.entries()) {
      const gap = missing.find(({ start, end }) => i >= start && i < end);
      if (gap === undefined) this.#known.set(address + BigInt(i), byte);
      else this.#reasons.set(address + BigInt(i), gap.why);
    }
    return address;
  }

  readonly read = (address: bigint, size: number) => {
    const bytes: number[] = [];
    while (bytes.length < size) {
      const at = address + BigInt(bytes.length);
      const byte = this.#known.get(at);
      if (byte === undefined)
        return { bytes: Uint8Array.from(bytes), why: this.#reasons.get(at) ?? ('unreadable' as const) };
      bytes.push(byte);
    }
    return { bytes: Uint8Array.from(bytes), why: null };
  };
}

export type RecordedValue = {
  readonly name: string;
  readonly shape: ValueShape;
  readonly bytes: Uint8Array | Why;
  readonly missing?: Captured['missing'];
};

type Recorded = {
  readonly args?: readonly RecordedValue[];
  readonly ret?: Omit<RecordedValue, 'name'>;
  readonly memory?: Memory;
} & Partial<Pick<Environment, 'duration' | 'pid' | 'tid' | 'comm'>>;

/** A call, and what an expression about it may name. */
export const recordedCall = ({ args = [], ret, memory = new Bytes(), ...facts }: Recorded) => {
  const captured = ({ bytes, missing = [] }: Omit<RecordedValue, 'name'>): Captured | Why =>
    typeof bytes === 'string' ? bytes : { bytes, missing, memory };
  const values = args.map(captured);
  const environment: Environment = {
    argument: (index) => values[index] ?? 'gone',
    result: ret === undefined ? 'gone' : captured(ret),
    duration: 'gone',
    pid: 1,
    tid: 2,
    comm: Buffer.from('worker'),
    ...facts,
  };
  const scope = {
    args: args.map(({ name, shape }) => ({ name, type: '_', shape })),
    ret: ret === undefined ? null : { type: '_', shape: ret.shape },
  };
  return { scope, environment };
};

/** A number as little-endian bytes. */
export const word = (value: bigint, size = 8): number[] =>
  Array.from({ length: size }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
