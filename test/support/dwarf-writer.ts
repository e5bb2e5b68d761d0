/**
 * Writes DWARF 4 and 5 by hand, right or wrong. Entries are a flat list, as they are in the file: `open` a DIE with
 * children, `leaf`, `close`; so that nothing here limits how deep they nest.
 *
 *   writeDwarf([unit({ entries: [open(tag.compileUnit, [[at.name, form.string, 'a.rs']]), …, close] })])
 *
 * gives the sections; `elfWith` puts them into a file.
 */
import { deflateSync } from 'node:zlib';
import { type ElfSpec, writeElf } from './elf-writer.ts';

type Section = NonNullable<ElfSpec['sections']>[number];

// Numbers of DWARF 5, section 7.
export const tag = {
  arrayType: 0x01,
  formalParameter: 0x05,
  lexicalBlock: 0x0b,
  member: 0x0d,
  pointerType: 0x0f,
  compileUnit: 0x11,
  structureType: 0x13,
  typedef: 0x16,
  inlinedSubroutine: 0x1d,
  subrangeType: 0x21,
  baseType: 0x24,
  subprogram: 0x2e,
  variantPart: 0x33,
  variable: 0x34,
  variant: 0x19,
  namespace: 0x39,
} as const;

export const at = {
  sibling: 0x01,
  name: 0x03,
  byteSize: 0x0b,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  language: 0x13,
  discriminant: 0x15,
  compDir: 0x1b,
  constValue: 0x1c,
  producer: 0x25,
  inline: 0x20,
  upperBound: 0x2f,
  abstractOrigin: 0x31,
  artificial: 0x34,
  callingConvention: 0x36,
  count: 0x37,
  dataMemberLocation: 0x38,
  declFile: 0x3a,
  declLine: 0x3b,
  declaration: 0x3c,
  encoding: 0x3e,
  external: 0x3f,
  frameBase: 0x40,
  location: 0x02,
  specification: 0x47,
  type: 0x49,
  ranges: 0x55,
  callFile: 0x58,
  callLine: 0x59,
  linkageName: 0x6e,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
  loclistsBase: 0x8c,
} as const;

export const form = {
  addr: 0x01,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref4: 0x13,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  loclistx: 0x22,
  rnglistx: 0x23,
  refSig8: 0x20,
} as const;

/** A number, a string or bytes as the form wants it; for references also the label of an entry. */
type Value = number | bigint | string | Buffer;
/** Attribute, form, value. A Buffer is written as it is, whatever the form. */
type Attribute = readonly [at: number, form: number, value?: Value];

type Entry =
  | {
      readonly tag: number;
      readonly attributes: readonly Attribute[];
      readonly children: boolean;
      readonly label?: string;
    }
  | 'close';

export const open = (tagNumber: number, attributes: readonly Attribute[] = [], label?: string): Entry => ({
  tag: tagNumber,
  attributes,
  children: true,
  ...(label === undefined ? {} : { label }),
});
export const leaf = (tagNumber: number, attributes: readonly Attribute[] = [], label?: string): Entry => ({
  tag: tagNumber,
  attributes,
  children: false,
  ...(label === undefined ? {} : { label }),
});
export const close: Entry = 'close';

export type UnitSpec = {
  readonly entries: readonly Entry[];
  readonly version?: number;
  /** Instead of the length that is there. */
  readonly length?: number;
  readonly addressSize?: number;
  /** DW_UT_ of version 5. */
  readonly type?: number;
  readonly abbreviationsAt?: number;
};

export const uleb = (value: number | bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
};

export const sleb = (value: number | bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(isLast ? low : low | 0x80);
    if (isLast) return Buffer.from(bytes);
  }
};

const little = (size: number, value: number | bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
  return bytes.subarray(0, size);
};
export const u16 = (value: number): Buffer => little(2, value);
export const u32 = (value: number): Buffer => little(4, value);
export const u64 = (value: number | bigint): Buffer => little(8, value);

