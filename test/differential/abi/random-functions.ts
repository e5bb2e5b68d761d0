import { changeable } from './changeable.ts';
import { asyncFunction, callable, closure } from './closures.ts';
import { Composer } from './composer.ts';
import type { Dice } from './dice.ts';
import { freeFunction, genericFunction } from './free-functions.ts';
import { dynMethod, method } from './methods.ts';
import type { Composed, SourceArgument } from './source-function.ts';
import type { TypeSpace } from './type-space.ts';

const kinds: readonly (readonly [
  weight: number,
  item: { kind: string; make: (compose: Composer, name: string, kind: string) => Composed },
])[] = [
  [7, { kind: 'exported', make: freeFunction }],
  [3, { kind: 'public', make: freeFunction }],
  [4, { kind: 'private', make: freeFunction }],
  [3, { kind: 'c-exported', make: freeFunction }],
  [2, { kind: 'c-mangled', make: freeFunction }],
  [1, { kind: 'track-caller', make: freeFunction }],
  [4, { kind: 'method', make: method }],
  [3, { kind: 'dyn-method', make: dynMethod }],
  [3, { kind: 'generic', make: genericFunction }],
  [2, { kind: 'callable', make: callable }],
  [4, { kind: 'closure', make: closure }],
  [2, { kind: 'async', make: asyncFunction }],
  [3, { kind: 'changeable', make: changeable }],
];

/** Composes functions with random signatures; each is called once with opaque values and prints what it received. */
export class RandomFunctions {
  readonly #compose: Composer;
  #count = 0;

  constructor(dice: Dice, types: TypeSpace) {
    this.#compose = new Composer(dice, types);
  }

  next(): Composed {
    const name = `f_${this.#count++}`;
    const { kind, make } = this.#compose.dice.weighted(kinds);
    const composed = make(this.#compose, name, kind);
    const isRead = (arg: string): boolean => new RegExp(`\\b${arg}\\b(?!:)`).test(composed.source);
    const isOneValue = (type: string): boolean =>
      this.#compose.types.declarations.some((text) => text.includes(`unmarked!(${type});`));
    const isUnread = ({ name: arg, type }: SourceArgument): boolean =>
      /^a\d+$/.test(arg) && (!isRead(arg) || isOneValue(type));
    const functions = composed.functions.map((fn) => ({
      ...fn,
      args: fn.args.map((arg) => (isUnread(arg) ? { ...arg, unread: true } : arg)),
    }));
    return { ...composed, functions };
  }
}
