/** Debug info as llvm-dwarfdump prints it, back into DIEs, and the parts of them that tell of variables. */
import { run } from './process.ts';

export type DumpedDie = {
  readonly offset: number;
  /** Without `DW_TAG_`. */
  readonly tag: string;
  /** By name without `DW_AT_`; values without their outer parentheses. */
  readonly attributes: Map<string, string>;
  readonly parent: DumpedDie | null;
  readonly children: DumpedDie[];
};

export const dumped = (args: readonly string[]): string => {
  const { stdout, stderr, status } = run('llvm-dwarfdump', args, { timeout: 300_000 });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};

/** All DIEs of `.debug_info` by their offsets. */
export const dumpedDies = (path: string): ReadonlyMap<number, DumpedDie> => {
  const dies = new Map<number, DumpedDie>();
  const open: { indent: number; die: DumpedDie }[] = [];
  let last: { name: string; die: DumpedDie } | null = null;
  for (const line of dumped(['--debug-info', path]).split('\n')) {
    const [, offset, indent = '', tag] = /^0x([0-9a-f]+):( +)(DW_TAG_\w+|NULL|DW_TAG\S*)/.exec(line) ?? [];
    const [, name, value = ''] = /^\s+DW_AT_(\w+)\t(.*)$/.exec(line) ?? [];
    if (offset !== undefined && tag !== undefined) {
      last = null;
      while ((open.at(-1)?.indent ?? -1) >= indent.length) open.pop();
      if (tag === 'NULL') continue;
      const parent = open.at(-1)?.die ?? null;
      const die = {
        offset: Number.parseInt(offset, 16),
        tag: tag.slice(7),
        attributes: new Map(),
        parent,
        children: [],
      };
      parent?.children.push(die);
      dies.set(die.offset, die);
      open.push({ indent: indent.length, die });
    } else if (name !== undefined) {
      const die = open.at(-1)?.die;
      if (!die) continue;
      die.attributes.set(name, value);
      last = { name, die };
    } else if (last && line.trim() !== '') {
      const { attributes } = last.die;
      attributes.set(last.name, `${attributes.get(last.name)}\n${line.trim()}`);
    }
  }
  for (const { attributes } of dies.values())
    for (const [name, value] of attributes) attributes.set(name, value.replace(/^\(([\s\S]*)\)$/, '$1'));
  return dies;
};

/** The DIE that an attribute refers to. */
export const dumpedReference = (die: DumpedDie, name: string): number | null => {
  const [, digits] = /^0x([0-9a-f]+)/.exec(die.attributes.get(name) ?? '') ?? [];
  return digits === undefined ? null : Number.parseInt(digits, 16);
};

/** `"text"`, where an attribute is one. */
export const dumpedText = (die: DumpedDie, name: string): string | null =>
  /^"([\s\S]*)"$/.exec(die.attributes.get(name) ?? '')?.[1] ?? null;

const rangeLine = /^\[(0x[0-9a-f]+), (0x[0-9a-f]+)\)/;

/** `start-end` of DW_AT_ranges, or of DW_AT_low_pc and DW_AT_high_pc; null where there is neither. */
export const dumpedRanges = (die: DumpedDie): [bigint, bigint][] | null => {
  const [low, high, list] = ['low_pc', 'high_pc', 'ranges'].map((name) => die.attributes.get(name));
  if (list !== undefined)
    return list.split('\n').flatMap((line) => {
      const [, start, end] = rangeLine.exec(line) ?? [];
      return start === undefined || end === undefined ? [] : [[BigInt(start), BigInt(end)] as [bigint, bigint]];
    });
  const number = (text: string): bigint => BigInt(/0x[0-9a-f]+/.exec(text)?.[0] ?? '0');
  return low === undefined ? null : [[number(low), number(high ?? low)]];
};

/** DW_AT_location or DW_AT_frame_base: addresses, null for an expression alone, and the expression's text. */
export const dumpedLocations = (die: DumpedDie, name: string): { range: [bigint, bigint] | null; text: string }[] => {
  const value = die.attributes.get(name);
  if (value === undefined) return [];
  if (!/^(0x|indexed)/.test(value)) return [{ range: null, text: value }];
  return value.split('\n').flatMap((line) => {
    const [all = '', start, end] = rangeLine.exec(line) ?? [];
    if (start === undefined || end === undefined) return [];
    return [
      { range: [BigInt(start), BigInt(end)] as [bigint, bigint], text: line.slice(all.length).replace(/^: /, '') },
    ];
  });
};

/** DW_AT_const_value as hexadecimal bytes: `0x05` has the size of its digits, `5` eight bytes, `<0x02> 05 00` its own. */
export const dumpedConstant = (die: DumpedDie): string | null => {
  const value = die.attributes.get('const_value');
  if (value === undefined) return null;
  const [, block] = /^<0x[0-9a-f]+> ([0-9a-f ]*)$/.exec(value) ?? [];
  if (block !== undefined) return block.replaceAll(' ', '');
  const size = value.startsWith('0x') ? (value.length - 2) / 2 : 8;
  const digits = BigInt.asUintN(size * 8, BigInt(value))
    .toString(16)
    .padStart(size * 2, '0');
  return (digits.match(/../g) ?? []).reverse().join('');
};
