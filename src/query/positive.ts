import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';

/** Throws RsymError `usage` where one of the numbers that are given isn't above 0. */
export const checkPositive = (numbers: Readonly<Record<string, number | undefined>>): void => {
  for (const [name, value] of Object.entries(numbers))
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      throw new RsymError('usage', `${name} must be a number above 0`, { reason: sanitize(String(value)) });
};
