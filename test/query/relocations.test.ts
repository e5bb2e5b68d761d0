import { describe, expect, test } from 'vitest';
import { RsymError } from '../../src/base/errors.ts';
import type { Image } from '../../src/elf/model.ts';
import { openImage } from '../../src/elf/open.ts';
import { Relocations } from '../../src/query/relocations.ts';
import { fixture } from '../support/fixtures.ts';
import { describeNeeding } from '../support/need.ts';
import { run } from '../support/process.ts';

const path = fixture('types/release');

describeNeeding(['readelf'], 'compared with readelf', () => {
  /** `OFFSET INFO TYPE [VALUE NAME +] ADDEND` */
  const lines = run('readelf', ['-rW', path]).stdout.split('\n');
  const rows = lines.flatMap((line) => {
    const [, slot, type, rest] = /^([0-9a-f]{12,16}) +[0-9a-f]+ +(R_X86_64_\w+) +(.*)$/.exec(line) ?? [];
    return slot === undefined || type === undefined || rest === undefined
      ? []
      : [{ slot: BigInt(`0x${slot}`), type, rest }];
  });

  test('slots have the imports and the addresses that it lists', () => {
    using image = openImage(path);
    const relocations = new Relocations(image);
    const imports = rows.filter(({ type }) => type === 'R_X86_64_GLOB_DAT' || type === 'R_X86_64_JUMP_SLOT');
    const relative = rows.filter(({ type }) => type === 'R_X86_64_RELATIVE');
    expect(imports.length).toBeGreaterThan(10);
    expect(relative.length).toBeGreaterThan(100);
    for (const { slot, rest } of imports) {
      expect(relocations.importAt(slot)).toBe(/^[0-9a-f]+ ([^\s@]+)/.exec(rest)?.[1]);
      expect(relocations.addressAt(slot)).toBe(null);
    }
    for (const { slot, rest } of relative) {
      expect(relocations.importAt(slot)).toBe(null);
      expect(relocations.addressAt(slot)).toBe(BigInt(`0x${rest.trim()}`));
    }
    const wanted = new Set(relative.slice(0, 5).map(({ rest }) => BigInt(`0x${rest.trim()}`)));
    const slots = relative.filter(({ rest }) => wanted.has(BigInt(`0x${rest.trim()}`))).map(({ slot }) => slot);
    expect([...relocations.slotsOf(wanted)].map(({ slot }) => slot).sort()).toEqual(slots.sort());
  });
});

describe('a file', () => {
  test('has nothing in slots that are none, and is read once, when it is asked', () => {
    using image = openImage(path);
    let reads = 0;
    const counted: Image = {
      ...image,
      path: image.path,
      sections: image.sections,
      readBytes: (offset, length) => {
        reads++;
        return image.readBytes(offset, length);
      },
    };
    const relocations = new Relocations(counted);
    expect(reads).toBe(0);
    expect(relocations.importAt(0n)).toBe(null);
    const first = reads;
    expect(first).toBeGreaterThan(0);
    expect([relocations.importAt(1n), relocations.addressAt(2n)]).toEqual([null, null]);
    expect([...relocations.slotsOf(new Set())]).toEqual([]);
    expect(reads).toBe(first);
  });

  test('that is damaged has no slots; what else goes wrong is told', () => {
    using image = openImage(path);
    const failing = (code: 'input' | 'permission'): Relocations =>
      new Relocations({
        ...image,
        sections: image.sections,
        readBytes: () => {
          throw new RsymError(code, 'no');
        },
      });
    expect(failing('input').importAt(0n)).toBe(null);
    expect([...failing('input').slotsOf(new Set([0n]))]).toEqual([]);
    expect(() => failing('permission').importAt(0n)).toThrow('no');
  });
});
