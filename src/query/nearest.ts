import { editDistance } from '../base/edit-distance.ts';
import { splitPath } from '../base/path.ts';

const word = /^\w+$/;

/** The last segment's own name, lower case. Names are long and many: only the text's end is looked at. */
const lastName = (name: string): string => {
  const at = name.lastIndexOf('::');
  const tail = at < 0 ? name : name.slice(at + 2);
  if (word.test(tail)) return tail.toLowerCase();
  const parts = splitPath(name.length > 2000 ? name.slice(-2000) : name);
  const last = parts.findLast((part) => !part.startsWith('<')) ?? name;
  return (/^[^<(.@ ]+/.exec(last)?.[0] ?? last).toLowerCase();
};

/**
 * The names that a user may have meant by `text`, best first, at most `limit`: those whose last segment differs in
 * few letters or in case, then those that contain it.
 */
export const nearest = (text: string, names: Iterable<string>, limit: number): string[] => {
  const wanted = lastName(text.replaceAll('*', ''));
  const whole = text.toLowerCase();
  if (wanted === '') return [];
  const tolerance = Math.min(3, Math.floor((wanted.length + 1) / 3));
  const best: { name: string; score: number }[] = [];
  const seen = new Set<string>();
  for (const name of names) {
    const score = scoreOf(name, wanted, whole, tolerance);
    if (score === null || seen.has(name)) continue;
    const worst = best.at(-1);
    if (best.length >= limit && worst !== undefined && score >= worst.score) continue;
    seen.add(name);
    const at = best.findIndex((other) => other.score > score);
    best.splice(at < 0 ? best.length : at, 0, { name, score });
    if (best.length > limit) best.pop();
  }
  return best.map(({ name }) => name);
};

const scoreOf = (name: string, wanted: string, whole: string, tolerance: number): number | null => {
  const own = lastName(name);
  const distance = editDistance(wanted, own, tolerance);
  // Among equals the path that resembles the whole text more comes first, then the shorter one.
  const tie =
    Math.min(0.4, Math.abs(name.length - whole.length) / 1000) + (name.toLowerCase().includes(whole) ? 0 : 0.5);
  // To be a part of a name says more than to differ from it in two letters.
  if (wanted.length >= 3 && own.includes(wanted)) return Math.min(distance, 1.5) + tie;
  if (distance <= tolerance) return distance + tie;
  return wanted.length >= 3 && name.toLowerCase().includes(wanted) ? tolerance + 1 + tie : null;
};
