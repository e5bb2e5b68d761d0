import { statSync } from 'node:fs';

export type LsWords = { readonly files: readonly string[]; readonly patterns: readonly string[] };

const isFile = (path: string): boolean => {
  // No pattern is written like that: if there is no such file, that is what must be said.
  if (/^\.{1,2}\//.test(path)) return true;
  try {
    // A directory's name is more likely meant as a pattern: `main` beside a folder `main`.
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === false || (path.includes('/') && exists(path));
  } catch {
    return false; // a name too long, a NUL in it, or a folder that may not be searched
  }
};

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Which words are files and which patterns. The first is a file; a later one is, if there is such a file and it was
 * not named before (`ls hello hello` asks for `hello` in `hello`). Of the last `afterDashes` words, which stood behind
 * `--`, all are patterns if a word precedes them.
 */
export const splitArguments = (words: readonly string[], afterDashes: number): LsWords => {
  const files: string[] = [];
  const patterns: string[] = [];
  const dashes = words.length - afterDashes;
  words.forEach((word, i) => {
    const isPattern = dashes > 0 && i >= dashes;
    if (i === 0 || (!isPattern && !files.includes(word) && isFile(word))) files.push(word);
    else patterns.push(word);
  });
  return { files, patterns };
};
