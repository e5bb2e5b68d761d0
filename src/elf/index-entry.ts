import { crc32 } from 'node:zlib';

/*
 * An entry of the cache:
 *    0 magic, 8 bytes | 8 length of the key u32 | 12 CRC-32 of key and content u32 | 16 length of the content u64
 *   24 key, UTF-8 | content
 */
const magic = Buffer.from('rsymidx\n');
const headerSize = 24;

/** What stands before the content in an entry. */
export const entryHead = (key: string, content: Uint8Array): Buffer => {
  const keyBytes = Buffer.from(key);
  const head = Buffer.alloc(headerSize);
  magic.copy(head);
  head.writeUInt32LE(keyBytes.length, 8);
  head.writeUInt32LE(crc32(content, crc32(keyBytes)), 12);
  head.writeBigUInt64LE(BigInt(content.length), 16);
  return Buffer.concat([head, keyBytes]);
};

/** The content of an entry, a part of its bytes; null unless they are a whole and undamaged entry of this key. */
export const entryContent = (key: string, entry: Buffer): Uint8Array | null => {
  const keyBytes = Buffer.from(key);
  const start = headerSize + keyBytes.length;
  if (entry.length < start || !entry.subarray(0, 8).equals(magic)) return null;
  if (entry.readUInt32LE(8) !== keyBytes.length || entry.readBigUInt64LE(16) !== BigInt(entry.length - start))
    return null;
  if (!entry.subarray(headerSize, start).equals(keyBytes)) return null;
  if (crc32(entry.subarray(headerSize)) !== entry.readUInt32LE(12)) return null;
  return new Uint8Array(entry.buffer, entry.byteOffset + start, entry.length - start);
};
