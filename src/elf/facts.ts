import { decodeBytes } from '../base/text.ts';
import { address, fileOffset } from '../base/units.ts';
import { hexDigits, Wire } from '../core/wire.ts';
import { machineName, machOMachineName, peMachineName } from './machine.ts';
import type { Image, ImageFormat, ImageType, Section, Segment } from './model.ts';

/** Where a member of an archive is; `offset` 0 in a thin archive, whose members are files of their own. */
export type MemberPlace = { readonly name: string; readonly offset: bigint; readonly size: bigint };

/** What an image says of itself: the part of `Image` that needs no further reading. */
export type Facts = Omit<
  Image,
  'path' | 'identity' | 'members' | 'symbols' | 'debug' | 'readBytes' | typeof Symbol.dispose
> & {
  readonly places: readonly MemberPlace[];
  readonly thin: boolean;
};

const elfTypes: readonly ImageType[] = ['executable', 'pie', 'shared', 'relocatable', 'core'];
const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : decodeBytes(bytes));

const nothing = {
  bits: null,
  littleEndian: true,
  entry: null,
  buildId: null,
  interpreter: null,
  soname: null,
  needed: [],
  runpath: [],
  hasRunpath: false,
  segments: [],
  sections: [],
  pdb: null,
  places: [],
  thin: false,
  damage: null,
} as const;

/** Reads the answer of the core in the order in which the crate's `describe` functions write it. */
export const readFacts = (bytes: Uint8Array): Facts => {
  const wire = new Wire(bytes);
  const format = wire.u8();
  switch (format) {
    case 0:
      return elf(wire);
    case 1:
      return wasm(wire);
    case 2:
      return archive(wire, 'archive');
    case 3:
      return native(wire, 'mach-o', machOMachineName);
    case 4:
      return native(wire, 'pe', peMachineName);
    case 5:
      return native(wire, 'coff', peMachineName);
    default:
      return archive(wire, 'universal');
  }
};

const elf = (wire: Wire): Facts => {
  const type = elfTypes[wire.u8()] ?? 'other';
  const bits = wire.u8() === 64 ? 64 : 32;
  const littleEndian = wire.flag();
  const machine = machineName(wire.u32(), bits);
  const stripped = wire.flag();
  const entry = wire.u64();
  const buildId = wire.optional();
  const interpreter = text(wire.optional());
  const soname = text(wire.optional());
  const rpath = text(wire.optional());
  const runpath = text(wire.optional());
  return {
    ...nothing,
    format: 'elf',
    type,
    bits,
    littleEndian,
    machine,
    stripped,
    entry: entry === 0n ? null : address(entry),
    buildId: buildId && hexDigits(buildId),
    interpreter,
    soname,
    runpath: (runpath ?? rpath ?? '').split(':').filter((folder) => folder !== ''),
    hasRunpath: runpath !== null,
    needed: wire.list(() => decodeBytes(wire.bytes())),
    segments: wire.list(() => segment(wire)),
    sections: wire.list(() => section(wire)),
  };
};

/** Mach-O, PE and COFF. */
const native = (wire: Wire, format: ImageFormat, machineOf: (machine: number, subtype: number) => string): Facts => {
  const type = elfTypes[wire.u8()] ?? 'other';
  const bits = wire.u8() === 64 ? 64 : 32;
  const littleEndian = wire.flag();
  const machine = machineOf(wire.u32(), wire.u32());
  const stripped = wire.flag();
  const hasEntry = wire.flag();
  const entry = wire.u64();
  return {
    ...nothing,
    format,
    type,
    bits,
    littleEndian,
    machine,
    stripped,
    entry: hasEntry ? address(entry) : null,
    buildId: text(wire.optional()),
    interpreter: text(wire.optional()),
    soname: text(wire.optional()),
    runpath: wire.list(() => decodeBytes(wire.bytes())),
    needed: wire.list(() => decodeBytes(wire.bytes())),
    pdb: text(wire.optional()),
    segments: wire.list(() => segment(wire)),
    sections: wire.list(() => section(wire)),
  };
};

const segment = (wire: Wire): Segment => ({
  address: address(wire.u64()),
  fileOffset: fileOffset(wire.u64()),
  fileSize: wire.u64(),
  memorySize: wire.u64(),
  executable: wire.flag(),
  writable: wire.flag(),
});

const section = (wire: Wire): Section => ({
  name: decodeBytes(wire.bytes()),
  type: wire.u32(),
  address: address(wire.u64()),
  fileOffset: fileOffset(wire.u64()),
  size: wire.u64(),
  executable: wire.flag(),
  loaded: wire.flag(),
});

const wasmCode = 10;

const wasm = (wire: Wire): Facts => ({
  ...nothing,
  format: 'wasm',
  type: 'module',
  bits: 32,
  machine: 'wasm32',
  stripped: !wire.flag(),
  sections: wire.list(() => {
    const name = decodeBytes(wire.bytes());
    const type = wire.u32();
    return {
      name,
      type,
      address: address(0n),
      fileOffset: fileOffset(wire.u64()),
      size: wire.u64(),
      executable: type === wasmCode,
      loaded: false,
    };
  }),
});

const archive = (wire: Wire, type: 'archive' | 'universal'): Facts => {
  const thin = wire.flag();
  const places: MemberPlace[] = [];
  while (wire.flag()) places.push({ name: decodeBytes(wire.bytes()), offset: wire.u64(), size: wire.u64() });
  const damage = text(wire.optional());
  return { ...nothing, format: 'archive', type, machine: 'unknown', stripped: false, places, thin, damage };
};
