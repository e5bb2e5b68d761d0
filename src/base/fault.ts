import { RsymError } from './errors.ts';

const window = 60;

/** The part of `text` around `at`, on one line, and a caret line below it. */
const excerpt = (text: string, at: number, length: number): string => {
  const from = at > window ? at - window / 2 : 0;
  const shown = text.slice(from, from + 2 * window).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?');
  const before = [...text.slice(from, at)].length + (from > 0 ? 1 : 0);
  const carets = '^'.repeat(Math.max(1, Math.min(length, 2 * window - (at - from))));
  const dots = from + 2 * window < text.length ? '…' : '';
  return `${from > 0 ? '…' : ''}${shown}${dots}\n${' '.repeat(before)}${carets}`;
};

/** A fault in what the user wrote; `reason` has two lines: the text, and carets below the fault. */
export const faultAt = (text: string, at: number, length: number, message: string, hints: string[] = []): RsymError =>
  new RsymError('usage', `${message}, at character ${[...text.slice(0, at)].length + 1}`, {
    reason: excerpt(text, at, length),
    hints,
  });
