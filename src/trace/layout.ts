import { type GivenShape, textKind } from '../abi/given-shape.ts';
import type { ArgPlan, CallPlan, Place, ReturnPlan } from '../abi/model.ts';
import { RsymError } from '../base/errors.ts';
import { ENTER, EXIT, type Piece, type RecordLayout } from './bpf/records.ts';
import { PT_REGS } from './sys/uapi.ts';

/** Where one value's pieces are in a record. */
export type ValueSlot = { readonly words: readonly (Piece | null)[]; readonly text: Piece | null };

export type CaptureLayout = RecordLayout & { readonly values: readonly ValueSlot[] };

/** Offsets in a program's instructions are 16 bits with a sign. */
const maxRecordSize = 32_000;

const roundUp = (value: number): number => (value + 7) & ~7;

class LayoutBuilder {
  readonly pieces: Piece[] = [];
  readonly values: ValueSlot[] = [];
  #at: number;

  constructor(start: number) {
    this.#at = start;
  }

  #word(place: Place): Piece | null {
    if (place.kind === 'gone') return null;
    const at = this.#at;
    const piece: Piece =
      place.kind === 'register'
        ? { kind: 'register', ptRegs: PT_REGS[place.reg], at }
        : { kind: 'stack', offset: place.offset, at };
    this.#at += place.kind === 'register' ? 8 : 16;
    this.pieces.push(piece);
    return piece;
  }

  #text(shape: GivenShape, words: readonly (Piece | null)[], maxString: number): Piece | null {
    const [pointer, length] = words;
    if (!pointer) return null;
    const at = this.#at;
    if (textKind(shape) === 'cstring') {
      // One byte more than is shown tells a text that fits from one that was cut, and one is the NUL.
      const capacity = maxString + 2;
      this.#at += 8 + roundUp(capacity);
      const piece: Piece = { kind: 'text', pointerAt: pointer.at, at, capacity };
      this.pieces.push(piece);
      return piece;
    }
    if (textKind(shape) === 'str' && length) {
      this.#at += 8 + roundUp(maxString);
      const piece: Piece = { kind: 'bytes', pointerAt: pointer.at, lengthAt: length.at, at, capacity: maxString };
      this.pieces.push(piece);
      return piece;
    }
    return null;
  }

  add(value: ArgPlan | ReturnPlan, maxString: number): void {
    const words = value.places.map((place) => this.#word(place));
    this.values.push({ words, text: this.#text(value.shape, words, maxString) });
  }

  build(): CaptureLayout {
    if (this.#at > maxRecordSize) {
      throw new RsymError('usage', 'so much of one call cannot be captured', {
        reason: `its record would take ${this.#at} bytes, of at most ${maxRecordSize}`,
        hints: ['a smaller --max-string', 'a signature with fewer texts'],
      });
    }
    return { pieces: this.pieces, values: this.values, size: roundUp(this.#at) };
  }
}

/** The record of an entry: every argument's pieces. */
export const entryLayout = (plan: CallPlan, maxString: number): CaptureLayout => {
  const builder = new LayoutBuilder(ENTER.pieces);
  for (const argument of plan.args) builder.add(argument, maxString);
  return builder.build();
};

/** The record of an exit: the return value's pieces; none where a tail call leaves the value to another function. */
export const exitLayout = (plan: CallPlan, hasValue: boolean, maxString: number): CaptureLayout => {
  const builder = new LayoutBuilder(EXIT.pieces);
  if (hasValue) builder.add(plan.ret, maxString);
  return builder.build();
};
