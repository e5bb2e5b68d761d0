/** Lengths, versions, counts and names that can't be. */
import { at, close, form, leaf, open, tag } from '../dwarf-writer.ts';
import { file, int, many, type OddFiles, text } from './unit.ts';

export const oddLengths: OddFiles = {
  'unit length 0xffffffef': () => file([int], { length: 0xffff_ffef }),
  'unit length 0xffffffff (64-bit format)': () => file([int], { length: 0xffff_ffff }),
  'unit length reserved': () => file([int], { length: 0xffff_fff5 }),
  'unit length 0': () => file([int], { length: 0 }),
  'unit length 3': () => file([int], { length: 3 }),
  'version 0': () => file([int], { version: 0 }),
  'version 1': () => file([int], { version: 1 }),
  'version 6': () => file([int], { version: 6 }),
  'version 0xffff': () => file([int], { version: 0xffff }),
  'address size 0': () => file([int], { addressSize: 0 }),
  'address size 255': () => file([int], { addressSize: 255 }),
  'abbreviations behind the section': () => file([int], { abbreviationsAt: 0x7fff_ffff }),
  'unit type 0x7f': () => file([int], { version: 5, type: 0x7f }),
  'block of 4 GB': () =>
    file([
      leaf(tag.formalParameter, [[at.location, form.data4, 0]]),
      leaf(
        tag.baseType,
        [
          [at.name, form.string, 'x'],
          [at.location, form.udata, 0xffff_ffff_ffffn],
        ],
        'type',
      ),
    ]),
  'array of 2^63 elements': () =>
    file([
      open(tag.arrayType, [[at.type, form.ref4, 'e']], 'type'),
      leaf(tag.subrangeType, [[at.count, form.udata, 1n << 63n]]),
      close,
      leaf(
        tag.baseType,
        [
          [at.name, form.string, 'u64'],
          [at.byteSize, form.data1, 8],
        ],
        'e',
      ),
    ]),
  'array with bound -1': () =>
    file([
      open(tag.arrayType, [[at.type, form.ref4, 'type']], 'type'),
      leaf(tag.subrangeType, [[at.upperBound, form.sdata, -1]]),
      close,
    ]),
  'array of 100,000 dimensions': () =>
    file([
      open(tag.arrayType, [[at.type, form.ref4, 'e']], 'type'),
      ...many(100_000, () => [leaf(tag.subrangeType, [[at.count, form.udata, 2]])]),
      close,
      leaf(
        tag.baseType,
        [
          [at.name, form.string, 'u64'],
          [at.byteSize, form.data1, 8],
        ],
        'e',
      ),
    ]),
  'size of 2^64 - 1': () =>
    file([
      leaf(
        tag.baseType,
        [
          [at.name, form.string, 'huge'],
          [at.byteSize, form.udata, (1n << 64n) - 1n],
        ],
        'type',
      ),
    ]),
  'function that ends before it begins': () =>
    file(
      [
        leaf(tag.subprogram, [
          [at.name, form.string, 'back'],
          [at.lowPc, form.addr, text],
          [at.highPc, form.addr, 0x10],
        ]),
      ],
      {},
      null,
    ),
  'function to the end of memory': () =>
    file(
      [
        leaf(tag.subprogram, [
          [at.name, form.string, 'all'],
          [at.lowPc, form.addr, 1],
          [at.highPc, form.data8, (1n << 64n) - 2n],
        ]),
      ],
      {},
      null,
    ),
  'a name of 20 MB': () =>
    file([
      leaf(
        tag.baseType,
        [
          [at.name, form.string, 'n'.repeat(20 << 20)],
          [at.byteSize, form.data1, 4],
        ],
        'type',
      ),
    ]),
  'a name that is not UTF-8, with escapes': () =>
    file([
      leaf(
        tag.baseType,
        [
          [at.name, form.string, Buffer.from('\x1b[31m\xff\xfe\x9b]0;x\x07\0', 'latin1')],
          [at.byteSize, form.data1, 4],
        ],
        'type',
      ),
    ]),
  'call line and file of 2^64 - 1': () =>
    file(
      [
        open(tag.subprogram, [[at.name, form.string, 'i']], 'i'),
        close,
        open(tag.subprogram, [
          [at.name, form.string, 'o'],
          [at.lowPc, form.addr, text + 0x20],
          [at.highPc, form.data1, 8],
        ]),
        leaf(tag.inlinedSubroutine, [
          [at.abstractOrigin, form.ref4, 'i'],
          [at.lowPc, form.addr, text + 0x20],
          [at.highPc, form.data1, 4],
          [at.callFile, form.udata, (1n << 64n) - 1n],
          [at.callLine, form.udata, (1n << 64n) - 1n],
        ]),
        close,
      ],
      {},
      null,
    ),
};
