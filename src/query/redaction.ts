import { sanitize } from '../base/text.ts';
import { lastSegment, withoutArguments } from '../elf/rust-name.ts';
import { globMatches } from './glob.ts';
import { nearest } from './nearest.ts';
import { parseRegex } from './regex.ts';

export type Redaction = {
  readonly matches: (path: string, type: string) => boolean;
  /** One line for each pattern that has matched nothing so far, among the values of these functions. */
  readonly notes: (functions: readonly string[]) => string[];
};

/** Names that are kept to tell the nearest of. */
const mostAsked = 10_000;
const mostNearest = 3;

/**
 * Tells values that are not to be read. A pattern is a glob or a regular expression between slashes, and letters match
 * in either case: of the value's own name (`password`), its path (`login.password`), or its type (`Secret`, with or
 * without its path and generic arguments).
 *
 * @throws {RsymError} `usage` for a faulty regular expression.
 */
export const redactionOf = (patterns: readonly string[]): Redaction | null => {
  if (patterns.length === 0) return null;
  const idle = new Set(patterns);
  const asked = new Set<string>();
  const tests = patterns.map((pattern): ((name: string) => boolean) => {
    if (/^\/.*\/i?$/s.test(pattern)) return parseRegex(pattern.endsWith('i') ? pattern : `${pattern}i`);
    const glob = pattern.toLowerCase();
    return (name) => globMatches(glob, name.toLowerCase());
  });
  const matches = (path: string, type: string): boolean => {
    const plain = withoutArguments(type);
    const names = [path.slice(path.lastIndexOf('.') + 1), path, type, plain, lastSegment(plain)];
    for (const name of [names[0] ?? '', lastSegment(plain)]) if (asked.size < mostAsked) asked.add(name);
    let isMatch = false;
    for (const [i, test] of tests.entries()) {
      // One that has matched something before is of interest only until another says the same.
      if ((isMatch && !idle.has(patterns[i] ?? '')) || !names.some(test)) continue;
      idle.delete(patterns[i] ?? '');
      isMatch = true;
    }
    return isMatch;
  };
  const notes = (functions: readonly string[]): string[] =>
    [...idle].map((pattern) => {
      const test = tests[patterns.indexOf(pattern)];
      const note = `--redact ${sanitize(pattern)} matches no value of what is traced`;
      if (functions.some((name) => [name, lastSegment(name)].some((one) => test?.(one))))
        return `${note}: it names a function, and values are redacted by their own names and types`;
      const near = nearest(pattern, asked, mostNearest);
      return near.length === 0 ? note : `${note}; the nearest: ${near.map(sanitize).join(', ')}`;
    });
  return { matches, notes };
};
