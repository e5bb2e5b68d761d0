/** Forms and range lists that end nowhere or point nowhere. */
import { at, close, elfWith, form, leaf, tag, u64, uleb, writeDwarf } from '../dwarf-writer.ts';
import { type Attributes, type Entries, file, many, type OddFiles, text, top } from './unit.ts';

const rangesOf = (name: 'ranges' | 'rnglists', data: Buffer): Buffer =>
  elfWith({
    ...writeDwarf([
      {
        version: name === 'ranges' ? 4 : 5,
        entries: [
          top(),
          leaf(tag.subprogram, [
            [at.name, form.string, 'odd'],
            [at.ranges, form.secOffset, 0],
          ]),
          close,
        ],
      },
    ]),
    [name]: data,
  });

const version5 = (entries: Entries, more: Attributes, sections: Record<string, Buffer> = {}): Buffer =>
  elfWith({ ...writeDwarf([{ version: 5, entries: [top(more), ...entries, close] }]), ...sections });

export const oddForms: OddFiles = {
  'indirect of indirect of …': () =>
    file([leaf(tag.baseType, [[at.name, form.indirect, Buffer.alloc(100_000, form.indirect)]], 'type')]),
  'unknown form': () => file([leaf(tag.baseType, [[at.name, 0x7e, Buffer.alloc(4)]], 'type')]),
  'implicit constant through indirect': () =>
    file([leaf(tag.baseType, [[at.byteSize, form.indirect, uleb(0x21)]], 'type')]),
  'string behind the section': () =>
    file([leaf(tag.baseType, [[at.name, form.strp, Buffer.from([0xff, 0xff, 0xff, 0x7f])]], 'type')]),
  'index of a string out of bounds': () =>
    version5(
      [
        leaf(tag.subprogram, [
          [at.name, form.strx, 0xffff_ffff],
          [at.lowPc, form.addr, text],
          [at.highPc, form.data1, 1],
        ]),
      ],
      [[at.strOffsetsBase, form.secOffset, 0xffff_fff0]],
      { str_offsets: Buffer.alloc(64) },
    ),
  'index of an address out of bounds': () =>
    version5(
      [
        leaf(tag.subprogram, [
          [at.name, form.string, 'odd'],
          [at.lowPc, form.addrx, 1n << 62n],
          [at.highPc, form.data1, 1],
        ]),
      ],
      [[at.addrBase, form.secOffset, 8]],
      { addr: Buffer.alloc(64) },
    ),
  'index of a range list out of bounds': () =>
    version5(
      [
        leaf(tag.subprogram, [
          [at.name, form.string, 'odd'],
          [at.ranges, form.rnglistx, 1n << 62n],
        ]),
      ],
      [[at.rnglistsBase, form.secOffset, 12]],
      { rnglists: Buffer.alloc(64) },
    ),

  'range list without end': () =>
    rangesOf('ranges', Buffer.concat(Array.from({ length: 4 }, () => Buffer.concat([u64(text), u64(text + 1)])))),
  'range list of 500,000 ranges': () =>
    rangesOf(
      'ranges',
      Buffer.concat(
        Array.from({ length: 500_000 }, (_, i) => Buffer.concat([u64(text + 2 * i), u64(text + 2 * i + 1)])),
      ),
    ),
  'range list of base addresses only': () =>
    rangesOf(
      'ranges',
      Buffer.concat(Array.from({ length: 100_000 }, () => Buffer.concat([u64((1n << 64n) - 1n), u64(text)]))),
    ),
  'ranges of version 5 without end': () =>
    rangesOf(
      'rnglists',
      Buffer.concat(Array.from({ length: 1000 }, () => Buffer.concat([Buffer.from([6]), u64(text), u64(text + 1)]))),
    ),
  'ranges of version 5 of an unknown kind': () => rangesOf('rnglists', Buffer.alloc(64, 0x55)),
  '100,000 functions share a list of 1,000 ranges': () =>
    elfWith({
      ...writeDwarf([
        {
          entries: [
            top(),
            ...many(100_000, () => [
              leaf(tag.subprogram, [
                [at.name, form.string, 'f'],
                [at.ranges, form.secOffset, 0],
              ]),
            ]),
            close,
          ],
        },
      ]),
      ranges: Buffer.concat([
        ...Array.from({ length: 1000 }, (_, i) => Buffer.concat([u64(text + 2 * i), u64(text + 2 * i + 1)])),
        u64(0),
        u64(0),
      ]),
    }),
};
