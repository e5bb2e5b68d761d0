/** Writes COFF objects and PE images from short descriptions. */
export type CoffSymbol = {
  readonly name: string;
  readonly value?: number;
  /** From 1; 0 undefined or common, -1 absolute, -2 debugging. */
  readonly section?: number;
  /** 0x20 is a function. */
  readonly type?: number;
  /** IMAGE_SYM_CLASS_*: 2 external (the default), 3 static, 103 file, 105 weak external. */
  readonly storage?: number;
  /** Auxiliary records of 18 bytes. */
  readonly auxiliary?: readonly Buffer[];
};

const characteristics = { code: 0x6000_0020, constants: 0x4000_0040, data: 0xc000_0040, zeros: 0xc000_0080 } as const;
const sections = [
  ['.text', characteristics.code],
  ['.rdata', characteristics.constants],
  ['.data', characteristics.data],
  ['.bss', characteristics.zeros],
] as const;

const u16 = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff]);
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, i * 4);
  return bytes;
};

/** Symbols and the names that don't fit their field. */
const symbolTable = (specs: readonly CoffSymbol[], big: boolean): { bytes: Buffer; count: number } => {
  let strings = '';
  let count = 0;
  const records = specs.map(({ name, value = 0, section = 1, type = 0, storage = 2, auxiliary = [] }) => {
    const isLong = name.length > 8;
    const field = isLong ? u32(0, 4 + strings.length) : Buffer.from(name.padEnd(8, '\0'));
    if (isLong) strings += `${name}\0`;
    const number = big ? u32(section) : u16(section);
    count += 1 + auxiliary.length;
    const record = Buffer.concat([field, u32(value), number, u16(type), Buffer.from([storage, auxiliary.length])]);
    return Buffer.concat([record, ...auxiliary.map((bytes) => (big ? Buffer.concat([bytes, u16(0)]) : bytes))]);
  });
  return { bytes: Buffer.concat([...records, u32(4 + strings.length), Buffer.from(strings)]), count };
};

const sectionHeader = (name: string, flags: number, address: number, offset: number, size: number): Buffer => {
  const zeros = (flags & 0x80) !== 0;
  const head = Buffer.concat([
    Buffer.from(name.padEnd(8, '\0')),
    u32(size, address, zeros ? 0 : size, zeros ? 0 : offset),
  ]);
  return Buffer.concat([head, u32(0, 0, 0, flags)]);
};

export type CoffSpec = { readonly machine?: number; readonly big?: boolean; readonly symbols?: readonly CoffSymbol[] };

const bigClass = Buffer.from('c7a1bad1eebaa94baf20faf66aa4dcb8', 'hex');

export const writeCoff = ({ machine = 0x8664, big = false, symbols = [] }: CoffSpec = {}): Buffer => {
  const { bytes, count } = symbolTable(symbols, big);
  const headerSize = big ? 56 : 20;
  const textAt = headerSize + sections.length * 40;
  const symbolsAt = textAt + sections.length * 16;
  const header = big
    ? Buffer.concat([u16(0), u16(0xffff), u16(2), u16(machine), u32(0), bigClass, u32(0, 0, 0, 0, sections.length)])
    : Buffer.concat([u16(machine), u16(sections.length), u32(0)]);
  return Buffer.concat([
    header,
    u32(symbolsAt, count),
    big ? Buffer.alloc(0) : u32(0),
    ...sections.map(([name, flags], i) => {
      const written = sectionHeader(name, flags, 0, textAt + i * 16, 16);
      written.writeUInt32LE(0, 8); // an object's sections have no size in memory
      return written;
    }),
    Buffer.alloc(sections.length * 16, 0x90),
    bytes,
  ]);
};

export type PeSpec = {
  readonly bits?: 32 | 64;
  readonly library?: string;
  /** Names, null for one by ordinal alone; relative addresses, or the name in another library. */
  readonly exports?: readonly (readonly [string | null, number | string])[];
  /** Libraries and what is taken from them, by name or ordinal. */
  readonly imports?: readonly (readonly [string, readonly (string | number)[]])[];
  readonly delayed?: readonly (readonly [string, readonly (string | number)[]])[];
  /** GUID as 16 bytes, age, path. */
  readonly pdb?: readonly [Buffer, number, string];
  readonly symbols?: readonly CoffSymbol[];
  readonly patch?: (bytes: Buffer) => void;
};

/** Where `.text` and `.rdata` are: relative to the base in memory, and in the file. */
export const peLayout = {
  base: 0x1_4000_0000n,
  base32: 0x40_0000n,
  text: 0x1000,
  rdata: 0x2000,
  rdataAt: 0x600,
} as const;

/** Grows a section's contents and tells where each piece will be. */
class Contents {
  bytes = Buffer.alloc(0);

  get address(): number {
    return peLayout.rdata + this.bytes.length;
  }

  add(bytes: Buffer): number {
    const at = this.address;
    this.bytes = Buffer.concat([this.bytes, bytes, Buffer.alloc(-bytes.length & 7)]);
    return at;
  }

