import { coldPages } from './cold-pages.ts';
import { loadedPages } from './loaded-pages.ts';
import type { Memory } from './memory.ts';

/** How a trace's programs read memory, by whether they wait for pages. */
export const memoryOf = (waitsForPages: boolean): Memory => (waitsForPages ? coldPages : loadedPages);
