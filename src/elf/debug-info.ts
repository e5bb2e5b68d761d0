import { RsymError } from '../base/errors.ts';
import { decodeBytes, sanitize } from '../base/text.ts';
import { type Address, address } from '../base/units.ts';
import { type CoreDebug, noRow } from '../core/debug.ts';
import type { ByteColumn } from '../core/demangle.ts';
import { CallFrames } from './call-frames.ts';
import { countsOf, levelOf, producersOf } from './debug-counts.ts';
import { type DebugFileOptions, findDebugFile } from './debug-file.ts';
import type { DebugCounts, DebugInfo, DebugLevel, DebugSource, Producer } from './debug-model.ts';
import { hasDebugInfo } from './debug-sections.ts';
import { readError } from './file.ts';
import type { AddressRange, DebugCopy, DebugFunction, Frame, LineRow, SourcePosition } from './function-model.ts';
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

// Fields of the core's rows, in bytes.
const functionFields = {
  linkage: 0,
  path: 8,
  file: 16,
  line: 20,
  flags: 24,
  dies: 28,
  copies: 36,
  outOfLine: 40,
  inlined: 44,
};
const copyFields = { entryLow: 0, entryHigh: 4, function: 8, caller: 12, ranges: 20, callFile: 28, die: 40 };

const nocallFlag = 1;
const partialFlag = 2;

const statementFlag = 1;
const prologueEndFlag = 2;
const sequenceEndFlag = 4;

/** Functions kept for later questions. */
const mostFunctions = 1000;

/** Names that are worked out one by one before all are. */
const fewPaths = 200;

const encoder = new TextEncoder();

class ImageDebugInfo implements DebugInfo {
  readonly source: DebugSource | null;
  readonly notes: readonly string[];
  readonly level: DebugLevel;
  readonly counts: DebugCounts;
  readonly functionCount: number;
  readonly copyCount: number;
  readonly #core: CoreDebug | null;
  readonly #separate: Image | null;
  readonly #callFrames: CallFrames | null;
  #types: DebugTypes | null = null;
  /** A row holds the ids of all copies: reading it again and again takes long. */
  readonly #functions = new Map<number, DebugFunction>();
  #paths: ByteColumn | undefined;
  #asked = 0;

