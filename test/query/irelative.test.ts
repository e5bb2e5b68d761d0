import { expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import { address, fileOffset, runtimeAddress } from '../../src/base/units.ts';
import type { Image, Section } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { chosenBy } from '../../src/query/irelative.ts';
import { loadAddress, writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

const relocations = (at: number, size: bigint): Section => ({
  name: '.rela.plt',
  type: 4,
  address: address(0n),
  fileOffset: fileOffset(BigInt(at)),
  size,
  executable: false,
  loaded: true,
});

test('a damaged relocation section has no slots; what else went wrong is told', () => {
  using folder = new Temporary();
  using image = openImage(folder.file('a', writeElf({ symbols: [{ name: 'main' }] })));
  const start = runtimeAddress(0x10_0000n);
  const path = image.path;
  const mapped = {
    path,
    reachable: path,
    start,
    end: runtimeAddress(start + 0x1000n),
    offset: fileOffset(0n),
    executable: true,
  };
  const read: bigint[] = [];
  const damaged: Image = {
    ...image,
    sections: [relocations(0, 1n << 62n), relocations(1 << 30, 24n), relocations(0, 24n)],
    readBytes: (offset, length) => {
      read.push(offset);
      return image.readBytes(offset, length);
    },
  };
  expect(chosenBy(damaged, process.pid, [mapped], address(loadAddress))).toBeUndefined();
  expect(read).toEqual([0n, 1n << 30n, 0n]);
  const refused: Image = {
    ...damaged,
    readBytes: () => {
      throw new RsymError('permission', 'permission denied');
    },
  };
  expect(() => chosenBy(refused, process.pid, [mapped], address(loadAddress))).toThrow('permission denied');
});
