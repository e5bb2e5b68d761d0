import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCache } from './ld-cache.ts';
import { defaultDirectories, isLibraryFor, tupleOf } from './library.ts';
import type { Image } from './model.ts';
import { openImage } from './open.ts';

export type NeededLibrary = { readonly name: string; readonly path: string | null };

/** What the search needs to know of an object, and of the chain of objects that led to it. */
type Loaded = {
  readonly path: string;
  readonly needed: readonly string[];
  readonly runpath: readonly string[];
  readonly hasRunpath: boolean;
  readonly loader: Loaded | undefined;
};

/**
 * The libraries an image is linked with, and those they are linked with, breadth first as the loader loads them; each
 * once, with its file or null. Looks where glibc's loader would (ld.so(8)): RPATH of the object and its loaders, unless
 * it has a RUNPATH; LD_LIBRARY_PATH as it is here; RUNPATH; the cache; the default directories.
 */
export const neededLibraries = (image: Image): NeededLibrary[] => {
  const found = new Map<string, string | null>();
  const queue: Loaded[] = [describe(image, undefined)];
  // The list grows while it is walked: each library is visited once.
  for (const object of queue) {
    for (const name of object.needed) {
      if (found.has(name)) continue;
      const path = locate(name, object, image.machine) ?? interpreterNamed(name, image);
      found.set(name, path ?? null);
      if (path === undefined) continue;
      try {
        using library = openImage(path);
        queue.push(describe(library, object));
      } catch {
        // It was a library a moment ago; what it needs stays unknown.
      }
    }
  }
  return [...found].map(([name, path]) => ({ name, path }));
};

const describe = (image: Image, loader: Loaded | undefined): Loaded => ({
  path: image.path,
  needed: image.needed,
  runpath: image.runpath,
  hasRunpath: image.hasRunpath,
  loader,
});

const locate = (name: string, object: Loaded, machine: string): string | undefined => {
  if (name.includes('/')) return isLibraryFor(name, machine) ? name : undefined;
  const inFolders = (folders: Iterable<string>): string | undefined => {
    for (const folder of folders) {
      const path = join(folder, name);
      if (isLibraryFor(path, machine)) return path;
    }
    return undefined;
  };
  const cached = (): string | undefined =>
    systemCache(machine).find((library) => library.name === name && isLibraryFor(library.path, machine))?.path;
  return (
    inFolders(object.hasRunpath ? [] : rpaths(object, machine)) ??
    inFolders((process.env['LD_LIBRARY_PATH'] ?? '').split(/[:;]/).filter((folder) => folder !== '')) ??
    inFolders(object.hasRunpath ? expand(object, machine) : []) ??
    cached() ??
    inFolders(defaultDirectories(machine))
  );
};

/** RPATH counts for what an object's libraries need, too. */
const rpaths = (object: Loaded, machine: string): string[] => {
  const folders: string[] = [];
  for (let at: Loaded | undefined = object; at; at = at.loader)
    if (!at.hasRunpath) folders.push(...expand(at, machine));
  return folders;
};

const expand = (object: Loaded, machine: string): string[] => {
  const tuple = tupleOf(machine);
  const origin = (): string => {
    try {
      return dirname(realpathSync(object.path));
    } catch {
      return dirname(object.path);
    }
  };
  return object.runpath.map((folder) =>
    folder
      .replace(/\$(ORIGIN\b|\{ORIGIN\})/g, () => origin())
      .replace(/\$(LIB\b|\{LIB\})/g, () => `lib/${tuple}-linux-gnu`)
      .replace(/\$(PLATFORM\b|\{PLATFORM\})/g, () => tuple),
  );
};

/** The loader is mapped before any search: libraries that name it get the one the program names. */
const interpreterNamed = (name: string, image: Image): string | undefined =>
  image.interpreter?.endsWith(`/${name}`) && isLibraryFor(image.interpreter, image.machine)
    ? image.interpreter
    : undefined;
