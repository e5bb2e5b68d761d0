import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';

/** Throws RsymError `usage` where one of the numbers that are given isn't above 0. */
export const checkPositive = (numbers: Readonly<Record<string, number | undefined>>): void => {
  for (const [name, value] of Object.entries(numbers))
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      throw new RsymError('usage', `${name} must be a number above 0`, { reason: sanitize(String(value)) });
};

/** What a number in a request may be at most, and the option that users know it by. */
export type NumberLimit = { readonly option: string; readonly most: number };

/** Throws RsymError `usage` where one of the numbers that are given isn't a whole one from 1 to its limit. */
export const checkWhole = <Name extends string>(
  request: { readonly [Each in NoInfer<Name>]?: number },
  limits: Readonly<Record<Name, NumberLimit>>,
): void => {
  for (const [name, { option, most }] of Object.entries<NumberLimit>(limits)) {
    const value = request[name as Name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= most))
      throw new RsymError('usage', `${option} must be a whole number from 1 to ${most}`);
  }
};
