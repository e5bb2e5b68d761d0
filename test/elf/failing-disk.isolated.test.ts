import type * as Fs from 'node:fs';
import { expect, test, vi } from 'vitest';
import { fileOffset } from '../../src/base/units.ts';
import { openImage } from '../../src/elf/open.ts';
import { writeElf } from '../support/elf-writer.ts';
import { Temporary } from '../support/temporary.ts';

const disk = vi.hoisted(() => ({ failing: false }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof Fs>();
  const readSync = (...args: Parameters<typeof real.readSync>): number => {
    if (disk.failing) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    return real.readSync(...args);
  };
  return { ...real, readSync };
});

const failing = <T>(run: () => T): unknown => {
  disk.failing = true;
  try {
    run();
  } catch (error) {
    return error;
  } finally {
    disk.failing = false;
  }
  return undefined;
};

test('what the system refused is the reason, not a file that is too short', () => {
  using folder = new Temporary();
  const path = folder.file('program', writeElf({ symbols: [{ name: 'main' }] }));
  const told = expect.objectContaining({
    code: 'input',
    message: expect.stringMatching(/program: the disk or file system failed to read it$/),
  });
  expect(failing(() => openImage(path))).toEqual(told);
  using image = openImage(path);
  expect(failing(() => image.symbols())).toEqual(told);
  expect(failing(() => image.readBytes(fileOffset(0n), 4))).toEqual(told);
  expect(image.readBytes(fileOffset(0n), 4).length).toBe(4);
  expect(() => image.readBytes(fileOffset(0n), 1e6)).toThrow(/no 1000000 bytes/);
});
