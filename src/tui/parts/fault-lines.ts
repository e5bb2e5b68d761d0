import { RsymError } from '../../base/errors.ts';
import { errorLines } from './error-lines.ts';
import type { Line } from './line.ts';

/** What is wrong with a text that was typed: the excerpt with its carets first, nearest to the field above it. */
export const faultLines = (fault: RsymError | null, columns: number): readonly Line[] => {
  if (fault === null) return [];
  if (!fault.reason?.includes('\n')) return errorLines(fault, columns);
  const excerpt = errorLines(new RsymError('usage', '', { reason: fault.reason }), columns).slice(1);
  return [...excerpt, ...errorLines(new RsymError('usage', fault.message, { hints: fault.hints }), columns)];
};
