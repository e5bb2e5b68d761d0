import type { ValuePlan } from '../abi/model.ts';
import type { RsymError } from '../base/errors.ts';
import { type Fault, type FaultDetails, faultsIn } from './fault.ts';
import type { Span } from './token.ts';

/** What an expression may name: the arguments of a function and its result, null where there is none to see. */
export type Scope = {
  readonly args: readonly Pick<ValuePlan, 'name' | 'type' | 'shape'>[];
  readonly ret: Pick<ValuePlan, 'type' | 'shape'> | null;
};

/** One expression that is being typed. */
export class Context {
  readonly scope: Scope;
  /** Every name that a pattern has bound so far, though it may not hold any more. */
  readonly bound = new Set<string>();
  readonly #text: string;
  readonly #fault: Fault;

  constructor(text: string, scope: Scope) {
    this.scope = scope;
    this.#text = text;
    this.#fault = faultsIn(text);
  }

  fault(span: Span, message: string, details: FaultDetails = {}): RsymError {
    return this.#fault(span, message, details);
  }

  /** As the user wrote it. */
  source({ at, end }: Span): string {
    return this.#text.slice(at, end);
  }
}
