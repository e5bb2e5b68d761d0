import { describe, expect, test } from 'vitest';
import { address, fileOffset } from '../../src/base/units.ts';
import { toFileOffset } from '../../src/elf/address-map.ts';
import { openDebugInfo } from '../../src/elf/debug-info.ts';
import { openImage } from '../../src/elf/open.ts';
import { withDropVtables } from '../../src/query/drop-vtables.ts';
import { Relocations } from '../../src/query/relocations.ts';
import { fixture } from '../support/fixtures.ts';

describe.each(['types/debug', 'types/release'])('vtables of %s that debug info does not list', (variant) => {
  using image = openImage(fixture(variant));
  using debug = openDebugInfo(image, {});
  const symbols = image.symbols();
  const own = debug.types;
  if (own === null) throw new Error('no types');
  const relocations = new Relocations(image);
  const listed = own.vtables();
  const all = withDropVtables(own, { image, symbols, debug }, relocations).vtables();
  const found = all.slice(listed.length).map((vtable) => ({
    ...vtable,
    head: Buffer.from(image.readBytes(toFileOffset(image, vtable.address) ?? fileOffset(0n), 24)),
    drop: relocations.addressAt(vtable.address),
    size: own.type(vtable.type ?? -1).size,
  }));
  const dropNames = found.map(({ drop }) => symbols.at(address(drop ?? 0n)).map((row) => symbols.name(row)));

  test('come behind those that it lists, each address once', () => {
    expect(all.slice(0, listed.length)).toEqual(listed);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(all.map((vtable) => vtable.address)).size).toBe(all.length);
  });

  test('begin with drop glue of their type, and have its size and an alignment', () => {
    found.forEach(({ head, size, name }, i) => {
      expect(dropNames[i]?.join()).toMatch(/core::ptr::drop_/);
      expect(head.readBigUInt64LE(8)).toBe(size);
      const align = head.readBigUInt64LE(16);
      expect(align > 0n && (align & (align - 1n)) === 0n && (size ?? 0n) % align === 0n).toBe(true);
      const type = /^<(.*) as (?:_|core::error::Error)>::\{vtable\}$/.exec(name)?.[1];
      expect(dropNames[i]?.join()).toContain(type);
    });
  });
});
