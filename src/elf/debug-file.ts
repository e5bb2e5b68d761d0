import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { hex } from '../base/units.ts';
import { isWorthReading, openCandidate, type Wanted } from './debug-candidate.ts';
import { type AlternateLink, alternateLink, debugLink, shortestBuildId } from './debug-link.ts';
import type { DebugSource } from './debug-model.ts';
import { hasDebugInfo } from './debug-sections.ts';
import type { Image } from './model.ts';
import { openImage } from './open.ts';

export type DebugFileOptions = {
  /** The file to take, whatever the image says. */
  readonly debugFile?: string | undefined;
  /** Folders in which separate debug files are kept. Default: `/usr/lib/debug`. */
  readonly roots?: readonly string[] | undefined;
};

export type DebugFileSearch = {
  /** `image` is the one that was given where `source.how` is `own`, else a further one, for the caller to dispose of. */
  readonly found: { readonly source: DebugSource; readonly image: Image } | null;
  /** Name of the debug file that the image itself names. */
  readonly linkName: string | null;
  /** Paths that were tried, in order. */
  readonly looked: readonly string[];
  /** What was passed over, and what else may surprise: one line each. */
  readonly notes: readonly string[];
};

const defaultRoots: readonly string[] = ['/usr/lib/debug'];

/**
 * Where an image's debug info is: the file that is given; the image itself; the path made of its build id; the file that
 * its `.gnu_debuglink` names, beside it, in `.debug` there, and under the roots, where the CRC decides. Throws RsymError
 * where a given file can't be read, is of another build, or has nothing to tell.
 */
export const findDebugFile = (
  image: Image,
  { debugFile, roots = defaultRoots }: DebugFileOptions = {},
): DebugFileSearch => {
  const search = new Search();
  if (debugFile !== undefined) return search.end(openGiven(image, debugFile, search.notes), 'given');
  if (hasDebugInfo(image)) return search.end(image, 'own');
  const { buildId } = image;
  const byBuildId = search.open(buildIdPaths(roots, buildId), { owner: image, buildId, crc: null });
  if (byBuildId) return search.end(byBuildId, 'build-id');
  const link = debugLink(image);
  if (link === null) return search.end(null, 'debug-link');
  if ('problem' in link) {
    search.notes.push(`the .gnu_debuglink of ${sanitize(image.path)} is damaged: ${link.problem}`);
    return search.end(null, 'debug-link');
  }
  search.linkName = link.name;
  const paths = foldersOf(image).flatMap((folder) => [
    join(folder, link.name),
    join(folder, '.debug', link.name),
    ...roots.map((root) => join(root, folder, link.name)),
  ]);
  const linked = search.open(paths, { owner: image, buildId, crc: link.crc });
  if (!linked) search.notes.push(...missing(image, link.name, search.looked));
  return search.end(linked, 'debug-link');
};

export type AlternateSearch = {
  /** What the image names; null where it names none. */
  readonly link: AlternateLink | null;
  /** For the caller to dispose of. */
  readonly image: Image | null;
  readonly looked: readonly string[];
  readonly notes: readonly string[];
};

/** The file of `.gnu_debugaltlink`, to which dwz moved DWARF that several files share; its build id decides. */
export const findAlternateFile = (
  image: Image,
  { roots = defaultRoots }: Pick<DebugFileOptions, 'roots'> = {},
): AlternateSearch => {
  const search = new Search();
  const link = alternateLink(image);
  if (link === null || 'problem' in link) {
    if (link) search.notes.push(`the .gnu_debugaltlink of ${sanitize(image.path)} is damaged: ${link.problem}`);
    return { link: null, image: null, looked: [], notes: search.notes };
  }
  const { name, buildId } = link;
  // Folders of debug files are moved as a whole: what stands behind `.dwz` is the same in each.
  const [, shared] = /^.*\/\.dwz\/(.+)$/.exec(name) ?? [];
  const found = search.open(
    [
      ...(isAbsolute(name) ? [name] : foldersOf(image).map((folder) => join(folder, name))),
      ...buildIdPaths(roots, buildId),
      ...(shared === undefined ? [] : roots.map((root) => join(root, '.dwz', shared))),
    ],
    { owner: image, buildId, crc: null },
  );
  if (!found) {
    search.notes.push(
      `a part of the debug info of ${sanitize(image.path)} is in ${sanitize(name)} (build id ${buildId}), which was not found`,
    );
  }
  return { link, image: found, looked: search.looked, notes: search.notes };
};

