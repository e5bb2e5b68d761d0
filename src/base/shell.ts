/** A word as a shell reads it back: commands that rsym suggests can be pasted, whatever the file is called. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

export const shellCommand = (...words: readonly (string | number)[]): string =>
  words.map((word) => shellWord(String(word))).join(' ');
