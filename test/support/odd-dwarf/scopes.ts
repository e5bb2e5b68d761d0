/** A function `odd` with variables, asked for them. */
import { openDebugInfo } from '../../../src/elf/debug-info.ts';
import { openImage } from '../../../src/elf/open.ts';
import type { DebugScope } from '../../../src/elf/variable-model.ts';
import { at, close, type DebugSections, elfWith, form, open, tag, type UnitSpec, writeDwarf } from '../dwarf-writer.ts';
import { operationsText } from '../expression-text.ts';
import { Temporary } from '../temporary.ts';
import { type Attributes, type Entries, oddAttributes, top } from './unit.ts';

export const named = (name: string): Attributes[number] => [at.name, form.string, name];
export const origin = (label: string): Attributes[number] => [at.abstractOrigin, form.ref4, label];
export const located = (...operations: number[]): Attributes[number] => [
  at.location,
  form.exprloc,
  Buffer.from(operations),
];
export const listed = (offset: number): Attributes[number] => [at.location, form.secOffset, offset];
export const code = (start: number, size: number): Attributes => [
  [at.lowPc, form.addr, start],
  [at.highPc, form.data4, size],
];

/** The function's children; before it are entries that they refer to. */
export const oddUnit = (
  children: Entries,
  before: Entries = [],
  { own = oddAttributes, root = [], ...rest }: { own?: Attributes; root?: Attributes } & Partial<UnitSpec> = {},
): UnitSpec => ({
  entries: [top(root), ...before, open(tag.subprogram, own), ...children, close, close],
  ...rest,
});

/** Of the first copy in the file. */
export const scopeIn = (units: readonly UnitSpec[], sections: DebugSections = {}): DebugScope => {
  using folder = new Temporary();
  using image = openImage(folder.file('odd', elfWith({ ...writeDwarf(units), ...sections })));
  using info = openDebugInfo(image);
  return info.scope(info.copy(0));
};

/** `name: [start-end: operations]…`, addresses less that of the function. */
export const shortly = ({ variables }: DebugScope): string[] =>
  variables.map(({ name, locations }) => {
    const places = locations.map(({ range, operations }) => {
      const [start, end] = range ? [range.start, range.end].map((address) => address - 0x40_0100n) : [];
      const where = start === undefined || end === undefined ? '' : `${start}-${end > 0x1000n ? '' : end}: `;
      return `[${where}${operationsText(operations)}]`;
    });
    return `${name}: ${places.join('')}`;
  });
