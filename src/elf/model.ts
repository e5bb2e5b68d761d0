import type { Address, FileOffset } from '../base/units.ts';
import type { CoreDebug } from '../core/debug.ts';
import type { SymbolTable } from './symbols.ts';

/** A part of the file that is mapped into memory when it runs (PT_LOAD). */
export type Segment = {
  readonly address: Address;
  readonly fileOffset: FileOffset;
  readonly fileSize: bigint;
  readonly memorySize: bigint;
  readonly executable: boolean;
  readonly writable: boolean;
};

export type Section = {
  readonly name: string;
  /** 0 for a section that is not loaded, and for all sections of a wasm module. */
  readonly address: Address;
  readonly fileOffset: FileOffset;
  readonly size: bigint;
  readonly executable: boolean;
  /** Part of memory when the program runs. */
  readonly loaded: boolean;
  /** sh_type of ELF, the section id of wasm. */
  readonly type: number;
};

export type ImageFormat = 'elf' | 'wasm' | 'archive';
export type ImageType =
  | 'executable'
  | 'pie'
  | 'shared'
  | 'relocatable'
  | 'core'
  | 'module'
  | 'archive'
  /** An ELF type of an operating system or processor, or none. */
  | 'other';

/** A file inside an archive. */
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
  /** Lower-case hexadecimal. */
  readonly buildId: string | null;
  readonly interpreter: string | null;
  readonly soname: string | null;
  readonly needed: readonly string[];
  /** DT_RUNPATH, else DT_RPATH, split at its colons. */
  readonly runpath: readonly string[];
  readonly hasRunpath: boolean;
  /** No `.symtab`, or no name section: names are those of dynamic symbols, exports and imports. */
  readonly stripped: boolean;
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  /** Empty but for archives. */
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
