import { RsymError } from '../base/errors.ts';
import { decodeBytes, sanitize } from '../base/text.ts';
import { type Address, address } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import { CallFrames } from './call-frames.ts';
import { countsOf, levelOf, producersOf } from './debug-counts.ts';
import { type DebugFileOptions, findDebugFile } from './debug-file.ts';
import { DebugIndex } from './debug-index.ts';
import type { DebugCounts, DebugInfo, DebugLevel, DebugSource, Producer } from './debug-model.ts';
import { hasDebugInfo } from './debug-sections.ts';
import { readError } from './file.ts';
import type { AddressRange, DebugCopy, DebugFunction, DieOffset, Frame, LineRow } from './function-model.ts';
import { indexKey, readCachedIndex, writeCachedIndex } from './index-cache.ts';
import type { Image } from './model.ts';
import type { DebugTypes } from './type-model.ts';
import { openTypes } from './types.ts';
import type { DebugScope } from './variable-model.ts';
import { scopeOf } from './variables.ts';

/**
 * The debug info of an image, its own or that of a separate file. The image stays open while it is used. Where there is
 * none, or it can't be read, it is empty, and a note says why. Throws RsymError where a given file is the wrong one.
 */
export const openDebugInfo = (image: Image, options: DebugFileOptions = {}): DebugInfo => {
  const { found, notes } = findDebugFile(image, options);
  if (!found) return new ImageDebugInfo(image, null, null, null, notes);
  const own = found.image === image ? null : found.image;
  try {
    const core = found.image.debug();
    if (core?.isRelocatable) {
      const note = `the debug info of ${sanitize(found.source.path)} is not read: it is an object file, whose addresses are not given yet`;
      return new ImageDebugInfo(image, null, found.source, own, [...notes, note]);
    }
    if (core) makeIndex(core, image, found.image);
    const name = sanitize(found.source.path);
    const unread = hasDebugInfo(found.image)
      ? `the debug info of ${name} is not read: this version reads that of ELF files and wasm modules`
      : `${name} has symbols and no debug info`;
    return new ImageDebugInfo(image, core, found.source, own, core ? notes : [...notes, unread]);
  } catch (error) {
    own?.[Symbol.dispose]();
    throw readError(found.source.path, error);
  }
};

const makeIndex = (core: CoreDebug, image: Image, source: Image): void => {
  const key = indexKey(image === source ? [image] : [image, source]);
  const saved = readCachedIndex(key);
  if (saved && core.load(saved)) return;
  core.build();
  writeCachedIndex(key, core.save());
};

const statementFlag = 1;
const prologueEndFlag = 2;
const sequenceEndFlag = 4;

const encoder = new TextEncoder();

class ImageDebugInfo implements DebugInfo {
  readonly source: DebugSource | null;
  readonly notes: readonly string[];
  readonly level: DebugLevel;
  readonly counts: DebugCounts;
  readonly functionCount: number;
  readonly copyCount: number;
  readonly #core: CoreDebug | null;
  readonly #index: DebugIndex | null;
  readonly #separate: Image | null;
  readonly #callFrames: CallFrames | null;
  #types: DebugTypes | null = null;

  constructor(
    image: Image,
    core: CoreDebug | null,
    source: DebugSource | null,
    separate: Image | null,
    notes: readonly string[],
  ) {
    this.#core = core;
    this.#index = core && new DebugIndex(core);
    this.#callFrames = core && new CallFrames(core, image);
    this.#separate = separate;
    this.source = source;
    this.functionCount = core?.count('functions') ?? 0;
    this.copyCount = core?.count('copies') ?? 0;
    const told = core ? notesOf(core) : [];
    const name = source ? sanitize(source.path) : '';
    this.notes = [...notes, ...told.map((note) => `the debug info of ${name} is read in part: ${sanitize(note)}`)];
    this.level = core ? levelOf(core) : 'none';
    this.counts = countsOf(core);
  }

  get types(): DebugTypes | null {
    if (this.level === 'types' && this.#core) this.#types ??= openTypes(this.#core);
    return this.#types;
  }

  producers(): readonly Producer[] {
    return this.#core ? producersOf(this.#core) : [];
  }

  function(id: number): DebugFunction {
    return this.#indexed().function(id);
  }

  copy(id: number): DebugCopy {
    return this.#indexed().copy(id);
  }

  path(id: number): string {
    return this.#indexed().path(id);
  }

  dwarfPath(id: number): string {
    return this.#indexed().dwarfPath(id);
  }

  linkageName(id: number): string | null {
    return this.#indexed().linkageName(id);
  }

  copyCounts(id: number): { outOfLine: number; inlined: number } {
    return this.#indexed().copyCounts(id);
  }

  byLinkageName(name: string): readonly number[] {
    return this.#core?.named(encoder.encode(name)) ?? [];
  }

  containing(linkage: string, path: string): readonly number[] {
    return this.#core?.search(encoder.encode(linkage), encoder.encode(path)) ?? [];
  }

  copiesAt(at: Address): readonly number[] {
    return this.#index?.copiesAt(at) ?? [];
  }

  copiesOfCrate(die: DieOffset): readonly number[] {
    return this.#index?.copiesOfCrate(die) ?? [];
  }

  frames(at: Address): readonly Frame[] {
    if (!this.#core) return [];
    const [line] = this.lines({ start: at, end: address(at + 1n) }).slice(-1);
    const innermost = line?.position ?? null;
    const copies = this.#core.frames(at).map((id) => this.copy(id));
    if (copies.length === 0) return innermost ? [{ function: null, copy: null, position: innermost }] : [];
    return copies.map((copy, depth) => ({
      function: this.function(copy.function),
      copy,
      position: depth === 0 ? innermost : (copies[depth - 1]?.callSite ?? null),
    }));
  }

  lines({ start, end }: AddressRange): readonly LineRow[] {
    if (!this.#core) return [];
    const { paths, rows: found } = this.#core.lines(start, end);
    const files = paths.map((path) => decodeBytes(path));
    return found
      .filter(({ flags }) => (flags & sequenceEndFlag) === 0)
      .map(({ address: at, file, line, column, flags }) => ({
        address: address(at),
        position: { file: files[file] ?? '', line, column },
        isStatement: (flags & statementFlag) !== 0,
        isPrologueEnd: (flags & prologueEndFlag) !== 0,
      }));
  }

  scope({ id, die }: DebugCopy): DebugScope {
    if (!this.#core) throw noDebugInfo();
    return scopeOf(this.#core, this.source?.path ?? '', die, this.#indexed().outermostDie(id));
  }

  frameAddress(at: Address): { readonly register: number; readonly offset: bigint } | null {
    return this.#callFrames?.frameAddress(at) ?? null;
  }

  [Symbol.dispose](): void {
    this.#core?.[Symbol.dispose]();
    this.#separate?.[Symbol.dispose]();
  }

  #indexed(): DebugIndex {
    if (!this.#index) throw noDebugInfo();
    return this.#index;
  }
}

const noDebugInfo = (): RsymError => new RsymError('internal', 'there is no debug info');

/** What the core could not read. */
const notesOf = (core: CoreDebug): string[] =>
  Array.from({ length: core.count('notes') }, (_, row) => decodeBytes(core.text('notes', row, 0)));
