import type { RsymError } from '../../base/errors.ts';
import { sanitize } from '../../base/text.ts';
import type { Line } from './line.ts';
import { truncate, wrap } from './wrap.ts';

/** An error, or what of one is to be told. */
type Told = Pick<RsymError, 'message' | 'hints'> & { readonly reason?: string | undefined };

/**
 * What failed, why, what next. The lines of a reason aren't wrapped: where a parser shows the place of a fault, the
 * second has carets below the first.
 */
export const errorLines = (error: Told, columns: number): Line[] => {
  const reasons = error.reason?.split('\n') ?? [];
  const aligned = reasons.length > 1;
  return [
    ...wrap(sanitize(error.message), columns, 3).map((text): Line => ({ label: '', text, tone: 'warning' })),
    ...reasons.flatMap((reason): Line[] => {
      const texts = aligned ? [truncate(sanitize(reason), columns - 2)] : wrap(sanitize(reason), columns - 2, 4);
      return texts.map((text) => ({ label: '', text: `  ${text}`, tone: 'plain' }));
    }),
    ...error.hints
      .slice(0, 6)
      .flatMap((hint): Line[] =>
        wrap(`try: ${sanitize(hint)}`, columns - 2, 2).map((text) => ({ label: '', text: `  ${text}`, tone: 'faint' })),
      ),
  ];
};
