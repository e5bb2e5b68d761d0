/** What odd files are made of: a unit with a function `odd` at 0x400100, which takes a value of the type labelled `type`. */
import { at, close, elfWith, form, leaf, open, tag, type UnitSpec, writeDwarf } from '../dwarf-writer.ts';

export type Entries = UnitSpec['entries'];
export type Attributes = NonNullable<Parameters<typeof leaf>[1]>;

export const text = 0x40_0100;
export const top = (more: Attributes = []): Entries[number] =>
  open(tag.compileUnit, [
    [at.producer, form.string, 'by hand'],
    [at.language, form.data2, 0x1c],
    [at.name, form.string, 'a.rs'],
    [at.compDir, form.string, '/src'],
    ...more,
  ]);

export const oddAttributes: Attributes = [
  [at.name, form.string, 'odd'],
  [at.lowPc, form.addr, text],
  [at.highPc, form.data4, 0x10],
];
/** A unit around entries, and the function `odd` with a parameter of the type labelled `type`. */
export const unit = (
  entries: Entries,
  rest: Partial<UnitSpec> = {},
  parameterType: string | null = 'type',
): UnitSpec => {
  const parameter =
    parameterType === null
      ? []
      : [
          leaf(tag.formalParameter, [
            [at.name, form.string, 'value'],
            [at.type, form.ref4, parameterType],
          ]),
        ];
  return { entries: [top(), open(tag.subprogram, oddAttributes), ...parameter, close, ...entries, close], ...rest };
};
export const file = (entries: Entries, rest: Partial<UnitSpec> = {}, parameterType: string | null = 'type'): Buffer =>
  elfWith(writeDwarf([unit(entries, rest, parameterType)]));

export const int = leaf(
  tag.baseType,
  [
    [at.name, form.string, 'i32'],
    [at.byteSize, form.data1, 4],
    [at.encoding, form.data1, 5],
  ],
  'type',
);
export const struct = (name: string, label: string, members: Entries): Entries => [
  open(
    tag.structureType,
    [
      [at.name, form.string, name],
      [at.byteSize, form.data1, 8],
    ],
    label,
  ),
  ...members,
  close,
];
export const member = (type: string, offset = 0): Entries[number] =>
  leaf(tag.member, [
    [at.name, form.string, 'm'],
    [at.type, form.ref4, type],
    [at.dataMemberLocation, form.data1, offset],
  ]);
export const many = (count: number, entry: (i: number) => Entries): Entries =>
  Array.from({ length: count }, (_, i) => entry(i)).flat();

export const sound = (): ReturnType<typeof writeDwarf> => writeDwarf([unit([int])]);

/** Whole files by name, made when they are asked for. */
export type OddFiles = Readonly<Record<string, () => Buffer>>;
