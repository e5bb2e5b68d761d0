/**
 * A file of rsym itself, by its path from the folder that holds the layers; `../` leads to the package's.
 *
 * Compiled, this module may be part of a file of another folder: all of them lie one below that of the layers.
 */
export const ownFile = (path: string): URL => new URL(`../${path}`, import.meta.url);
