import { readFileSync } from 'node:fs';
import { type Address, address } from '../../src/base/units.ts';
import type { CodeReader } from '../../src/code/bytes.ts';

/** A function symbol of a 64-bit little-endian ELF file. */
export type FunctionSymbol = { readonly name: string; readonly start: Address; readonly size: bigint };

export type ElfFile = {
  readonly functions: readonly FunctionSymbol[];
  readonly code: CodeReader;
  readonly data: CodeReader;
  readonly isFunctionStart: (at: Address) => boolean;
  /** The file offset of an address as linked. */
  readonly fileOffset: (at: Address) => bigint;
};

const text = new TextDecoder();

/** As little of ELF as these tests need, independent of the project's own reader. */
export const readElfFile = (path: string): ElfFile => {
  const file = readFileSync(path);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const word = (at: number): number => Number(view.getBigUint64(at, true));
  const segments: { flags: number; offset: number; start: bigint; size: number }[] = [];
  const headers = word(32);
  for (let i = 0; i < view.getUint16(56, true); i++) {
    const at = headers + i * 56;
    if (view.getUint32(at, true) !== 1) continue;
    const flags = view.getUint32(at + 4, true);
    segments.push({ flags, offset: word(at + 8), start: view.getBigUint64(at + 16, true), size: word(at + 32) });
  }
  const reader =
    (needed: number): CodeReader =>
    (at, length) => {
      for (const { flags, offset, start, size } of segments) {
        const from = Number(at - start);
        if ((flags & needed) === needed && from >= 0 && from + length <= size) {
          return file.subarray(offset + from, offset + from + length);
        }
      }
      return undefined;
    };

  const sections = word(40);
  const section = (i: number) => {
    const at = sections + i * 64;
    return {
      type: view.getUint32(at + 4, true),
      offset: word(at + 24),
      size: word(at + 32),
      link: view.getUint32(at + 40, true),
    };
  };
  const functions = new Map<string, FunctionSymbol>();
  for (let i = 0; i < view.getUint16(60, true); i++) {
    const { type, offset, size, link } = section(i);
    if (type !== 2 && type !== 11) continue;
    const names = section(link).offset;
    for (let at = offset; at < offset + size; at += 24) {
      if ((file[at + 4] ?? 0) % 16 !== 2 || view.getUint16(at + 6, true) === 0) continue;
      const from = names + view.getUint32(at, true);
      const name = text.decode(file.subarray(from, file.indexOf(0, from)));
      const start = address(view.getBigUint64(at + 8, true));
      functions.set(`${start} ${name}`, { name, start, size: view.getBigUint64(at + 16, true) });
    }
  }
  const starts = new Set(
    [...functions.values()].filter(({ name }) => !/\.cold(\.|$)/.test(name)).map((fn) => fn.start),
  );
  return {
    functions: [...functions.values()],
    code: reader(5),
    data: reader(4),
    isFunctionStart: (at) => starts.has(at),
    fileOffset: (at) => {
      const found = segments.find((each) => at >= each.start && at < each.start + BigInt(each.size));
      if (found === undefined) throw new Error(`${at} is in no segment`);
      return at - found.start + BigInt(found.offset);
    },
  };
};
