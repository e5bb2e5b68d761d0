import type { OwnedFd } from '../sys/fd.ts';
import { addressOf } from '../sys/libc.ts';
import { attributes, bpf, refusal } from './bpf.ts';

const ENOENT = 2;
const ENOSPC = 28;
/** Bytes of values that are asked for at a time. */
const chunkBytes = 1 << 20;

/** Sizes of a map's elements, as it was made. */
export type ElementSizes = { readonly keySize: number; readonly valueSize: number };

/**
 * Every element of a hash or an array, many at a time; `take` is given views that are good until it returns. Elements
 * that are made or removed meanwhile may be among them or not. Throws RsymError where the kernel refuses.
 */
export const forEachElement = (
  map: OwnedFd,
  { keySize, valueSize }: ElementSizes,
  take: (key: Buffer, value: Buffer) => void,
): void => {
  let most = Math.max(16, Math.floor(chunkBytes / valueSize));
  let [from, to] = [Buffer.alloc(Math.max(8, keySize)), Buffer.alloc(Math.max(8, keySize))];
  for (let isFirst = true; ; ) {
    const [keys, values] = [Buffer.alloc(most * keySize), Buffer.alloc(most * valueSize)];
    const attr = attributes();
    if (!isFirst) attr.writeBigUInt64LE(addressOf(from), 0);
    attr.writeBigUInt64LE(addressOf(to), 8);
    attr.writeBigUInt64LE(addressOf(keys), 16);
    attr.writeBigUInt64LE(addressOf(values), 24);
    attr.writeUInt32LE(most, 32);
    attr.writeUInt32LE(map.value, 36);
    const result = bpf('mapLookupBatch', attr);
    // More elements in one of the hash's buckets than were asked for.
    if (!result.ok && result.errno === ENOSPC) {
      most *= 2;
      continue;
    }
    if (!result.ok && result.errno !== ENOENT) throw refusal('read a kernel map', result.errno);
    const count = attr.readUInt32LE(32);
    for (let i = 0; i < count; i++)
      take(keys.subarray(i * keySize, (i + 1) * keySize), values.subarray(i * valueSize, (i + 1) * valueSize));
    if (!result.ok || count === 0) return;
    [from, to] = [to, from];
    isFirst = false;
  }
};
