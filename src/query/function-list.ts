import type { CountedFunction } from './count-model.ts';

/** Functions that are counted. Of thousands few are called, and most of what is known of the others is never asked for: it is made when it is. */
export class FunctionList {
  readonly length: number;
  readonly #make: (fn: number) => CountedFunction;
  readonly #made: (CountedFunction | undefined)[] = [];
  #all: readonly CountedFunction[] | undefined;

  constructor(length: number, make: (fn: number) => CountedFunction) {
    this.length = length;
    this.#make = make;
  }

  of(fn: number): CountedFunction {
    this.#made[fn] ??= this.#make(fn);
    return this.#made[fn];
  }

  all(): readonly CountedFunction[] {
    this.#all ??= Array.from({ length: this.length }, (_, fn) => this.of(fn));
    return this.#all;
  }
}
