import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes of all sections of a 64-bit little-endian ELF file whose names begin with `.debug_`. */
export const debugSize = (path) => {
  const fd = openSync(path, 'r');
  const read = (offset, length) => {
    const bytes = Buffer.alloc(length);
    readSync(fd, bytes, 0, length, offset);
    return bytes;
  };
  try {
    const header = read(0, 64);
    const [entrySize, count, names] = [header.readUInt16LE(0x3a), header.readUInt16LE(0x3c), header.readUInt16LE(0x3e)];
    const table = read(Number(header.readBigUInt64LE(0x28)), entrySize * count);
    const field = (i, at) => Number(table.readBigUInt64LE(i * entrySize + at));
    const strings = read(field(names, 0x18), field(names, 0x20)).toString('latin1');
    let size = 0;
    for (let i = 0; i < count; i++) {
      if (strings.startsWith('.debug_', table.readUInt32LE(i * entrySize))) size += field(i, 0x20);
    }
    return size;
  } finally {
    closeSync(fd);
  }
};
