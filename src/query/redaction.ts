import { lastSegment, withoutArguments } from '../elf/rust-name.ts';
import { globMatches } from './glob.ts';
import { parseRegex } from './regex.ts';

/**
 * Tells values that are not to be read. A pattern is a glob or a regular expression between slashes, and letters match
 * in either case: of the value's own name (`password`), its path (`login.password`), or its type (`Secret`, with or
 * without its path and generic arguments).
 *
 * @throws {RsymError} `usage` for a faulty regular expression.
 */
export const redactionOf = (patterns: readonly string[]): ((path: string, type: string) => boolean) | null => {
  if (patterns.length === 0) return null;
  const tests = patterns.map((pattern): ((name: string) => boolean) => {
    if (/^\/.*\/i?$/s.test(pattern)) return parseRegex(pattern.endsWith('i') ? pattern : `${pattern}i`);
    const glob = pattern.toLowerCase();
    return (name) => globMatches(glob, name.toLowerCase());
  });
  return (path, type) => {
    const plain = withoutArguments(type);
    const names = [path.slice(path.lastIndexOf('.') + 1), path, type, plain, lastSegment(plain)];
    return tests.some((test) => names.some(test));
  };
};
