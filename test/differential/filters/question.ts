import type { Dice } from '../abi/dice.ts';
import { both, type Condition, either, one, opposite, type Place } from './condition.ts';
import type { Kind } from './kind.ts';
import { askNumber, sign } from './number-kinds.ts';

/** A value that a function's calls have. */
export type Root = { readonly place: Place; readonly kind: Kind; readonly isResult: boolean };

/** Makes questions about the calls of one function, and keeps what of them is computed before a call. */
export class Questions {
  readonly #dice: Dice;
  readonly #roots: readonly Root[];
  readonly #sleeps: boolean;
  /** Types and expressions of what is known of a call before it is made; `e.N` where it has returned. */
  readonly before: { readonly type: string; readonly rust: string }[] = [];

  constructor(dice: Dice, roots: readonly Root[], sleeps: boolean) {
    this.#dice = dice;
    this.#roots = roots;
    this.#sleeps = sleeps;
  }

  next(depth = this.#dice.pick([0, 0, 0, 1, 1, 2])): Condition {
    const dice = this.#dice;
    if (depth === 0) return this.#single();
    const inner = (): Condition => this.next(dice.below(depth));
    return dice.weighted<() => Condition>([
      [4, () => both(inner(), inner())],
      [3, () => either(inner(), inner())],
      [2, () => opposite(inner())],
    ])();
  }

  #single(): Condition {
    return this.#dice.weighted<() => Condition>([
      [9, () => this.#ofOne()],
      [3, () => this.#ofTwoNumbers() ?? this.#ofOne()],
      [1, () => this.#ofTwoTexts() ?? this.#ofOne()],
      [1, () => this.#ofCall()],
    ])();
  }

  #ofOne(): Condition {
    const root = this.#dice.pick(this.#roots);
    const { rsym, rust, form } = root.kind.ask(root.place);
    return { rsym, form, rust: root.isResult ? ofResult(rust) : this.#keep('Answer', rust) };
  }

  #ofTwoNumbers(): Condition | null {
    const dice = this.#dice;
    const all = this.#roots.flatMap((root) =>
      (root.kind.numbers?.(root.place) ?? []).map((term) => ({ ...term, isResult: root.isResult })),
    );
    if (all.length < 2) return null;
    const [left, right] = [dice.pick(all), dice.pick(all)].map(({ rsym, rust, isResult }) => ({
      rsym,
      rust: isResult ? ofResult(rust) : this.#keep('Known', rust),
    }));
    if (left === undefined || right === undefined) return null;
    if (dice.below(2) === 0) {
      const how = sign(dice);
      return one(`${left.rsym} ${how} ${right.rsym}`, `test(${left.rust}, "${how}", ${right.rust})`);
    }
    const [operator, name] = dice.pick([
      ['+', 'add'],
      ['-', 'sub'],
      ['*', 'mul'],
      ['/', 'div'],
      ['%', 'rem'],
    ] as const);
    const term = { rsym: `(${left.rsym} ${operator} ${right.rsym})`, rust: `${name}(${left.rust}, ${right.rust})` };
    return askNumber(dice, term, () => BigInt(dice.below(20)) - 5n);
  }

  #ofTwoTexts(): Condition | null {
    const dice = this.#dice;
    const all = this.#roots.filter(({ kind }) => kind.bytes !== undefined);
    if (all.length < 2) return null;
    const [left, right] = [dice.pick(all), dice.pick(all)].map(({ kind, place, isResult }) => {
      const bytes = kind.bytes?.(place) ?? place;
      const copied = `Some(${bytes.rust}.to_vec())`;
      return {
        rsym: bytes.rsym,
        rust: isResult ? ofResult(copied) : `${this.#keep('Option<Vec<u8>>', copied)}.clone()`,
      };
    });
    const how = sign(dice);
    return one(`${left?.rsym} ${how} ${right?.rsym}`, `test(${left?.rust}, "${how}", ${right?.rust})`);
  }

  #ofCall(): Condition {
    const dice = this.#dice;
    const facts = [
      one('pid == tid', 'Some(true)'),
      one('pid != tid', 'Some(false)'),
      one('tid > 0', 'Some(true)'),
      one('comm == "filters"', 'Some(true)'),
      one('comm.starts_with("fil")', 'Some(true)'),
      one('comm.len() > 7', 'Some(false)'),
      one('comm != "filter"', 'Some(true)'),
    ];
    if (!this.#sleeps || dice.below(3) === 0) return dice.pick(facts);
    return dice.pick([
      one('duration > 20ms', 'longer(took, 20_000_000)'),
      one('duration <= 20ms', 'not(longer(took, 20_000_000))'),
      one('duration / 1ms is 20..', 'longer(took, 20_000_000)'),
    ]);
  }

  /** What is known before the call is remembered as it was then. */
  #keep(type: string, rust: string): string {
    this.before.push({ type, rust });
    return `e.${this.before.length - 1}`;
  }
}

/** Nothing is known of a result that never came; what any value of its type fulfils holds all the same. */
const ofResult = (rust: string): string =>
  rust === 'Some(true)' ? rust : `match ret { Some(ret) => ${rust}, None => None }`;
