import { RsymError } from '../base/errors.ts';
import { fileOffset } from '../base/units.ts';
import { findLandings } from '../code/landing.ts';
import { findLibrary } from '../elf/library.ts';
import type { Image } from '../elf/model.ts';
import { neededLibraries } from '../elf/needed.ts';
import { openImage } from '../elf/open.ts';
import type { LandingSite } from '../trace/site.ts';
import { ImageCode } from './exits.ts';
import { mappedFiles } from './mappings.ts';

const entries = {
  unwinder: [
    '_Unwind_RaiseException',
    '_Unwind_Resume',
    '_Unwind_Resume_or_Rethrow',
    '_Unwind_ForcedUnwind',
    '__libunwind_Registers_x86_64_jumpto',
  ],
  longjmp: ['longjmp', '_longjmp', 'siglongjmp', '__longjmp_chk'],
} as const;

export type Landings = {
  readonly sites: readonly LandingSite[];
  /** Files in which an unwinder was found; empty: a panic's way can't be proved. */
  readonly unwinders: readonly string[];
  /** Files that may not be read: an unwinder in them is not watched. */
  readonly unread: readonly string[];
};

/** The files whose code a program runs: itself and its libraries, those of a process where one is given. */
export const filesOf = (image: Image, pids: readonly number[]): string[] => {
  const paths = new Set<string>([image.path]);
  for (const pid of pids) for (const file of mappedFiles(pid)) paths.add(file.reachable);
  if (image.type === 'shared') {
    const unwinder = findLibrary('libgcc_s');
    if (unwinder !== undefined) paths.add(unwinder);
  }
  if (pids.length === 0)
    for (const library of neededLibraries(image)) if (library.path !== null) paths.add(library.path);
  return [...paths];
};

/** Where unwinders and longjmp land, in each of the files that has any. */
export const findLandingSites = (paths: readonly string[]): Landings => {
  const sites = new Map<string, LandingSite>();
  const unwinders = new Set<string>();
  const unread: string[] = [];
  for (const path of paths) {
    const found = landingsIn(path);
    if (found === 'unreadable') unread.push(path);
    for (const site of found === 'unreadable' ? [] : found) {
      sites.set(`${site.path}:${site.offset}`, site);
      if (site.kind === 'unwinder') unwinders.add(path);
    }
  }
  return { sites: [...sites.values()], unwinders: [...unwinders], unread };
};

const landingsIn = (path: string): LandingSite[] | 'unreadable' => {
  let image: Image;
  try {
    image = openImage(path);
  } catch (error) {
    if (!(error instanceof RsymError)) throw error;
    // A mapped file that isn't an image (a font, a locale) has no unwinder.
    return error.code === 'input' || error.code === 'unsupported' ? [] : 'unreadable';
  }
  using opened = image;
  if (opened.format !== 'elf' || opened.machine !== 'x86-64') return [];
  const symbols = opened.symbols();
  let code: ImageCode | undefined;
  const found: LandingSite[] = [];
  for (const kind of ['unwinder', 'longjmp'] as const) {
    for (const name of entries[kind]) {
      for (const i of symbols.byRaw(name)) {
        const start = symbols.address(i);
        if (symbols.undefined(i)) continue;
        code ??= new ImageCode(opened, symbols);
        const search = findLandings(start, code.code, code.isFunctionStart);
        if (!search.found) continue;
        for (const landing of search.sites) {
          found.push({
            path,
            offset: fileOffset(code.offsetOf(landing.address)),
            kind,
            stackAdjust: Number(landing.stackAdjust),
          });
        }
      }
    }
  }
  return found;
};
