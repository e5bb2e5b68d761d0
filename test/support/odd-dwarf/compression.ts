/** Compressed sections that claim what isn't there, and those that are bombs. */
import { compressSection, elfWith, u32, u64 } from '../dwarf-writer.ts';
import { type OddFiles, sound } from './unit.ts';

const bomb = (how: 'zlib' | 'zdebug', claims?: bigint): Buffer => {
  const { info, abbrev, str } = sound() as { info: Buffer; abbrev: Buffer; str: Buffer };
  const padded = Buffer.concat([info, Buffer.alloc(100 << 20)]);
  return elfWith({ abbrev, str }, { extra: [compressSection('.debug_info', padded, how, claims)] });
};

const claiming = (how: 'zlib' | 'zstd' | 'zdebug', claims: bigint): Buffer => {
  const { info, abbrev, str } = sound() as { info: Buffer; abbrev: Buffer; str: Buffer };
  return elfWith({ abbrev, str }, { extra: [compressSection('.debug_info', info, how, claims)] });
};

/** A zstd frame of blocks that repeat one byte: 4 bytes in for 128 KiB out (RFC 8878, section 3.1.1.2). */
const zstdBomb = (): Buffer => {
  const { abbrev, str } = sound() as { abbrev: Buffer; str: Buffer };
  const blocks = 65_536;
  const size = BigInt(blocks) << 17n;
  const block = Buffer.from([0x02, 0x00, 0x10, 0x00]);
  const last = Buffer.from([0x03, 0x00, 0x10, 0x00]);
  const frame = Buffer.concat([
    u32(0xfd2fb528),
    Buffer.from([0xe0]),
    u64(size),
    ...Array.from({ length: blocks - 1 }, () => block),
    last,
  ]);
  const data = Buffer.concat([u32(2), u32(0), u64(size), u64(1), frame]);
  return elfWith({ abbrev, str }, { extra: [{ name: '.debug_info', data, flags: 0x800 }] });
};

export const oddCompression: OddFiles = {
  'zlib claims 8 GB': () => claiming('zlib', 8n << 30n),
  'zstd claims 8 GB': () => claiming('zstd', 8n << 30n),
  'zdebug claims 8 GB': () => claiming('zdebug', 8n << 30n),
  'zlib claims 2^64 - 1': () => claiming('zlib', (1n << 64n) - 1n),
  'zlib claims less than there is': () => claiming('zlib', 10n),
  'zstd claims more than there is': () => claiming('zstd', 100_000n),
  'zlib of 100 MB of zeroes': () => bomb('zlib'),
  'zlib of 100 MB of zeroes that claims 1 KB': () => bomb('zlib', 1024n),
  'zdebug of 100 MB of zeroes': () => bomb('zdebug'),
  'ten sections, each 64 MB of zeroes': () => {
    const names = [
      'info',
      'abbrev',
      'str',
      'line',
      'line_str',
      'ranges',
      'rnglists',
      'addr',
      'str_offsets',
      'loc',
      'loclists',
    ];
    const zeroes = Buffer.alloc(64 << 20);
    return elfWith({}, { extra: names.map((name) => compressSection(`.debug_${name}`, zeroes, 'zlib')) });
  },
  'abbreviations and strings of 64 MB of zeroes': () => {
    const { info, abbrev, str } = sound() as { info: Buffer; abbrev: Buffer; str: Buffer };
    const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((64 << 20) - bytes.length)]);
    const names = ['line', 'line_str', 'ranges', 'rnglists', 'addr', 'str_offsets', 'loc', 'loclists'];
    return elfWith(
      { info },
      {
        extra: [
          compressSection('.debug_abbrev', padded(abbrev), 'zlib'),
          compressSection('.debug_str', padded(str), 'zlib'),
          ...names.map((name) => compressSection(`.debug_${name}`, padded(Buffer.alloc(0)), 'zlib')),
        ],
      },
    );
  },
  'zstd of 8 GB of zeroes': () => zstdBomb(),
  'unknown compression': () => {
    const { info, ...rest } = sound();
    return elfWith(rest, {
      extra: [
        { name: '.debug_info', data: Buffer.concat([u32(77), u32(0), u64(100), u64(1), info as Buffer]), flags: 0x800 },
      ],
    });
  },
  'compression header cut short': () => {
    const { info: _, ...rest } = sound();
    return elfWith(rest, { extra: [{ name: '.debug_info', data: Buffer.alloc(7, 1), flags: 0x800 }] });
  },
  'section behind the end of the file': () =>
    elfWith(sound(), {
      patch: (bytes, places) => {
        bytes.writeBigUInt64LE(0x7fff_ffff_ffffn, places.header('.debug_info') + 0x20);
      },
    }),
  'no abbreviations at all': () => elfWith({ info: sound()['info'] as Buffer }),
  'nothing but an empty unit': () => elfWith({ info: u32(0), abbrev: Buffer.alloc(1) }),
};