const fixedSizes: Readonly<Record<number, number>> = {
  [form.addr]: 8,
  [form.data1]: 1,
  [form.data2]: 2,
  [form.data4]: 4,
  [form.data8]: 8,
  [form.ref4]: 4,
  [form.refAddr]: 4,
  [form.refSig8]: 8,
  [form.secOffset]: 4,
  [form.flagPresent]: 0,
};
const lengthSizes: Readonly<Record<number, number>> = { [form.block1]: 1, [form.block4]: 4 };

/** One pool of bytes and where each string in it is. */
class StringPool {
  readonly #offsets = new Map<string, number>();
  readonly #parts: Buffer[] = [];
  #size = 0;

  offset(text: string): number {
    const known = this.#offsets.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.from(`${text}\0`);
    const offset = this.#size;
    this.#offsets.set(text, offset);
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return offset;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

type Fixup = { at: number; label: string; base: number };

/** `.debug_info`, `.debug_abbrev` and `.debug_str` of units; all share one abbreviation table. */
class InfoWriter {
  readonly #parts: Buffer[] = [];
  #size = 0;
  readonly #codes = new Map<string, number>();
  readonly #abbreviations: Buffer[] = [];
  readonly #labels = new Map<string, number>();
  readonly #fixups: Fixup[] = [];
  readonly #strings = new StringPool();

  #push(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  #code(entry: Exclude<Entry, 'close'>): number {
    const key = `${entry.tag} ${entry.children} ${entry.attributes.map(([a, f]) => `${a}:${f}`).join()}`;
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const code = this.#codes.size + 1;
    this.#codes.set(key, code);
    this.#abbreviations.push(uleb(code), uleb(entry.tag), Buffer.from([entry.children ? 1 : 0]));
    for (const [attribute, attributeForm] of entry.attributes) {
      this.#abbreviations.push(uleb(attribute), uleb(attributeForm));
    }
    this.#abbreviations.push(Buffer.from([0, 0]));
    return code;
  }

  #value(attributeForm: number, value: Value, unitAt: number): void {
    if (Buffer.isBuffer(value)) {
      const size = lengthSizes[attributeForm];
      if (size !== undefined) this.#push(little(size, value.length));
      else if (attributeForm === form.block || attributeForm === form.exprloc) this.#push(uleb(value.length));
      this.#push(value);
      return;
    }
    if (typeof value === 'string') {
      if (attributeForm === form.string) this.#push(Buffer.from(`${value}\0`));
      else if (attributeForm === form.strp) this.#push(u32(this.#strings.offset(value)));
      else {
        const base = attributeForm === form.refAddr ? 0 : unitAt;
        this.#fixups.push({ at: this.#size, label: value, base });
        this.#push(u32(0));
      }
      return;
    }
    const size = fixedSizes[attributeForm];
    if (size !== undefined) this.#push(little(size, value));
    else this.#push(attributeForm === form.sdata ? sleb(value) : uleb(value));
  }

  add({ entries, version = 4, length, addressSize = 8, type = 1, abbreviationsAt = 0 }: UnitSpec): void {
    const unitAt = this.#size;
    const lengthAt = this.#parts.length;
    this.#push(u32(0));
    this.#push(u16(version));
    if (version >= 5) this.#push(Buffer.concat([Buffer.from([type, addressSize]), u32(abbreviationsAt)]));
    else this.#push(Buffer.concat([u32(abbreviationsAt), Buffer.from([addressSize])]));
    for (const entry of entries) {
      if (entry === 'close') {
        this.#push(Buffer.from([0]));
        continue;
      }
      if (entry.label !== undefined) this.#labels.set(entry.label, this.#size);
      this.#push(uleb(this.#code(entry)));
      for (const [, attributeForm, value = 0] of entry.attributes) this.#value(attributeForm, value, unitAt);
    }
    this.#parts[lengthAt] = u32(length ?? this.#size - unitAt - 4);
  }