  constructor(
    image: Image,
    core: CoreDebug | null,
    source: DebugSource | null,
    separate: Image | null,
    notes: readonly string[],
  ) {
    this.#core = core;
    this.#callFrames = core && new CallFrames(core, image);
    this.#separate = separate;
    this.source = source;
    this.functionCount = core?.count('functions') ?? 0;
    this.copyCount = core?.count('copies') ?? 0;
    const told = core ? rows(core.count('notes'), (row) => decodeBytes(core.text('notes', row, 0))) : [];
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
    const known = this.#functions.get(id);
    if (known !== undefined) return known;
    if (this.#functions.size >= mostFunctions) this.#functions.clear();
    const made = this.#read(id);
    this.#functions.set(id, made);
    return made;
  }

  #read(id: number): DebugFunction {
    const core = this.#indexed();
    const field = (at: number): number => core.u32('functions', id, at);
    const file = field(functionFields.file);
    const first = field(functionFields.copies);
    const count = field(functionFields.outOfLine) + field(functionFields.inlined);
    const die = field(functionFields.dies);
    return {
      id,
      path: this.path(id),
      isPartial: (field(functionFields.flags) & partialFlag) !== 0,
      dwarfPath: this.dwarfPath(id),
      linkageName: this.linkageName(id),
      source: file === noRow ? null : { file: this.#file(file), line: field(functionFields.line), column: 0 },
      dies: rows(field(functionFields.dies + 4), (row) => core.u32('dies', die + row, 0)),
      isConventionChanged: (field(functionFields.flags) & nocallFlag) !== 0,
      copies: rows(count, (row) => core.u32('byFunction', first + row, 0)),
    };
  }

  copy(id: number): DebugCopy {
    const core = this.#indexed();
    const field = (at: number): number => core.u32('copies', id, at);
    const caller = field(copyFields.caller);
    const first = field(copyFields.ranges);
    const ranges = rows(field(copyFields.ranges + 4), (row) => this.#range(first + row));
    return {
      id,
      kind: caller === noRow ? 'out-of-line' : 'inlined',
      function: field(copyFields.function),
      address: this.#entry(id),
      size: ranges.reduce((sum, { start, end }) => sum + (end - start), 0n),
      ranges,
      caller: caller === noRow ? null : caller,
      callSite: caller === noRow ? null : this.#callSite(id),
      die: field(copyFields.die),
    };
  }

  path(id: number): string {
    const core = this.#indexed();
    // Working out all at once is far cheaper than one by one, and wasted where only a few are asked for.
    if (this.#paths === undefined && ++this.#asked > fewPaths) this.#paths = core.paths();
    if (this.#paths === undefined) return decodeBytes(core.path(id));
    const { bytes, offsets } = this.#paths;
    return decodeBytes(bytes.subarray(offsets[id], offsets[id + 1]));
  }

  dwarfPath(id: number): string {
    return decodeBytes(this.#indexed().text('functions', id, functionFields.path));
  }

  linkageName(id: number): string | null {
    const name = this.#indexed().text('functions', id, functionFields.linkage);
    return name.length === 0 ? null : decodeBytes(name);
  }

  copyCounts(id: number): { outOfLine: number; inlined: number } {
    const core = this.#indexed();
    return {
      outOfLine: core.u32('functions', id, functionFields.outOfLine),
      inlined: core.u32('functions', id, functionFields.inlined),
    };
  }

  byLinkageName(name: string): readonly number[] {
    return this.#core?.named(encoder.encode(name)) ?? [];
  }

  containing(linkage: string, path: string): readonly number[] {
    return this.#core?.search(encoder.encode(linkage), encoder.encode(path)) ?? [];
  }

  copiesAt(at: Address): readonly number[] {
    const core = this.#core;
    if (!core) return [];
    const entryOf = (index: number): bigint => this.#entry(core.u32('byEntry', index, 0));
    let low = 0;
    let high = core.count('byEntry');
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (entryOf(middle) >= at) high = middle;
      else low = middle + 1;
    }
    const found: number[] = [];
    for (; low < core.count('byEntry') && entryOf(low) === at; low++) found.push(core.u32('byEntry', low, 0));
    return found;
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
    const core = this.#indexed();
    let outermost = id;
    for (let caller = id; caller !== noRow; caller = core.u32('copies', caller, copyFields.caller)) outermost = caller;
    return scopeOf(core, this.source?.path ?? '', die, core.u32('copies', outermost, copyFields.die));
  }

  frameAddress(at: Address): { readonly register: number; readonly offset: bigint } | null {
    return this.#callFrames?.frameAddress(at) ?? null;
  }

  [Symbol.dispose](): void {
    this.#core?.[Symbol.dispose]();
    this.#separate?.[Symbol.dispose]();
  }

  #indexed(): CoreDebug {
    if (!this.#core) throw new RsymError('internal', 'there is no debug info');
    return this.#core;
  }

  #entry(copy: number): Address {
    const core = this.#indexed();
    const [low, high] = [copyFields.entryLow, copyFields.entryHigh].map((field) => core.u32('copies', copy, field));
    return address((BigInt(high ?? 0) << 32n) | BigInt(low ?? 0));
  }

  #range(row: number): AddressRange {
    const core = this.#indexed();
    return { start: address(core.u64('ranges', row, 0)), end: address(core.u64('ranges', row, 8)) };
  }

  #file(row: number): string {
    return decodeBytes(this.#indexed().text('files', row, 0));
  }

  #callSite(id: number): SourcePosition | null {
    const core = this.#indexed();
    const [file, line, column] = [0, 4, 8].map((field) => core.u32('copies', id, copyFields.callFile + field));
    return file === undefined || file === noRow
      ? null
      : { file: this.#file(file), line: line ?? 0, column: column ?? 0 };
  }
}

const rows = <T>(count: number, read: (row: number) => T): T[] => Array.from({ length: count }, (_, row) => read(row));
