import type { Address } from '../base/units.ts';
import { type Flow, openFlow } from '../code/flow.ts';
import type { AddressRange } from '../elf/function-model.ts';
import type { ImageCode } from './exits.ts';

/** A decoded function is much larger than its code; copies inlined into one function come one after the other. */
const mostHeld = 8;

/** Decodes code out of line, the last few pieces kept. */
export class CopyFlows {
  readonly #code: ImageCode;
  readonly #held = new Map<bigint, Flow | null>();

  constructor(code: ImageCode) {
    this.#code = code;
  }

  /** Null where the code can't be followed. */
  of({ address, ranges }: { readonly address: Address; readonly ranges: readonly AddressRange[] }): Flow | null {
    const known = this.#held.get(address);
    if (known !== undefined) return known;
    const main = ranges.find(({ start }) => start === address);
    const { code, isFunctionStart, data } = this.#code;
    const size = main === undefined ? 0n : main.end - main.start;
    const made = openFlow(
      { start: address, size, ranges: ranges.filter((each) => each !== main) },
      code,
      isFunctionStart,
      data,
    );
    const flow = typeof made === 'string' ? null : made;
    for (const oldest of this.#held.keys()) {
      if (this.#held.size < mostHeld) break;
      this.#held.delete(oldest);
    }
    this.#held.set(address, flow);
    return flow;
  }
}
