import { nearestInFiles } from './list-nearest.ts';
import { type Pattern, parsePattern } from './pattern.ts';

// What only a listing with patterns needs; without them it isn't loaded.
export { nearestInFiles };
export const parsePatterns = (words: readonly string[]): Pattern[] => words.map(parsePattern);
