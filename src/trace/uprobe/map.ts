import type { MapSpec } from '../bpf/maps.ts';
import type { OwnedFd } from '../sys/fd.ts';
import { addressOf } from '../sys/libc.ts';
import { MAP_FLAG_MMAPABLE, MAP_TYPE } from '../sys/uapi.ts';
import { attributes, bpf, bpfFd } from './bpf.ts';

export const createMap = (spec: MapSpec): OwnedFd => {
  const attr = attributes();
  attr.writeUInt32LE(MAP_TYPE[spec.type], 0);
  attr.writeUInt32LE(spec.keySize, 4);
  attr.writeUInt32LE(spec.valueSize, 8);
  attr.writeUInt32LE(spec.maxEntries, 12);
  attr.writeUInt32LE(spec.mapped ? MAP_FLAG_MMAPABLE : 0, 16);
  attr.write(`rsym_${spec.name}`.slice(0, 15), 28, 'latin1');
  return bpfFd('mapCreate', attr, `create the kernel map ${spec.name}`);
};

const element = (map: OwnedFd, key: Buffer, value: Buffer | null): Buffer => {
  const attr = attributes();
  attr.writeUInt32LE(map.value, 0);
  attr.writeBigUInt64LE(addressOf(key), 8);
  if (value) attr.writeBigUInt64LE(addressOf(value), 16);
  return attr;
};

/** False if the kernel has no room or no such map any more. */
export const updateElement = (map: OwnedFd, key: Buffer, value: Buffer): boolean =>
  bpf('mapUpdate', element(map, key, value)).ok;

/** Fills `value`; false if the key isn't there. */
export const lookupElement = (map: OwnedFd, key: Buffer, value: Buffer): boolean =>
  bpf('mapLookup', element(map, key, value)).ok;

export const deleteElement = (map: OwnedFd, key: Buffer): boolean => bpf('mapDelete', element(map, key, null)).ok;

/** The keys in a hash map, as far as it holds still meanwhile. */
export const keysOf = (map: OwnedFd, keySize: number): Buffer[] => {
  const keys: Buffer[] = [];
  const seen = new Set<string>();
  for (let last: Buffer | null = null; ; ) {
    const next = Buffer.alloc(keySize);
    const attr = attributes();
    attr.writeUInt32LE(map.value, 0);
    if (last) attr.writeBigUInt64LE(addressOf(last), 8);
    attr.writeBigUInt64LE(addressOf(next), 16);
    // After a key that was removed meanwhile the kernel begins anew.
    if (!bpf('mapNextKey', attr).ok || seen.has(next.toString('latin1'))) return keys;
    seen.add(next.toString('latin1'));
    keys.push(next);
    last = next;
  }
};

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
