import type { Address } from '../base/units.ts';
import type { DebugCounts, DebugLevel, DebugSource } from '../elf/debug-model.ts';
import type { Compression } from '../elf/debug-sections.ts';
import type { Image } from '../elf/model.ts';
import type { Scheme } from '../elf/symbols.ts';

export type InfoOptions = { readonly debugFile?: string };

/** How the image is linked: null for what no linker made. */
export type Linking = {
  readonly kind: 'static' | 'dynamic';
  readonly interpreter: string | null;
  readonly needed: readonly string[];
  readonly soname: string | null;
  readonly runpath: readonly string[];
  /** Whether `runpath` is DT_RUNPATH; else DT_RPATH, which counts for what libraries need, too. */
  readonly hasRunpath: boolean;
};

export type SymbolsInfo = {
  /** `full`: `.symtab`, or a name section; `dynamic`: exports and imports alone. */
  readonly table: 'full' | 'dynamic' | 'none';
  /** Defined function symbols. */
  readonly functions: number;
  /** Functions without a name (wasm). */
  readonly unnamed: number;
  /** How the functions' names are mangled. */
  readonly schemes: Readonly<Record<Scheme, number>>;
};

export type DebugFacts = {
  /** Null: there is none. */
  readonly source: DebugSource | null;
  readonly level: DebugLevel;
  /** Versions of DWARF, ascending. */
  readonly versions: readonly number[];
  /** How `.debug_info` is compressed; null: not. */
  readonly compression: Compression | null;
  /** Null where there is no debug info, or it can't be read. */
  readonly counts: DebugCounts | null;
  /** The file to which dwz moved what several files share, by `.gnu_debugaltlink`; `path` null: it was not found. */
  readonly alternate: { readonly name: string; readonly buildId: string; readonly path: string | null } | null;
  /** Name of the separate file that the image names. */
  readonly linkName: string | null;
  /** Where a separate file was looked for; empty where there is no need of one, or nothing to look for. */
  readonly looked: readonly string[];
};

/** Where a compiler's name was read. */
export type CompilerEvidence =
  /** DW_AT_producer; the count is of units. */
  | 'debug-info'
  /** The section `.comment`: what linked the file, too; the count is of entries, equal ones made one by the linker. */
  | 'comment'
  /** Paths of Rust's own sources in constants: the compiler that built `std`; the count is of paths. */
  | 'source-path'
  /** Text in constants, which a program may hold for any reason; the count is of places. */
  | 'constant-text';

export type Compiler = {
  readonly name: string;
  readonly evidence: CompilerEvidence;
  readonly count: number;
  /** Of the units, where debug info tells. */
  readonly language: string | null;
  readonly dwarfVersion: number | null;
};

export type Language = {
  readonly name: string;
  /** Units of debug info, or symbols with a language's mangling. */
  readonly evidence: 'debug-info' | 'symbols';
  readonly count: number;
};

/** A symbol that says something of unwinding, and whether the file has its code or takes it from a library. */
export type UnwindSymbol = { readonly name: string; readonly how: 'imports' | 'contains' };

export type Unwinding = {
  /** `through`: it raises nothing itself; what others raise can pass. `unknown`: its symbols are gone. */
  readonly verdict: 'yes' | 'through' | 'no' | 'unknown';
  readonly raises: readonly UnwindSymbol[];
  readonly hasFrames: boolean;
  /** `.gcc_except_table`: cleanups or handlers. */
  readonly hasLandingPads: boolean;
  /** What a Rust panic does, and how that is known; null for files without Rust. */
  readonly panic: { readonly strategy: 'unwind' | 'abort' | 'unknown'; readonly evidence: string } | null;
};

export type ImageInfo = Pick<Image, 'path' | 'format' | 'machine' | 'bits' | 'littleEndian' | 'type' | 'buildId'> & {
  readonly kind: 'image';
  readonly entry: Address | null;
  readonly linking: Linking | null;
  /** Null where the table can't be read. */
  readonly symbols: SymbolsInfo | null;
  readonly debug: DebugFacts;
  readonly compilers: readonly Compiler[];
  readonly languages: readonly Language[];
  /** Null where the format has another way, or the file is not code. */
  readonly unwinding: Unwinding | null;
  /** What may surprise, one line each. */
  readonly notes: readonly string[];
  /** What can't be read, one line each. */
  readonly failures: readonly string[];
};

export type ArchiveInfo = {
  readonly kind: 'archive';
  readonly path: string;
  readonly members: number;
  /** Members that are images, by format and machine. */
  readonly objects: readonly {
    readonly format: string;
    readonly machine: string;
    readonly type: string;
    readonly count: number;
  }[];
  /** Members that are something else: metadata, text. */
  readonly others: number;
  /** Objects with debug info. */
  readonly withDebugInfo: number;
  readonly compilers: readonly Compiler[];
  readonly failures: readonly string[];
};

export type FileInfo = ImageInfo | ArchiveInfo;
