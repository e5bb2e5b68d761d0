import { formatSignature, parseSpec, type Signature } from '../abi/signature.ts';
import { RsymError } from '../base/errors.ts';

/** A signature typed for one function. `spec` names that function to a trace. */
export type GivenSignature =
  | { readonly ok: true; readonly spec: string; readonly shown: string | null }
  | { readonly ok: false; readonly error: RsymError };

/**
 * Reads what was typed for a function: `(i: i32) -> i32`, the whole of `fn path(i: i32) -> i32`, a C prototype, or
 * nothing. `name` is the one that errors show, `spec` the pattern that a trace finds the function by.
 */
export const readSignature = (typed: string, name: string, spec: string): GivenSignature => {
  const text = typed.trim();
  if (text === '') return { ok: true, spec, shown: null };
  try {
    const whole = text.startsWith('(') ? `${shortName(name)}${text}` : text;
    const { pattern, signature } = parseSpec(whole);
    if (signature === null)
      throw new RsymError('usage', 'there is no list of arguments', { hints: ['(i: i32, len: usize) -> i32'] });
    return { ok: true, spec: renamed(whole, pattern, spec), shown: withoutPath(signature) };
  } catch (error) {
    if (error instanceof RsymError) return { ok: false, error };
    throw error;
  }
};

/** The last segment where that is a plain word: an excerpt of the text must have room for what is wrong with it. */
const shortName = (name: string): string => /(?:^|::)([A-Za-z_]\w*)$/.exec(name)?.[1] ?? 'function';

const withoutPath = (signature: Signature): string => formatSignature({ ...signature, path: '' });

/** The text with another path before its list of arguments: the path may also occur in a type. */
const renamed = (text: string, path: string, other: string): string => {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const candidate = `${text.slice(0, at)}${other}${text.slice(at + path.length)}`;
    try {
      if (parseSpec(candidate).pattern === other) return candidate;
    } catch {
      // Not this occurrence.
    }
  }
  throw new RsymError('usage', "can't tell the name in this signature", { hints: ['leave the name out'] });
};
