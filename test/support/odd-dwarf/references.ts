/** Entries that refer to themselves, in rings, or to nothing. */
import { at, close, form, leaf, open, tag } from '../dwarf-writer.ts';
import { type Entries, file, int, many, member, type OddFiles, struct, text } from './unit.ts';

const origin = (kind: number, ref: string, label?: string): Entries[number] =>
  leaf(
    tag.subprogram,
    [
      [kind, form.ref4, ref],
      [at.lowPc, form.addr, text + 0x20],
      [at.highPc, form.data4, 4],
    ],
    label,
  );

export const oddReferences: OddFiles = {
  sound: () => file([int]),

  'abstract origin: itself': () => file([origin(at.abstractOrigin, 'a', 'a')], {}, null),
  'abstract origin: each other': () =>
    file([origin(at.abstractOrigin, 'b', 'a'), origin(at.abstractOrigin, 'a', 'b')], {}, null),
  'specification: itself': () => file([origin(at.specification, 'a', 'a')], {}, null),
  'specification: a ring of three': () =>
    file(
      ['ab', 'bc', 'ca'].map(([from, to]) => origin(at.specification, to as string, from)),
      {},
      null,
    ),
  'specification: a chain of 50,000': () =>
    file(
      [
        ...many(50_000, (i) => [origin(at.specification, `s${i + 1}`, `s${i}`)]),
        leaf(tag.subprogram, [[at.name, form.string, 'end']], 's50000'),
      ],
      {},
      null,
    ),
  'inlined: its own caller': () =>
    file(
      [
        open(
          tag.inlinedSubroutine,
          [
            [at.abstractOrigin, form.ref4, 'a'],
            [at.lowPc, form.addr, text],
            [at.highPc, form.data4, 4],
          ],
          'a',
        ),
        close,
      ],
      {},
      null,
    ),
  'type: a typedef of itself': () =>
    file([
      leaf(
        tag.typedef,
        [
          [at.name, form.string, 't'],
          [at.type, form.ref4, 'type'],
        ],
        'type',
      ),
    ]),
  'type: a struct in itself': () => file(struct('S', 'type', [member('type')])),
  'type: two structs in each other': () =>
    file([...struct('A', 'type', [member('b')]), ...struct('B', 'b', [member('type')])]),
  'type: an array of itself': () =>
    file([
      open(tag.arrayType, [[at.type, form.ref4, 'type']], 'type'),
      leaf(tag.subrangeType, [[at.count, form.udata, 2]]),
      close,
    ]),
  'type: a pointer to itself': () => file([leaf(tag.pointerType, [[at.type, form.ref4, 'type']], 'type')]),
  'type: a chain of 100,000 pointers': () =>
    file([
      ...many(100_000, (i) => [
        leaf(tag.pointerType, [[at.type, form.ref4, i === 99_999 ? 'end' : `p${i + 1}`]], i === 0 ? 'type' : `p${i}`),
      ]),
      leaf(tag.baseType, [[at.name, form.string, 'u8']], 'end'),
    ]),
  'type: structs that double at each level': () =>
    file([
      ...many(60, (i) => struct(`D${i}`, i === 0 ? 'type' : `d${i}`, [member(`d${i + 1}`), member(`d${i + 1}`, 4)])),
      leaf(
        tag.baseType,
        [
          [at.name, form.string, 'u8'],
          [at.byteSize, form.data1, 1],
        ],
        'd60',
      ),
    ]),
  'type: a function': () => file([], {}, null),
  'type: a variant part whose tag is itself': () =>
    file([
      open(
        tag.structureType,
        [
          [at.name, form.string, 'E'],
          [at.byteSize, form.data1, 8],
        ],
        'type',
      ),
      open(tag.variantPart, [[at.discriminant, form.ref4, 'part']], 'part'),
      open(tag.variant),
      member('type'),
      close,
      close,
      close,
    ]),
  'reference out of the section': () =>
    file(
      [
        leaf(tag.subprogram, [
          [at.abstractOrigin, form.refAddr, 0xffff_fff0],
          [at.lowPc, form.addr, text],
        ]),
      ],
      {},
      null,
    ),
  'reference out of the unit': () => file([leaf(tag.typedef, [[at.type, form.ref4, 0x7fff_ffff]], 'type')]),
  'reference into the middle of an entry': () => file([leaf(tag.typedef, [[at.type, form.ref4, 13]], 'type')]),
  'reference to a type unit that is not there': () =>
    file([leaf(tag.typedef, [[at.type, form.refSig8, 0x1234_5678_9abc_def0n]], 'type')]),
  'reference of 64 bits': () => file([leaf(tag.typedef, [[at.type, form.refUdata, 0xffff_ffff_ffff_ffffn]], 'type')]),
  'sibling backwards': () =>
    file([
      open(tag.namespace, [
        [at.sibling, form.ref4, 'type'],
        [at.name, form.string, 'n'],
      ]),
      close,
      int,
      open(tag.namespace, [
        [at.sibling, form.ref4, 'type'],
        [at.name, form.string, 'n'],
      ]),
      close,
    ]),
};
