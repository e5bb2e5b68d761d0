/**
 * Writes ELF files from short descriptions: what no compiler emits can be stated in a test. One section of each kind,
 * one loaded segment whose address is not its file offset.
 *
 *   0x000  ELF header, one program header
 *   0x100  .text, .data, tables, section headers            loaded at 0x40_0000 + offset
 */

const types = { notype: 0, object: 1, func: 2, section: 3, file: 4, common: 5, tls: 6, ifunc: 10 } as const;
const bindings = { local: 0, global: 1, weak: 2, unique: 10 } as const;
const fileTypes = { rel: 1, exec: 2, dyn: 3, core: 4 } as const;
const reserved = { undefined: 0, absolute: 0xfff1, common: 0xfff2 } as const;

export type SymbolSpec = {
  readonly name: string | Uint8Array;
  readonly value?: bigint;
  readonly size?: bigint;
  readonly type?: keyof typeof types;
  readonly bind?: keyof typeof bindings;
  /** A section's name, one of the reserved words, or a number as it is. Default `.text`. */
  readonly section?: string | number;
};

export type ElfSpec = {
  readonly bits?: 32 | 64;
  readonly littleEndian?: boolean;
  readonly type?: keyof typeof fileTypes;
  readonly machine?: number;
  /** `.symtab`; none: the file is stripped. */
  readonly symbols?: readonly SymbolSpec[];
  /** `.dynsym`. */
  readonly dynamic?: readonly SymbolSpec[];
  /** Further sections, not loaded; type 1 (SHT_PROGBITS) and no flags if not said. */
  readonly sections?: readonly {
    readonly name: string;
    readonly data: Buffer;
    readonly type?: number;
    readonly flags?: number;
  }[];
  /** Spoils the finished file; `at` says where things are. */
  readonly patch?: (bytes: Buffer, at: Places) => void;
};

export type Places = {
  /** Where a section's header is in the file. */
  readonly header: (section: string) => number;
  /** Where a section's bytes are. */
  readonly data: (section: string) => number;
};

export const loadAddress = 0x40_0000n;
export const textOffset = 0x100;

type SectionSpec = {
  name: string;
  type: number;
  flags: number;
  data: Buffer;
  link: string;
  info: number;
  entry: number;
};

/** Writes numbers of the file's width and byte order. */
class Fields {
  readonly parts: Buffer[] = [];
  readonly wide: boolean;
  readonly little: boolean;

  constructor(wide: boolean, little: boolean) {
    this.wide = wide;
    this.little = little;
  }

  number(size: 1 | 2 | 4 | 8, value: bigint): this {
    const bytes = Buffer.alloc(8);
    if (this.little) bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
    else bytes.writeBigUInt64BE(BigInt.asUintN(64, value));
    this.parts.push(this.little ? bytes.subarray(0, size) : bytes.subarray(8 - size));
    return this;
  }

  byte(value: number): this {
    return this.number(1, BigInt(value));
  }

  half(value: number): this {
    return this.number(2, BigInt(value));
  }

  word(value: number): this {
    return this.number(4, BigInt(value));
  }

  /** An address, offset or size. */
  native(value: bigint | number): this {
    return this.number(this.wide ? 8 : 4, BigInt(value));
  }

  finish(): Buffer {
    return Buffer.concat(this.parts);
  }
}

const strings = (names: readonly (string | Uint8Array)[]): { bytes: Buffer; at: number[] } => {
  const parts = [Buffer.from([0])];
  const at: number[] = [];
  let size = 1;
  for (const name of names) {
    const bytes = Buffer.from(name);
    at.push(bytes.length === 0 ? 0 : size);
    if (bytes.length === 0) continue;
    parts.push(bytes, Buffer.from([0]));
    size += bytes.length + 1;
  }
  return { bytes: Buffer.concat(parts), at };
};

const symbolTable = (
  specs: readonly SymbolSpec[],
  nameAt: readonly number[],
  sectionIndex: (section: string | number) => number,
  fields: Fields,
): Buffer => {
  const add = (name: number, info: number, section: number, value: bigint, size: bigint): void => {
    fields.word(name);
    if (fields.wide) fields.byte(info).byte(0).half(section).native(value).native(size);
    else fields.native(value).native(size).byte(info).byte(0).half(section);
  };
  add(0, 0, 0, 0n, 0n);
  specs.forEach((spec, i) => {
    const info = (bindings[spec.bind ?? 'global'] << 4) | types[spec.type ?? 'func'];
    add(nameAt[i] ?? 0, info, sectionIndex(spec.section ?? '.text'), spec.value ?? 0n, spec.size ?? 0n);
  });
  return fields.finish();
};

