/**
 * Writes Mach-O files from short descriptions.
 *
 *   header | one segment with __text, __const, __data, __bss | LC_SYMTAB, further commands | __text … | symbols | names
 *
 * Sections lie at 0x1000 (code), 0x1100, 0x1200 and 0x1300.
 */
export type MachOSymbol = {
  readonly name: string;
  /** n_type; default N_SECT | N_EXT. */
  readonly type?: number;
  /** n_sect, from 1. */
  readonly section?: number;
  readonly description?: number;
  /** Default 0x1000, the beginning of __text. */
  readonly value?: bigint;
};

export type MachOSpec = {
  readonly bits?: 32 | 64;
  readonly littleEndian?: boolean;
  /** CPU type and subtype; default those of x86-64. */
  readonly cpu?: readonly [number, number];
  /** MH_OBJECT 1, MH_EXECUTE 2, MH_DYLIB 6, … */
  readonly type?: number;
  readonly flags?: number;
  readonly symbols?: readonly MachOSymbol[];
  /** Command number and contents after its eight bytes. */
  readonly commands?: readonly (readonly [number, Buffer])[];
  readonly patch?: (bytes: Buffer) => void;
};

const sections = [
  ['__TEXT', '__text', 0x8000_0400],
  ['__TEXT', '__const', 0],
  ['__DATA', '__data', 0],
  ['__DATA', '__bss', 1],
  ['__DATA', '__thread_vars', 0x13],
] as const;

/** A string of a load command: its offset, what lies between, the text, zeros. */
export const commandString = (text: string, between = 0): Buffer => {
  const bytes = Buffer.alloc((4 + between + text.length + 8) & ~7);
  bytes.writeUInt32LE(12 + between);
  bytes.write(text, 4 + between);
  return bytes;
};

export const writeMachO = (spec: MachOSpec = {}): Buffer => {
  const wide = spec.bits !== 32;
  const little = spec.littleEndian !== false;
  const number = (size: 2 | 4 | 8, value: number | bigint): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
    return little ? bytes.subarray(0, size) : Buffer.from(bytes.subarray(0, size)).reverse();
  };
  const words = (...values: number[]): Buffer => Buffer.concat(values.map((value) => number(4, value)));
  const natives = (...values: (number | bigint)[]): Buffer =>
    Buffer.concat(values.map((value) => number(wide ? 8 : 4, value)));
  const field = (text: string): Buffer => Buffer.from(text.padEnd(16, '\0'));
  const command = (kind: number, data: Buffer): Buffer => Buffer.concat([words(kind, data.length + 8), data]);

  const symbols = spec.symbols ?? [];
  const headerSize = wide ? 32 : 28;
  const segmentSize = (wide ? 72 : 56) + sections.length * (wide ? 80 : 68);
  const others = (spec.commands ?? []).map(([kind, data]) => command(kind, data));
  const commandsSize = segmentSize + 24 + others.reduce((size, { length }) => size + length, 0);
  const textAt = headerSize + commandsSize;
  const symbolsAt = (textAt + 0x500 + 7) & ~7;
  const symbolSize = wide ? 16 : 12;
  const stringsAt = symbolsAt + symbols.length * symbolSize;

  let strings = '\0';
  const records = symbols.map(({ name, type = 0x0f, section = 1, description = 0, value = 0x1000n }) => {
    const at = strings.length;
    strings += `${name}\0`;
    return Buffer.concat([words(at), Buffer.from([type, section]), number(2, description), natives(value)]);
  });
  const segment = Buffer.concat([
    field('__TEXT'),
    natives(0x1000, 0x500, textAt, 0x500),
    words(7, 5, sections.length, 0),
    ...sections.map(([segmentName, name, flags], i) =>
      Buffer.concat([
        field(name),
        field(segmentName),
        natives(0x1000 + i * 0x100, 0x100),
        words(flags === 1 ? 0 : textAt + i * 0x100, 4, 0, 0, flags, 0, 0),
        wide ? words(0) : Buffer.alloc(0),
      ]),
    ),
  ]);
  const [cpu, subtype] = spec.cpu ?? [0x0100_0007, 3];
  const bytes = Buffer.concat([
    words(wide ? 0xfeed_facf : 0xfeed_face, cpu, subtype, spec.type ?? 6, 2 + others.length, commandsSize),
    words(spec.flags ?? 0),
    wide ? words(0) : Buffer.alloc(0),
    command(wide ? 0x19 : 1, segment),
    command(2, words(symbolsAt, symbols.length, stringsAt, strings.length)),
    ...others,
    Buffer.alloc(symbolsAt - textAt, 0x90),
    ...records,
    Buffer.from(strings),
  ]);
  spec.patch?.(bytes);
  return bytes;
};

/** A universal file; each architecture is a CPU type and subtype and its image. */
export const writeUniversal = (images: readonly (readonly [number, number, Buffer])[], wide = false): Buffer => {
  const entrySize = wide ? 32 : 20;
  let at = 0x1000;
  const head = Buffer.alloc(0x1000);
  head.writeUInt32BE(wide ? 0xcafe_babf : 0xcafe_babe, 0);
  head.writeUInt32BE(images.length, 4);
  const parts = images.map(([cpu, subtype, image], i) => {
    const entry = 8 + i * entrySize;
    head.writeUInt32BE(cpu, entry);
    head.writeUInt32BE(subtype, entry + 4);
    if (wide) {
      head.writeBigUInt64BE(BigInt(at), entry + 8);
      head.writeBigUInt64BE(BigInt(image.length), entry + 16);
    } else {
      head.writeUInt32BE(at, entry + 8);
      head.writeUInt32BE(image.length, entry + 12);
    }
    const padded = Buffer.concat([image, Buffer.alloc(-image.length & 0xfff)]);
    at += padded.length;
    return padded;
  });
  return Buffer.concat([head, ...parts]);
};