  finish(): { info: Buffer; abbrev: Buffer; str: Buffer } {
    const info = Buffer.concat(this.#parts);
    for (const { at: place, label, base } of this.#fixups) {
      const target = this.#labels.get(label);
      if (target === undefined) throw new Error(`no entry is labelled ${label}`);
      info.writeUInt32LE(target - base, place);
    }
    const abbrev = Buffer.concat([...this.#abbreviations, Buffer.from([0])]);
    return { info, abbrev, str: this.#strings.bytes() };
  }
}

/** Section names, without `.debug_`, and their bytes. */
export type DebugSections = Readonly<Record<string, Buffer>>;

export const writeDwarf = (units: readonly UnitSpec[]): DebugSections => {
  const writer = new InfoWriter();
  for (const unit of units) writer.add(unit);
  return writer.finish();
};

export const lineOp = {
  /** DW_LNE_set_address. */
  setAddress: (address: number | bigint): Buffer => Buffer.concat([Buffer.from([0, 9, 2]), u64(address)]),
  endSequence: Buffer.from([0, 1, 1]),
  copy: Buffer.from([1]),
  advancePc: (by: number | bigint): Buffer => Buffer.concat([Buffer.from([2]), uleb(by)]),
  advanceLine: (by: number): Buffer => Buffer.concat([Buffer.from([3]), sleb(by)]),
} as const;

/** A line program of version 4 with one file, `a.rs`; `header` spoils single fields. */
export const lineProgram = (
  operations: readonly Buffer[],
  header: { lineRange?: number; opcodeBase?: number; minimumLength?: number; length?: number; version?: number } = {},
): Buffer => {
  const { lineRange = 14, opcodeBase = 13, minimumLength = 1, version = 4 } = header;
  const lengths = Buffer.from([0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
  const tables = Buffer.concat([Buffer.from([0]), Buffer.from('a.rs\0'), Buffer.from([0, 0, 0]), Buffer.from([0])]);
  const fields = Buffer.from([minimumLength, 1, 1, 0xfb, lineRange, opcodeBase]);
  const rest = Buffer.concat([fields, lengths, tables]);
  const body = Buffer.concat([u16(version), u32(rest.length), rest, ...operations]);
  return Buffer.concat([u32(header.length ?? body.length), body]);
};

/** SHF_COMPRESSED. */
const compressed = 0x800;
const chdrTypes = { zlib: 1, zstd: 2 } as const;

/** A section compressed as the ELF specification has it (Elf64_Chdr); `claims` is the size it says it had. */
export const compressSection = (
  name: string,
  data: Buffer,
  how: 'zlib' | 'zstd' | 'zdebug',
  claims = BigInt(data.length),
): Section => {
  const packed = how === 'zstd' ? zstd(data) : deflateSync(data);
  if (how === 'zdebug') {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(claims);
    return { name: name.replace('.debug_', '.zdebug_'), data: Buffer.concat([Buffer.from('ZLIB'), size, packed]) };
  }
  const header = Buffer.concat([u32(chdrTypes[how]), u32(0), u64(claims), u64(1)]);
  return { name, data: Buffer.concat([header, packed]), flags: compressed };
};

/** A frame of raw blocks: Node 20 has no zstd. RFC 8878, section 3.1.1. */
const zstd = (data: Buffer): Buffer => {
  const header = Buffer.concat([u32(0xfd2fb528), Buffer.from([0xe0]), u64(data.length)]);
  const blocks: Buffer[] = [];
  const most = 1 << 17;
  for (let from = 0; from < data.length || from === 0; from += most) {
    const block = data.subarray(from, from + most);
    const isLast = from + most >= data.length ? 1 : 0;
    blocks.push(little(3, (block.length << 3) | isLast), block);
  }
  return Buffer.concat([header, ...blocks]);
};

export const elfWith = (
  sections: DebugSections,
  { extra = [], ...spec }: ElfSpec & { readonly extra?: readonly Section[] } = {},
): Buffer =>
  writeElf({
    symbols: [{ name: 'odd', value: 0x40_0100n, size: 0x10n }],
    ...spec,
    sections: [...Object.entries(sections).map(([name, data]) => ({ name: `.debug_${name}`, data })), ...extra],
  });
