import type { WhyCut } from '../abi/shape.ts';
import type { RsymError } from '../base/errors.ts';
import type { Context } from './context.ts';
import { followed } from './place.ts';
import type { Span } from './token.ts';
import type { Placed, Value } from './value.ts';

const reasons: Readonly<Record<WhyCut, string>> = {
  depth: 'it is deeper than values are looked into',
  truncated: 'the value has too many parts',
  redacted: 'it is withheld',
  unknown: "debug info doesn't tell its layout",
  gone: "it isn't there any more",
};

export const notKnown = (context: Context, span: Span, why: WhyCut): RsymError =>
  context.fault(span, "this isn't known", { why: reasons[why], hints: why === 'depth' ? ['--depth'] : [] });

/**
 * A value that is to be looked into, without the references to it; null: it is no part of what a call has.
 *
 * @throws {RsymError} `usage` where nothing is known of what is inside.
 */
export const opened = (context: Context, value: Value, span: Span): Placed | null => {
  if (value.kind !== 'placed') return null;
  const at = followed(value);
  if (at.shape.kind === 'cut') throw notKnown(context, span, at.shape.why);
  return at;
};
