import { readFileSync } from 'node:fs';

export type CachedLibrary = { readonly name: string; readonly path: string };

const oldMagic = 'ld.so-1.7.0';
const magic = 'glibc-ld.so.cache1.1';
const headerSize = 48;
const entrySize = 24;

/** The byte of an entry's flags that says which ABI a library is for (glibc, sysdeps/generic/ldconfig.h). */
const abiOf: Readonly<Record<string, number>> = {
  x86: 0x00,
  sparc64: 0x01,
  'x86-64': 0x03,
  s390x: 0x04,
  powerpc64: 0x05,
  arm: 0x09,
  aarch64: 0x0a,
  riscv64: 0x10,
  loongarch: 0x12,
};
const elfLibc6 = 3;

/**
 * Libraries in the cache that `ldconfig` writes, for one machine, in the cache's order. Bytes that are not such a cache
 * hold none; a damaged entry is left out.
 *
 *   header   magic and version (20) | entries u32 | string bytes u32 | flags, extensions (20)
 *   entry    flags i32 | name u32 | path u32 | OS version u32 | hwcap u64     offsets count from the header
 *
 * Entries with a hwcap are variants for processors that have it, and are passed over for the plain one.
 */
export const parseCache = (bytes: Uint8Array, machine: string): CachedLibrary[] => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = headerStart(buffer);
  if (start === undefined || buffer.length < start + headerSize) return [];
  const count = Math.min(buffer.readUInt32LE(start + 20), Math.floor((buffer.length - start - headerSize) / entrySize));
  const text = (offset: number): string => {
    const end = buffer.indexOf(0, start + offset);
    return end < 0 ? '' : buffer.toString('utf8', start + offset, end);
  };
  const found: CachedLibrary[] = [];
  for (let i = 0; i < count; i++) {
    const at = start + headerSize + i * entrySize;
    const flags = buffer.readUInt32LE(at);
    if ((flags & 0xff) !== elfLibc6 || ((flags >> 8) & 0xff) !== abiOf[machine]) continue;
    if (buffer.readBigUInt64LE(at + 16) !== 0n) continue;
    const name = text(buffer.readUInt32LE(at + 4));
    const path = text(buffer.readUInt32LE(at + 8));
    if (name !== '' && path.startsWith('/')) found.push({ name, path });
  }
  return found;
};

/** Older systems put the new format, aligned to eight bytes, behind the old one (entries of 12 bytes). */
const headerStart = (buffer: Buffer): number | undefined => {
  const begins = (text: string, at: number): boolean => buffer.toString('latin1', at, at + text.length) === text;
  if (begins(magic, 0)) return 0;
  if (!begins(oldMagic, 0) || buffer.length < 16) return undefined;
  const end = 16 + buffer.readUInt32LE(12) * 12;
  const at = (end + 7) & ~7;
  return begins(magic, at) ? at : undefined;
};

const caches = new Map<string, readonly CachedLibrary[]>();

/** The system's cache for a machine; empty where there is none (musl). Read once. */
export const systemCache = (machine: string): readonly CachedLibrary[] => {
  const known = caches.get(machine);
  if (known) return known;
  let found: readonly CachedLibrary[] = [];
  try {
    found = parseCache(readFileSync('/etc/ld.so.cache'), machine);
  } catch {
    // No cache: the default directories are searched.
  }
  caches.set(machine, found);
  return found;
};
