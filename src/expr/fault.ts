import { RsymError } from '../base/errors.ts';
import { faultAt } from '../base/fault.ts';
import { sanitize } from '../base/text.ts';
import type { Span } from './token.ts';

/** What a fault says besides what is wrong: `why` on a line of its own, `hints` are what to write instead. */
export type FaultDetails = { readonly why?: string | undefined; readonly hints?: readonly string[] | undefined };

/** An error of `usage` about a part of an expression. */
export type Fault = (span: Span, message: string, details?: FaultDetails) => RsymError;

export const faultsIn =
  (text: string): Fault =>
  ({ at, end }, message, { why, hints } = {}) =>
    faultAt(text, at, Math.max(1, end - at), message, hints ?? [], why ?? null);

/** The function has nothing of a name: what is wrong with the expression a function that has it can tell better. */
export class UnknownName extends RsymError {
  constructor({ code, message, reason, hints }: RsymError) {
    super(code, message, { reason, hints });
  }
}

const longest = 60;

/** A name from a file or from the user, in an error. */
export const quoted = (name: string): string => {
  const safe = sanitize(name);
  return `\`${safe.length > longest ? `${safe.slice(0, longest)}…` : safe}\``;
};
