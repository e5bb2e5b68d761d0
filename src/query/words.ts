import { RsymError } from '../base/errors.ts';

const blanks = ' \t\n\r';

/**
 * Splits a command into words: blanks separate, quotes of both kinds keep blanks, a backslash keeps the next character
 * (inside double quotes only `"` and `\`). No shell: nothing is expanded.
 *
 * @throws {RsymError} `usage` for an unclosed quote, a backslash at the end, or no word at all.
 */
export const splitWords = (line: string): string[] => {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let i = 0; i < line.length; i++) {
    const c = line[i] as string;
    const next = line[i + 1];
    if (c === '\\' && quote !== "'") {
      if (next === undefined) throw new RsymError('usage', 'the command ends in a backslash', { reason: line });
      const isKept = quote === '"' && next !== '"' && next !== '\\';
      word = (word ?? '') + (isKept ? `\\${next}` : next);
      i++;
    } else if (quote !== null) {
      if (c === quote) quote = null;
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (blanks.includes(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (quote !== null) throw new RsymError('usage', `the command has no closing ${quote}`, { reason: line });
  if (word !== null) words.push(word);
  if (words.length === 0) throw new RsymError('usage', 'the command is empty');
  return words;
};
