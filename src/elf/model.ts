import type { Address, FileOffset } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import type { SymbolTable } from './symbols.ts';

/** A part of the file that is mapped into memory when it runs: PT_LOAD of ELF, LC_SEGMENT of Mach-O, a section of PE. */
export type Segment = {
  readonly address: Address;
  readonly fileOffset: FileOffset;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
  readonly executable: boolean;
  readonly writable: boolean;
};

export type Section = {
  /** Of Mach-O with its segment: `__TEXT,__text`. */
  readonly name: string;
  /** 0 for a section that is not loaded, and for all sections of a wasm module or a COFF object. */
  readonly address: Address;
  readonly fileOffset: FileOffset;
  readonly size: bigint;
  readonly executable: boolean;
  /** Part of memory when the program runs. */
  readonly loaded: boolean;
  /** sh_type of ELF, the section id of wasm, the type of Mach-O, the characteristics of PE and COFF. */
  readonly type: number;
};

/** `coff`: objects; what is linked from them is `pe`. */
export type ImageFormat = 'elf' | 'wasm' | 'mach-o' | 'pe' | 'coff' | 'archive';
export type ImageType =
  | 'executable'
  | 'pie'
  | 'shared'
  | 'relocatable'
  | 'core'
  | 'module'
  | 'archive'
  /** Mach-O images for several architectures in one file: as an archive, with members named `x86_64`, `arm64`, … */
  | 'universal'
  /** An ELF type of an operating system or processor, or none; a Mach-O file of debug info. */
  | 'other';

/** A file inside an archive, or an architecture of a universal file. */
export type Member = {
  readonly name: string;
  readonly size: bigint;
  /** Throws RsymError where the member is no image, is damaged, or (thin archive) isn't there. */
  readonly open: () => Image;
};

export type Image = Disposable & {
  /** As it was given; `archive(member)` for a member. */
  readonly path: string;
  /** Tells the open file and its content from any other; a member's also says where in the archive it is. */
  readonly identity: string;
  readonly format: ImageFormat;
  /** `x86-64`, `aarch64`, …; `machine N` for one without a name here; `wasm32`. */
  readonly machine: string;
  readonly bits: 32 | 64 | null;
  readonly littleEndian: boolean;
  readonly type: ImageType;
  readonly entry: Address | null;
  /** Lower-case hexadecimal: GNU's build id, Mach-O's LC_UUID, GUID and age of a PE file's PDB. */
  readonly buildId: string | null;
  readonly interpreter: string | null;
  /** DT_SONAME, LC_ID_DYLIB, or the name in an export directory. */
  readonly soname: string | null;
  readonly needed: readonly string[];
  /** DT_RUNPATH, else DT_RPATH, split at its colons; LC_RPATH. */
  readonly runpath: readonly string[];
  readonly hasRunpath: boolean;
  /**
   * No `.symtab`, no name section, no COFF symbol table: names are those of dynamic symbols, exports and imports.
   * Mach-O has one table for all: no local symbols are in it.
   */
  readonly stripped: boolean;
  /** The file that a PE image's debug info is in, as its linker named it. */
  readonly pdb: string | null;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  /** Empty but for archives and universal files. */
  readonly members: readonly Member[];
  /** Why an archive's list of members ends early. */
  readonly damage: string | null;
  /** All symbols, read at the first call. Throws RsymError `input` where the table is damaged. */
  readonly symbols: () => SymbolTable;
  /** Its own DWARF, not read yet, in memory of its own; null where it has none. */
  readonly debug: () => CoreDebug | null;
  /** Bytes of the file. Throws RsymError `input` where the file is shorter. */
  readonly readBytes: (offset: FileOffset, length: number) => Uint8Array;
};
