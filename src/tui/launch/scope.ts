import { RsymError } from '../../base/errors.ts';
import { parseProcessId } from '../../base/process-id.ts';
import type { NextProcess, WatchScope } from '../../query/watch.ts';
import { splitWords } from '../../query/words.ts';
import type { ScopeKind } from './state.ts';

/** What a choice and its field ask for; an error that says what is wrong with the field. */
export const readScope = (kind: ScopeKind, text: string): WatchScope | NextProcess | RsymError => {
  try {
    switch (kind) {
      case 'run':
        return { kind: 'run', args: text.trim() === '' ? [] : splitWords(text) };
      case 'command':
        splitWords(text);
        return { kind: 'command', line: text };
      case 'process':
        return { kind: 'processes', pids: pidsIn(text) };
      case 'wait':
        return { kind: 'next' };
      case 'everywhere':
        return { kind: 'everywhere' };
    }
  } catch (error) {
    if (error instanceof RsymError) return error;
    throw error;
  }
};

const pidsIn = (text: string): number[] => {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) throw new RsymError('usage', 'a process id is missing');
  return words.map((word) => {
    const pid = parseProcessId(word);
    if (pid === undefined) throw new RsymError('usage', `not a process id: ${word}`);
    return pid;
  });
};

/** Larger ones can't be counted to. */
const mostSample = 1_000_000_000;

/** One call of how many; undefined for every call. */
export const readSample = (text: string): number | undefined | RsymError => {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '1') return undefined;
  const value = Number(trimmed);
  return /^\d+$/.test(trimmed) && value >= 1 && value <= mostSample
    ? value
    : new RsymError('usage', 'it must be a whole number: one call of so many is shown');
};
