/** The names nearest to a mistyped one: what an error offers instead of "not found". */

// Longer words are compared by their first part: the distance costs the product of both lengths.
const compared = 64;

/** Edits (insert, delete, replace, swap neighbours) that turn one word into the other. */
const distance = (a: string, b: string): number => {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
};

/** Up to `limit` candidates at most a third of the word's length away, nearest first. Case counts for nothing. */
export const similar = (word: string, candidates: Iterable<string>, limit = 3): string[] => {
  const wanted = word.slice(0, compared).toLowerCase();
  const bound = Math.max(1, Math.floor(wanted.length / 3));
  const found: { name: string; edits: number }[] = [];
  for (const name of candidates) {
    const other = name.slice(0, compared).toLowerCase();
    if (Math.abs(other.length - wanted.length) > bound) continue;
    const edits = distance(wanted, other);
    if (edits <= bound) found.push({ name, edits });
  }
  return found
    .sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map((f) => f.name);
};
