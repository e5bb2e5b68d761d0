/** Notes alike that are told each by itself. */
const mostAlike = 2;

/** What a note comes down to: its last part, which names no function. */
const gist = (note: string): string => note.slice(note.lastIndexOf(': ') + 1).trim();

/**
 * Notes as lines, few enough to be read: of many that come down to the same only the first are told, and how many more
 * there are; at most `most` lines and one that counts the rest. Their order is kept.
 */
export const noteLines = (notes: readonly string[], most: number): string[] => {
  const alike = new Map<string, number>();
  for (const note of notes) alike.set(gist(note), (alike.get(gist(note)) ?? 0) + 1);
  const told = new Map<string, number>();
  const lines: { readonly text: string; readonly notes: number }[] = [];
  for (const note of notes) {
    const key = gist(note);
    const before = told.get(key) ?? 0;
    const all = alike.get(key) ?? 0;
    told.set(key, before + 1);
    if (before < mostAlike || all === mostAlike + 1) lines.push({ text: note, notes: 1 });
    else if (before === mostAlike) lines.push({ text: `and ${all - mostAlike} more: ${key}`, notes: all - mostAlike });
  }
  const shown = lines.slice(0, most).map(({ text }) => text);
  const rest = lines.slice(most).reduce((sum, line) => sum + line.notes, 0);
  return rest === 0 ? shown : [...shown, `and ${rest} more notes; --json gives them all`];
};
