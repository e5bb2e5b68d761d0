import { editDistance } from '../base/edit-distance.ts';

const most = 3;

/** Those of the names that may have been meant, the likeliest first. */
export const likely = (wanted: string, names: Iterable<string>): readonly string[] => {
  const own = wanted.toLowerCase();
  // Every name of one letter is one letter away from another.
  const tolerance = /^\p{L}?$/u.test(own) ? 0 : Math.min(3, Math.floor((own.length + 2) / 3));
  return [...new Set(names)]
    .flatMap((name) => {
      const other = name.toLowerCase();
      const distance = editDistance(own, other, tolerance);
      if (distance <= tolerance) return [{ name, distance }];
      return own.length >= 3 && other.includes(own) ? [{ name, distance: tolerance + 1 }] : [];
    })
    .sort((a, b) => a.distance - b.distance || sharedStart(wanted, b.name) - sharedStart(wanted, a.name))
    .slice(0, most)
    .map(({ name }) => name);
};

/** Letters that two names begin with. */
const sharedStart = (a: string, b: string): number => {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
};

const mostListed = 12;

/** `a, b and c`, the first ones of many. */
export const listed = (names: readonly string[]): string => {
  if (names.length > mostListed)
    return `${names.slice(0, mostListed).join(', ')} and ${names.length - mostListed} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
};
