import type { Dice } from '../abi/dice.ts';
import { struct, tuple, tupleStruct } from './aggregate-kinds.ts';
import { dataEnum, fieldless, option, result } from './enum-kinds.ts';
import type { Kind, Kinds } from './kind.ts';
import { cell, collection, duration, niche, once, pointer, sequence } from './library-kinds.ts';
import { bool, char, float, integer } from './number-kinds.ts';
import { text } from './text-kinds.ts';

/** Random types, and the declarations that they need. */
export class TypeSpace implements Kinds {
  readonly declarations: string[] = [];
  readonly dice: Dice;
  #bindings = 0;

  constructor(dice: Dice) {
    this.dice = dice;
  }

  any(depth: number): Kind {
    if (depth <= 0) return this.#flat();
    return this.dice.weighted([
      [6, () => this.#flat()],
      [3, () => struct(this, depth - 1)],
      [2, () => tupleStruct(this, depth - 1)],
      [3, () => tuple(this, depth - 1)],
      [4, () => dataEnum(this, depth - 1)],
      [6, () => this.looked(depth)],
    ])();
  }

  looked(depth: number): Kind {
    if (depth <= 0) return this.#flat();
    return this.dice.weighted([
      [3, () => this.#flat()],
      [4, () => option(this, depth - 1)],
      [3, () => result(this, depth - 1)],
      [2, () => fieldless(this)],
      [3, () => pointer(this, depth - 1)],
      [2, () => cell(this, depth - 1)],
      [3, () => sequence(this, depth - 1)],
      [1, () => once(this)],
    ])();
  }

  #flat(): Kind {
    return this.dice.weighted([
      [9, () => integer(this.dice)],
      [2, () => float(this.dice)],
      [2, () => bool(this.dice)],
      [2, () => char(this.dice)],
      [6, () => text(this.dice)],
      [2, () => collection(this)],
      [1, () => duration(this)],
      [1, () => niche(this)],
    ])();
  }

  declare(prefix: string, source: (name: string) => string): string {
    const name = `${prefix}${this.declarations.length}`;
    this.declarations.push(source(name));
    return name;
  }

  binding(): string {
    this.#bindings += 1;
    return `b${this.#bindings}`;
  }
}
