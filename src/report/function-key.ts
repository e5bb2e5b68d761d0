import { sanitize } from '../base/text.ts';
import { displayWidth, padEnd, truncateMiddle } from './terminal-width.ts';

/** Names of functions are no wider than this where keys stand behind them. */
const widestName = 40;

/**
 * How rows are named: by the function where calls aren't told apart by a key, by the key where there is one function, else by
 * both, the keys one below the other. `shown`: the functions of the rows. Keys are sanitized already.
 */
export const rowNaming = (
  { by, functions }: { readonly by: string | null; readonly functions: readonly unknown[] },
  shown: readonly string[],
): ((name: string, key: string) => string) => {
  if (by === null) return sanitize;
  if (functions.length === 1) return (_, key) => key;
  const widths = ['FUNCTION', ...shown.map(sanitize)].map(displayWidth);
  const width = Math.min(Math.max(...widths), widestName);
  return (name, key) => `${padEnd(truncateMiddle(sanitize(name), width), width)}  ${key}`;
};
