import { RsymError } from '../base/errors.ts';

/** Reads `/regex/` or `/regex/i`. */
export const parseRegex = (text: string): ((name: string) => boolean) => {
  const end = text.lastIndexOf('/');
  if (end === 0) throw new RsymError('usage', `the regular expression isn't closed: ${text}`);
  try {
    const regex = new RegExp(text.slice(1, end), `u${text.slice(end + 1)}`);
    return (name) => regex.test(name);
  } catch (cause) {
    throw new RsymError('usage', `not a regular expression: ${text}`, { cause });
  }
};
