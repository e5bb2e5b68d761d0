import { parseSpec } from '../abi/signature.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { type Address, hex } from '../base/units.ts';
import { parsePattern } from './pattern.ts';

export type NamedFunction = { readonly name: string; readonly raw: string; readonly address: Address };

/** Longer names are better told by their address. */
const longest = 1_000;

/**
 * The text by which `show` and `trace` mean a function with all its copies: its path; where that would say something
 * else (it holds a `*`, or a list of arguments as C++ has it) its symbol; its address where neither can be written.
 */
export const functionSpec = ({ name, raw, address }: NamedFunction): string => {
  const named = { name, raw, address };
  if (means(name, named) && !name.includes('*') && !name.includes('{{')) return name;
  return means(raw, named) ? raw : hex(address);
};

/**
 * The same of a function that others share their whole name with: its symbol, or its address where others have that too
 * (`hasOwnRaw` is false).
 */
export const namesakeSpec = (named: NamedFunction, hasOwnRaw: boolean): string =>
  hasOwnRaw && means(named.raw, named) ? named.raw : hex(named.address);

/** Whether a text is a pattern of which this function is an exact match. */
const means = (text: string, { name, raw, address }: NamedFunction): boolean => {
  if (text.length > longest || text.startsWith('-') || sanitize(text) !== text || text.trim() !== text) return false;
  try {
    const { pattern, signature } = parseSpec(text);
    if (signature !== null || pattern !== text) return false;
    const parsed = parsePattern(text);
    return (parsed.kind === 'path' || parsed.kind === 'symbol') && parsed.match(name, raw, address) === 'exact';
  } catch (error) {
    if (error instanceof RsymError) return false;
    throw error;
  }
};
