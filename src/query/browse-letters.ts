/** The range that the letters of a text may take in a name, for each of them. */
const spread = (letters: number): number => 8 + 4 * letters;

/** How often a place for the first letter is tried. */
const mostTries = 8;

/** Whether the letters are in the name in their order, near each other; `foldsCase`: capitals are taken for small letters. */
export const hasNear = (name: Uint8Array, letters: Uint8Array, foldsCase: boolean): boolean => {
  const upperCase = foldsCase ? 26 : 0;
  const folded = (byte: number): number => (byte >= 65 && byte < 65 + upperCase ? byte + 32 : byte);
  const widest = spread(letters.length);
  let from = 0;
  for (let tries = 0; tries < mostTries; tries++) {
    let next = 0;
    let at = from;
    for (; at < name.length && next < letters.length; at++) if (folded(name[at] ?? 0) === letters[next]) next++;
    if (next < letters.length) return false;
    // Back from the last letter: the nearest that all of them can be.
    let start = at;
    while (next > 0) if (folded(name[--start] ?? 0) === letters[next - 1]) next--;
    if (at - start <= widest) return true;
    from = start + 1;
  }
  return false;
};

/** Letters of a word that may be left out, for each that is typed: most vowels. */
const leftOut = 0.7;

/** What a start inside a word costs, in letters left out, and a place before the last segment of the path. */
const cost = { inside: 3, early: 1 } as const;

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;
const isUpper = (byte: number): boolean => byte >= 65 && byte <= 90;
const isLetter = (byte: number): boolean => isUpper(byte) || (byte >= 97 && byte <= 122) || byte >= 128;
const underscore = 0x5f;
const colon = 0x3a;

/**
 * How well a name fits a word of which letters were left out: `wrk` for `work`, `drp_in_plce` for `drop_in_place`; 0 is
 * best, null: it doesn't. What is left out are letters of one segment, no digits. `foldsCase` as for {@link hasNear}.
 */
export const wordCost = (name: Uint8Array, letters: Uint8Array, foldsCase: boolean): number | null => {
  const first = letters[0] ?? 0;
  const most = Math.max(1, Math.floor(leftOut * letters.length));
  const folds = foldsCase ? 26 : 0;
  let best: number | null = null;
  // The later ones are more often what is meant: a path ends in the function's own name.
  let isEarly = false;
  for (let at = name.length - 1; at >= 0; at--) {
    const byte = name[at] ?? 0;
    if (byte === colon) isEarly = true;
    if (foldedBy(byte, folds) !== first) continue;
    const skipped = skippedFrom(name, at, letters, folds, most);
    if (skipped === null) continue;
    const found = skipped + (beginsWord(name, at) ? 0 : cost.inside) + (isEarly ? cost.early : 0);
    if (best === null || found < best) best = found;
  }
  return best;
};

const foldedBy = (byte: number, folds: number): number => (byte >= 65 && byte < 65 + folds ? byte + 32 : byte);

/** Letters between those that were typed, the first of which is at `at`; null: more than `most`, or not in one segment. */
const skippedFrom = (name: Uint8Array, at: number, letters: Uint8Array, folds: number, most: number): number | null => {
  let skipped = 0;
  let next = 1;
  for (let i = at + 1; next < letters.length; i++) {
    const byte = name[i] ?? 0;
    if (foldedBy(byte, folds) === letters[next]) next++;
    else if (++skipped > most || !(isLetter(byte) || byte === underscore)) return null;
  }
  return skipped;
};

const beginsWord = (name: Uint8Array, at: number): boolean => {
  const before = name[at - 1] ?? 0;
  return !(isLetter(before) || isDigit(before)) || (isUpper(name[at] ?? 0) && !isUpper(before));
};
