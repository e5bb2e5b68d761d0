/** Much of one kind: depth, members, units, abbreviations. */
import { at, close, elfWith, form, leaf, open, tag, uleb, writeDwarf } from '../dwarf-writer.ts';
import { file, int, many, member, type OddFiles, sound, text } from './unit.ts';

export const oddNumbers: OddFiles = {
  'namespaces 100,000 deep': () =>
    file([
      ...many(100_000, () => [open(tag.namespace, [[at.name, form.string, 'n']])]),
      int,
      ...many(100_000, () => [close]),
    ]),
  'functions 100,000 deep': () =>
    file(
      [
        ...many(100_000, (i) => [
          open(tag.subprogram, [
            [at.name, form.string, 'f'],
            [at.lowPc, form.addr, text + i],
            [at.highPc, form.data1, 1],
          ]),
        ]),
        ...many(100_000, () => [close]),
      ],
      {},
      null,
    ),
  'inlined 100,000 deep': () =>
    file(
      [
        leaf(tag.subprogram, [[at.name, form.string, 'i']], 'i'),
        ...many(100_000, () => [
          open(tag.inlinedSubroutine, [
            [at.abstractOrigin, form.ref4, 'i'],
            [at.lowPc, form.addr, text],
            [at.highPc, form.data1, 8],
          ]),
        ]),
        ...many(100_000, () => [close]),
      ],
      {},
      null,
    ),
  'structs 100,000 deep, never closed': () =>
    file([...many(100_000, () => [open(tag.structureType, [[at.name, form.string, 's']])])], {}, null),
  'members: 300,000': () =>
    file([
      open(
        tag.structureType,
        [
          [at.name, form.string, 'S'],
          [at.byteSize, form.data4, 8],
        ],
        'type',
      ),
      ...many(300_000, () => [member('type')]),
      close,
    ]),
  'variants: 100,000': () =>
    file([
      open(
        tag.structureType,
        [
          [at.name, form.string, 'E'],
          [at.byteSize, form.data4, 8],
        ],
        'type',
      ),
      open(tag.variantPart),
      ...many(100_000, () => [open(tag.variant), member('type'), close]),
      close,
      close,
    ]),
  'parameters: 300,000': () =>
    file([
      open(tag.subprogram, [
        [at.name, form.string, 'wide'],
        [at.lowPc, form.addr, text + 0x20],
        [at.highPc, form.data1, 4],
      ]),
      ...many(300_000, () => [leaf(tag.formalParameter, [[at.type, form.ref4, 'type']])]),
      close,
      int,
    ]),
  'units: 100,000': () =>
    elfWith(
      writeDwarf(
        Array.from({ length: 100_000 }, () => ({ entries: [leaf(tag.compileUnit, [[at.name, form.string, 'u']])] })),
      ),
    ),
  'abbreviations: 200,000': () =>
    elfWith({
      ...sound(),
      abbrev: Buffer.concat([
        ...Array.from({ length: 200_000 }, (_, i) =>
          Buffer.concat([uleb(i + 1), uleb(tag.baseType), Buffer.from([0, 3, 8, 0, 0])]),
        ),
        Buffer.from([0]),
      ]),
    }),
  'an abbreviation of 300,000 attributes': () =>
    elfWith({
      ...sound(),
      abbrev: Buffer.concat([
        Buffer.from([1, tag.compileUnit, 1]),
        ...Array.from({ length: 300_000 }, () => Buffer.from([at.name, form.flagPresent])),
        Buffer.from([0, 0, 0]),
      ]),
    }),
  'an abbreviation code of 2^64 - 1': () =>
    elfWith({
      ...sound(),
      abbrev: Buffer.concat([uleb((1n << 64n) - 1n), Buffer.from([tag.compileUnit, 1, 0, 0, 0])]),
    }),
  'an abbreviation twice': () => elfWith({ ...sound(), abbrev: Buffer.from([1, 0x11, 0, 0, 0, 1, 0x11, 0, 0, 0, 0]) }),
};
