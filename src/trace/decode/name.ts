import { sanitize } from '../../base/text.ts';

// The same few names are written again and again.
const known = new Map<string, string>();
const maxKnown = 10_000;

/** A name of the debug info, safe on a terminal. */
export const nameText = (name: string): string => {
  const text = known.get(name);
  if (text !== undefined) return text;
  if (known.size === maxKnown) known.clear();
  const safe = sanitize(name);
  known.set(name, safe);
  return safe;
};

/** A name as a key of JSON: those that begin with `$` are marks. */
export const jsonKey = (name: string): string => (name.charCodeAt(0) === 0x24 ? `\\${name}` : name);