  text(text: string): number {
    return this.add(Buffer.from(`${text}\0`));
  }

  fill(at: number, bytes: Buffer): void {
    bytes.copy(this.bytes, at - peLayout.rdata);
  }
}

type Directory = readonly [address: number, size: number];

/** Forwarded names are known by lying inside the directory, so that spans all it leads to. */
const exportDirectory = (exports: NonNullable<PeSpec['exports']>, library: string, contents: Contents): Directory => {
  const start = contents.add(Buffer.alloc(40));
  const names = exports.flatMap(([name], i) => (name === null ? [] : [[contents.text(name), i] as const]));
  const addresses = contents.add(u32(...exports.map(([, to]) => (typeof to === 'number' ? to : contents.text(to)))));
  const pointers = contents.add(u32(...names.map(([at]) => at)));
  const ordinals = contents.add(Buffer.concat([...names.map(([, i]) => u16(i)), u16(0)]));
  const libraryAt = contents.text(library);
  contents.fill(start, u32(0, 0, 0, libraryAt, 5, exports.length, names.length, addresses, pointers, ordinals));
  return [start, contents.address - start];
};

const importDirectory = (
  list: NonNullable<PeSpec['imports']>,
  contents: Contents,
  bits: 32 | 64,
  delayed: boolean,
): Directory => {
  const descriptors = list.map(([library, names]) => {
    const entries = names.map((name) => {
      const value = typeof name === 'number' ? name : contents.add(Buffer.from(`\0\0${name}\0`));
      const high = typeof name === 'number' ? 0x8000_0000 : 0;
      return bits === 64 ? u32(value, high) : u32(value + high);
    });
    const table = contents.add(Buffer.concat([...entries, u32(0, 0)]));
    const name = contents.text(library);
    return delayed ? u32(1, name, 0, 0, table, 0, 0, 0) : u32(table, 0, 0, name, table);
  });
  const bytes = Buffer.concat([...descriptors, Buffer.alloc(32)]);
  return [contents.add(bytes), bytes.length];
};

const debugDirectory = ([guid, age, path]: NonNullable<PeSpec['pdb']>, contents: Contents): Directory => {
  const data = Buffer.concat([Buffer.from('RSDS'), guid, u32(age), Buffer.from(`${path}\0`)]);
  const at = contents.add(data);
  return [contents.add(u32(0, 0, 0, 2, data.length, at, at - peLayout.rdata + peLayout.rdataAt)), 28];
};

export const writePe = (spec: PeSpec = {}): Buffer => {
  const bits = spec.bits ?? 64;
  const contents = new Contents();
  contents.add(Buffer.alloc(16)); // data, which no directory includes
  const directories = Array.from({ length: 16 }, (): Directory => [0, 0]);
  if (spec.exports) directories[0] = exportDirectory(spec.exports, spec.library ?? 'a.dll', contents);
  if (spec.imports) directories[1] = importDirectory(spec.imports, contents, bits, false);
  if (spec.pdb) directories[6] = debugDirectory(spec.pdb, contents);
  if (spec.delayed) directories[13] = importDirectory(spec.delayed, contents, bits, true);

  const rdata = contents.bytes;
  const symbolsAt = spec.symbols ? peLayout.rdataAt + rdata.length : 0;
  const { bytes: symbols, count } = symbolTable(spec.symbols ?? [], false);
  const base = bits === 64 ? peLayout.base : BigInt(peLayout.base32);
  const optional = Buffer.alloc(bits === 64 ? 112 : 96);
  optional.writeUInt16LE(bits === 64 ? 0x20b : 0x10b, 0);
  optional.writeUInt32LE(peLayout.text + 4, 16); // the entry
  if (bits === 64) optional.writeBigUInt64LE(base, 24);
  else optional.writeUInt32LE(Number(base), 28);
  optional.writeUInt32LE(16, optional.length - 4);
  const dos = Buffer.alloc(64);
  dos.write('MZ');
  dos.writeUInt32LE(64, 60);
  const head = Buffer.concat([
    dos,
    Buffer.from('PE\0\0'),
    u16(bits === 64 ? 0x8664 : 0x14c),
    u16(2),
    u32(0, symbolsAt, spec.symbols ? count : 0),
    u16(optional.length + 128),
    u16(spec.library === undefined ? 2 : 0x2002),
    optional,
    ...directories.map(([address, size]) => u32(address, size)),
    sectionHeader('.text', characteristics.code, peLayout.text, 0x400, 0x200),
    sectionHeader('.rdata', characteristics.constants, peLayout.rdata, peLayout.rdataAt, rdata.length),
  ]);
  const bytes = Buffer.concat([
    head,
    Buffer.alloc(0x400 - head.length),
    Buffer.alloc(0x200, 0x90),
    rdata,
    spec.symbols ? symbols : Buffer.alloc(0),
  ]);
  spec.patch?.(bytes);
  return bytes;
};
