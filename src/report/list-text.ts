import { sanitize } from '../base/text.ts';
import type { Listing } from '../query/list.ts';
import { ByteLines } from './byte-lines.ts';

export type NameForm = 'short' | 'full' | 'mangled';
export type ListTextOptions = {
  readonly names: NameForm;
  /** Begin each line with the file: there are several, or members of an archive. */
  readonly prefixed: boolean;
  readonly heading: boolean;
};

const space = 0x20;
const newline = 0x0a;
const undefinedFlag = 1;
const kindWidth = 8;
/** Rows between two looks at whether blocks are full. */
const stride = 2048;

/** `archive(member): ` or `file: `, safe for a terminal. */
const prefixOf = ({ path, member }: Listing): Buffer =>
  Buffer.from(`${sanitize(member === null ? path : `${path}(${member})`)}: `);

/** Columns of the core as the writers read them: 64-bit numbers as two halves, low half first. */
const readColumns = ({ table }: Listing, form: NameForm) => {
  const { core } = table;
  const columns = core.columns;
  const texts = core.texts(form === 'full');
  const halves = (column: BigUint64Array): Uint32Array =>
    new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
  const { text, start, length, unclean } = texts;
  const memory = core.bytes;
  const name = (lines: ByteLines, row: number): void => {
    if (form !== 'mangled') {
      lines.range(memory, text + (start[row] ?? 0), length[row] ?? 0, unclean[row] === 1);
      return;
    }
    const at = columns.name[row] ?? 0;
    const size = columns.nameLength[row] ?? 0;
    lines.range(memory, at, size, !isClean(memory, at, size));
  };
  return {
    address: halves(columns.address),
    size: halves(columns.size),
    flags: columns.flags,
    letter: columns.letter,
    name,
  };
};

const isClean = (memory: Uint8Array, start: number, length: number): boolean => {
  for (let i = start; i < start + length; i++) {
    const byte = memory[i] ?? 0;
    if (byte < 0x20 || byte > 0x7e) return false;
  }
  return true;
};

/** Makes sure of all names first: the core's memory, and every view of it, moves when it works out more of them. */
const prepare = ({ table, rows }: Listing, form: NameForm): void => {
  if (form !== 'mangled') table.prepare(rows, form === 'full');
};

/** Lines of address, size, kind, copies and name, in blocks. */
export function* listText(listing: Listing, options: ListTextOptions): Generator<Uint8Array> {
  prepare(listing, options.names);
  const { rows, copies, table } = listing;
  const { address, size, flags, name } = readColumns(listing, options.names);
  const prefix = options.prefixed ? prefixOf(listing) : undefined;
  let highest = 0;
  let widestSize = 0;
  let most = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    highest = Math.max(highest, (address[row * 2 + 1] ?? 0) * 2 ** 32 + (address[row * 2] ?? 0));
    widestSize = Math.max(widestSize, (size[row * 2 + 1] ?? 0) * 2 ** 32 + (size[row * 2] ?? 0));
    most = Math.max(most, copies[i] ?? 0);
  }
  const addressWidth = Math.max(8, highest >= 2 ** 53 ? 16 : highest.toString(16).length);
  const sizeWidth = Math.max(4, String(widestSize >= 2 ** 53 ? 2n ** 64n : widestSize).length);
  const copiesWidth = Math.max(6, String(most).length);
  const kindNames = new Map<string, Buffer>();
  const lines = new ByteLines();
  if (options.heading)
    lines.text(
      `${'ADDRESS'.padEnd(addressWidth + 2)} ${'SIZE'.padStart(sizeWidth)} ${'KIND'.padEnd(kindWidth)} COPIES NAME\n`,
    );
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    if (prefix) lines.bytes(prefix);
    if (((flags[row] ?? 0) & undefinedFlag) !== 0) {
      lines.spaces(addressWidth + 1);
      lines.byte(0x2d);
    } else {
      lines.byte(0x30);
      lines.byte(0x78);
      lines.hex(address[row * 2 + 1] ?? 0, address[row * 2] ?? 0, addressWidth);
    }
    lines.byte(space);
    const high = size[row * 2 + 1] ?? 0;
    if (high < 2 ** 21) lines.decimal(high * 2 ** 32 + (size[row * 2] ?? 0), sizeWidth);
    else lines.text(String(table.size(row)).padStart(sizeWidth));
    lines.byte(space);
    const kind = table.kind(row);
    let word = kindNames.get(kind);
    if (!word) kindNames.set(kind, (word = Buffer.from(kind.padEnd(kindWidth))));
    lines.bytes(word);
    lines.byte(space);
    lines.decimal(copies[i] ?? 1, copiesWidth);
    lines.byte(space);
    name(lines, row);
    lines.byte(newline);
    if (i % stride === 0) yield* lines.take();
  }
  yield* lines.finish();
}

/** Lines as `nm` writes them: the address in as many digits as the image has, the class letter, the name. */
export function* listNm(listing: Listing, options: ListTextOptions): Generator<Uint8Array> {
  prepare(listing, options.names);
  const { rows, image } = listing;
  const { address, flags, letter, name } = readColumns(listing, options.names);
  const prefix = options.prefixed ? prefixOf(listing) : undefined;
  const width = image.bits === 32 ? 8 : 16;
  const lines = new ByteLines();
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    if (prefix) lines.bytes(prefix);
    if (((flags[row] ?? 0) & undefinedFlag) !== 0) lines.spaces(width);
    else lines.hex(address[row * 2 + 1] ?? 0, address[row * 2] ?? 0, width);
    lines.byte(space);
    lines.byte(letter[row] ?? 0x3f);
    lines.byte(space);
    name(lines, row);
    lines.byte(newline);
    if (i % stride === 0) yield* lines.take();
  }
  yield* lines.finish();
}