export const writeElf = (spec: ElfSpec = {}): Buffer => {
  const wide = spec.bits !== 32;
  const little = spec.littleEndian !== false;
  const fields = (): Fields => new Fields(wide, little);
  const sections: SectionSpec[] = [];
  const section = (name: string, type: number, data: Buffer, rest: Partial<SectionSpec> = {}): void => {
    sections.push({ name, type, flags: 0, data, link: '', info: 0, entry: 0, ...rest });
  };
  section('', 0, Buffer.alloc(0));
  section('.text', 1, Buffer.alloc(0x100, 0xc3), { flags: 6 });
  section('.data', 1, Buffer.alloc(0x40), { flags: 3 });
  section('.rodata', 1, Buffer.alloc(0x40), { flags: 2 });
  section('.bss', 8, Buffer.alloc(0), { flags: 3 });
  const indexOf = (wanted: string | number): number => {
    if (typeof wanted === 'number') return wanted;
    if (wanted in reserved) return reserved[wanted as keyof typeof reserved];
    return sections.findIndex(({ name }) => name === wanted);
  };
  const table = (name: string, stringsName: string, type: number, specs: readonly SymbolSpec[]): void => {
    const names = strings(specs.map((symbol) => symbol.name));
    const data = symbolTable(specs, names.at, indexOf, fields());
    section(name, type, data, { link: stringsName, entry: wide ? 24 : 16, info: 1 });
    section(stringsName, 3, names.bytes);
  };
  if (spec.symbols) table('.symtab', '.strtab', 2, spec.symbols);
  if (spec.dynamic) table('.dynsym', '.dynstr', 11, spec.dynamic);
  for (const { name, data, type = 1, flags = 0 } of spec.sections ?? []) section(name, type, data, { flags });
  section('.shstrtab', 3, Buffer.alloc(0));
  const sectionNames = strings(sections.map(({ name }) => name));
  sections[sections.length - 1]!.data = sectionNames.bytes;

  const offsets: number[] = [];
  let end = textOffset;
  for (const { data } of sections) {
    offsets.push(end);
    end = (end + data.length + 7) & ~7;
  }
  const headersAt = end;
  const headerSize = wide ? 64 : 40;
  const headers = fields();
  sections.forEach(({ type, flags, data, link, info, entry }, i) => {
    const offset = i === 0 ? 0 : (offsets[i] ?? 0);
    const loaded = (flags & 2) !== 0 && spec.type !== 'rel';
    headers
      .word(sectionNames.at[i] ?? 0)
      .word(type)
      .native(flags);
    headers
      .native(loaded ? loadAddress + BigInt(offset) : 0n)
      .native(offset)
      .native(data.length);
    headers
      .word(link === '' ? 0 : indexOf(link))
      .word(info)
      .native(8)
      .native(entry);
  });

  const ident = Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const ehsize = wide ? 64 : 52;
  const phsize = wide ? 56 : 32;
  const hasSegment = spec.type !== 'rel';
  const head = fields()
    .half(fileTypes[spec.type ?? 'dyn'])
    .half(spec.machine ?? 62)
    .word(1);
  head
    .native(0)
    .native(hasSegment ? ehsize : 0)
    .native(headersAt)
    .word(0);
  head
    .half(ehsize)
    .half(hasSegment ? phsize : 0)
    .half(hasSegment ? 1 : 0);
  head
    .half(headerSize)
    .half(sections.length)
    .half(sections.length - 1);
  const segment = fields().word(1);
  if (wide) segment.word(5);
  segment
    .native(textOffset)
    .native(loadAddress + BigInt(textOffset))
    .native(0);
  segment.native(headersAt - textOffset).native(headersAt - textOffset + 0x1000);
  if (!wide) segment.word(5);
  segment.native(0x1000);

  const bytes = Buffer.alloc(headersAt + sections.length * headerSize);
  ident.copy(bytes);
  head.finish().copy(bytes, 16);
  if (hasSegment) segment.finish().copy(bytes, ehsize);
  sections.forEach(({ data }, i) => {
    data.copy(bytes, offsets[i] ?? 0);
  });
  headers.finish().copy(bytes, headersAt);
  spec.patch?.(bytes, {
    header: (name) => headersAt + indexOf(name) * headerSize,
    data: (name) => offsets[indexOf(name)] ?? 0,
  });
  return bytes;
};
