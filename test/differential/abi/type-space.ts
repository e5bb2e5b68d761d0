import { array, dataEnum, fieldless, newtype, packed, struct, tuple } from './aggregate-types.ts';
import { union } from './c-types.ts';
import type { Dice } from './dice.ts';
import { library, wrapper } from './library-types.ts';
import { pointer } from './pointer-types.ts';
import type { RustType, Space } from './rust-type.ts';
import { scalar, zeroSized } from './scalar-types.ts';

/** Random types, and the declarations that they need. */
export class TypeSpace implements Space {
  readonly declarations: string[] = [];
  readonly dice: Dice;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  any(depth: number): RustType {
    const { dice } = this;
    if (depth <= 0)
      return dice.weighted([
        [5, () => scalar(dice)],
        [2, () => pointer(this, 0)],
        [1, () => library(this, 0)],
      ])();
    return dice.weighted([
      [6, () => scalar(dice)],
      [4, () => pointer(this, depth - 1)],
      [3, () => library(this, depth - 1)],
      [3, () => tuple(this, depth - 1)],
      [2, () => array(this, depth - 1)],
      [4, () => struct(this, depth - 1)],
      [2, () => newtype(this, depth - 1)],
      [3, () => wrapper(this, depth - 1)],
      [2, () => fieldless(this)],
      [3, () => dataEnum(this, depth - 1)],
      [1, () => union(this)],
      [1, () => packed(this)],
      [1, () => zeroSized(dice)],
    ])();
  }

  declare(kind: string, source: (name: string) => string): string {
    const name = `${kind}${this.declarations.length}`;
    this.declarations.push(source(name));
    return name;
  }
}