/** Remembers what was tried and why it was not taken. */
class Search {
  readonly looked: string[] = [];
  readonly notes: string[] = [];
  linkName: string | null = null;

  /** The first of the files that is the one wanted. */
  open(paths: readonly string[], wanted: Wanted): Image | null {
    for (const path of new Set(paths)) {
      if (!this.looked.includes(path)) this.looked.push(path);
      const candidate = openCandidate(path, wanted);
      if (candidate && 'image' in candidate) return candidate.image;
      if (candidate) this.notes.push(candidate.refusal);
    }
    return null;
  }

  end(image: Image | null, how: DebugSource['how']): DebugFileSearch {
    return {
      found: image && { source: { path: image.path, how }, image },
      linkName: this.linkName,
      looked: this.looked,
      notes: this.notes,
    };
  }
}

const buildIdPaths = (roots: readonly string[], buildId: string | null): string[] =>
  buildId === null || buildId.length < shortestBuildId
    ? []
    : roots.map((root) => join(root, '.build-id', buildId.slice(0, 2), `${buildId.slice(2)}.debug`));

/** The folder that the file is in, and the one that it was named in, where a symbolic link leads from one to the other. */
const foldersOf = (image: Image): string[] => {
  const named = dirname(resolve(image.path));
  try {
    return [...new Set([dirname(realpathSync(image.path)), named])];
  } catch {
    return [named];
  }
};

/** Opens the file that the user named. Throws RsymError where it is of another build, or has nothing to tell. */
const openGiven = (image: Image, path: string, notes: string[]): Image => {
  const given = openImage(path);
  try {
    const [owner, file] = [sanitize(image.path), sanitize(path)];
    const refuse = (message: string, reason?: string): never => {
      throw new RsymError('input', message, { reason });
    };
    if (given.format !== image.format || given.machine !== image.machine) {
      refuse(
        `${file} is no debug file of ${owner}`,
        `one is for ${given.format} ${given.machine}, the other for ${image.format} ${image.machine}`,
      );
    }
    const isCompared = given.buildId !== null && image.buildId !== null;
    if (isCompared && given.buildId !== image.buildId) {
      refuse(
        `${file} belongs to another build than ${owner}`,
        `its build id is ${given.buildId}, that of ${owner} is ${image.buildId}`,
      );
    }
    if (!isWorthReading(given)) refuse(`${file} has neither debug info nor a symbol table`);
    if (!isCompared && given.identity !== image.identity) {
      const [theirs, ours] = [codePlace(given), codePlace(image)];
      if (theirs !== null && ours !== null && theirs !== ours)
        refuse(`${file} belongs to another build than ${owner}`, `its code is ${theirs}, that of ${owner} ${ours}`);
      const lacking = [...(image.buildId === null ? [owner] : []), ...(given.buildId === null ? [file] : [])];
      notes.push(`${lacking.join(' and ')} without a build id: that ${file} belongs to ${owner} is taken on your word`);
    }
    return given;
  } catch (error) {
    given[Symbol.dispose]();
    throw error;
  }
};

/** A debug file has the headers of sections whose bytes it lacks: its code lies where that of its program does. */
const codePlace = (image: Image): string | null => {
  const text = image.sections.find(({ name }) => name === '.text');
  return text ? `${text.size} bytes at ${hex(text.address)}` : null;
};

const missing = (image: Image, name: string, looked: readonly string[]): string[] => [
  `${sanitize(image.path)} says that its debug info is in ${sanitize(name)}, which was not found; looked for ${looked.map(sanitize).join(', ')}`,
  'debug symbols of the system’s own programs are in packages of their own (-dbgsym on Debian and Ubuntu, -debuginfo on Fedora); a file elsewhere is named with --debug-file',
];
