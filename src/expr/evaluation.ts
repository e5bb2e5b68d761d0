import type { Environment } from './environment.ts';
import type { Outcome } from './outcome.ts';
import type { BoolNode, IntNode } from './tree.ts';

type Evaluate<N, T> = (node: N, evaluation: Evaluation) => Outcome<T>;

/** A tree under way for one call: places have conditions and numbers in them, which have places in them. */
export class Evaluation {
  readonly environment: Environment;
  readonly #bool: Evaluate<BoolNode, boolean>;
  readonly #int: Evaluate<IntNode, bigint>;

  constructor(environment: Environment, bool: Evaluate<BoolNode, boolean>, int: Evaluate<IntNode, bigint>) {
    this.environment = environment;
    this.#bool = bool;
    this.#int = int;
  }

  bool(node: BoolNode): Outcome<boolean> {
    return this.#bool(node, this);
  }

  int(node: IntNode): Outcome<bigint> {
    return this.#int(node, this);
  }
}
