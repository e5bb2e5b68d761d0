import { type Address, address } from '../../src/base/units.ts';
import type { DebugInfo } from '../../src/elf/debug-model.ts';
import type { Frame } from '../../src/elf/function-model.ts';
import type { Image } from '../../src/elf/model.ts';
import { binutilsFrames, llvmFrames, type ToolFrame } from './symbolizer.ts';

/** One of the bytes of these ranges, each as likely as any other. */
const chooser = (ranges: readonly { start: bigint; size: bigint }[], random: () => number): (() => Address) => {
  const total = ranges.reduce((sum, { size }) => sum + size, 0n);
  return () => {
    let at = BigInt(Math.floor(random() * Number(total)));
    for (const { start, size } of ranges) {
      if (at < size) return address(start + at);
      at -= size;
    }
    throw new Error('nothing to choose from');
  };
};

/** Addresses: half of them in code that debug info tells of, half anywhere in executable sections. */
export const randomAddresses = (image: Image, info: DebugInfo, count: number, random: () => number): Address[] => {
  const sections = image.sections
    .filter(({ executable, loaded }) => executable && loaded)
    .map((section) => ({ start: section.address, size: section.size }));
  const told = Array.from({ length: info.copyCount }, (_, id) => info.copy(id))
    .filter(({ kind }) => kind === 'out-of-line')
    .flatMap(({ ranges }) => ranges.map(({ start, end }) => ({ start, size: end - start })));
  const [anywhere, inside] = [chooser(sections, random), chooser(told, random)];
  return Array.from({ length: count }, (_, i) => (i % 2 === 0 && told.length > 0 ? inside() : anywhere()));
};

/** A frame as the tools would say it. */
const asTool = ({ function: f, position }: Frame): ToolFrame => ({
  name: f === null ? null : (f.linkageName ?? lastSegment(f.dwarfPath)),
  file: position?.file ?? null,
  line: position?.line ?? 0,
  column: position?.column ?? 0,
});

/** What DW_AT_name says: the path's end, behind the last `::` outside of angle brackets. */
const lastSegment = (path: string): string => {
  let depth = 0;
  for (let i = path.length - 1; i > 0; i--) {
    if (path[i] === '>' && path[i - 1] !== '-') depth++;
    else if (path[i] === '<') depth--;
    else if (depth === 0 && path[i] === ':' && path[i - 1] === ':') return path.slice(i + 1);
  }
  return path;
};

/** The shorter path is the other's end: tools join a unit's folder, or not. */
const isSameFile = (ours: string | null, theirs: string | null): boolean => {
  if (ours === null || theirs === null) return ours === theirs;
  const parts = (path: string): string[] => {
    const kept: string[] = [];
    for (const part of path.split('/')) {
      if (part === '..' && kept.length > 0 && kept.at(-1) !== '..') kept.pop();
      else if (part !== '' && part !== '.') kept.push(part);
    }
    return kept.reverse();
  };
  const [a, b] = [parts(ours), parts(theirs)];
  return a.every((part, i) => i >= b.length || part === b[i]);
};

/** How our answer differs; nothing where it doesn't. */
const differenceOf = (ours: readonly ToolFrame[], theirs: readonly ToolFrame[], columns: boolean): string | null => {
  if (ours.length !== theirs.length) {
    if (ours.length === 0) return 'only the tool has frames';
    if (theirs.length === 0) return 'only rsym has frames';
    return 'length of the chain';
  }
  for (const [i, mine] of ours.entries()) {
    const other = theirs[i] as ToolFrame;
    const where = i === ours.length - 1 ? 'outermost' : 'inlined';
    if (mine.name !== other.name) return `function, ${where}`;
    // Line 0 has no place: what file it is in is of no use, and the tools differ in saying it.
    if (mine.line !== other.line) return `line, ${where}`;
    if (mine.line !== 0 && !isSameFile(mine.file, other.file)) return `file, ${where}`;
    if (columns && mine.line !== 0 && mine.column !== other.column) return `column, ${where}`;
  }
  return null;
};

/** Whether nothing differs but what the outermost function is called. */
const onlyOutermostName = (ours: readonly ToolFrame[], theirs: readonly ToolFrame[]): boolean => {
  const name = theirs.at(-1)?.name ?? null;
  return (
    differenceOf([...ours.slice(0, -1), ...ours.slice(-1).map((frame) => ({ ...frame, name }))], theirs, true) === null
  );
};

/** Names of symbols, by address. */
const symbolNames = (image: Image): Map<Address, Set<string>> => {
  const table = image.symbols();
  const names = new Map<Address, Set<string>>();
  for (let row = 0; row < table.length; row++) {
    const at = table.address(row);
    const known = names.get(at);
    if (known) known.add(table.raw(row));
    else names.set(at, new Set([table.raw(row)]));
  }
  return names;
};

export type FrameDifference = {
  readonly address: bigint;
  readonly kind: string;
  /** Whether binutils' addr2line says what rsym says. */
  readonly addr2lineAgrees: boolean;
  readonly ours: readonly ToolFrame[];
  readonly llvm: readonly ToolFrame[];
  readonly binutils: readonly ToolFrame[];
};

/** A function and a file that only the symbol table names (STT_FUNC, STT_FILE): debug info has nothing to say there. */
const withoutSymbolTable = (frames: readonly ToolFrame[]): readonly ToolFrame[] =>
  frames.length === 1 && frames[0]?.line === 0 ? [] : frames;

/** What llvm-symbolizer does by design: the outermost function has the symbol's name, not the one debug info has. */
export const symbolName = "the symbol's name instead of debug info's";

/**
 * Where our frames differ from llvm-symbolizer's. Linkage names of symbols may be longer than those in debug info
 * (`.llvm.123`, `.constprop.0`), be there where debug info has none (line tables only), or be another function's of
 * the same code: that is its own kind.
 */
export const compareFrames = (
  info: DebugInfo,
  image: Image,
  file: string,
  addresses: readonly Address[],
): FrameDifference[] => {
  const theirs = llvmFrames(file, addresses);
  const names = symbolNames(image);
  const isSymbolName = (at: Address, frames: readonly ToolFrame[]): boolean => {
    const outermost = info.frames(at).at(-1)?.copy;
    const name = frames.at(-1)?.name ?? '';
    if (outermost) return outermost.ranges.some(({ start }) => names.get(start)?.has(name));
    return [...names.values()].some((all) => all.has(name));
  };
  const differing = addresses.flatMap((at, i) => {
    const ours = info.frames(at).map(asTool);
    const llvm = theirs[i] ?? [];
    const kind =
      ours.length === 0 ? differenceOf(ours, withoutSymbolTable(llvm), true) : differenceOf(ours, llvm, true);
    if (kind === null) return [];
    const isExplained = onlyOutermostName(ours, llvm) && isSymbolName(at, llvm);
    return [{ address: at, kind: isExplained ? symbolName : kind, ours, llvm }];
  });
  if (differing.length === 0) return [];
  const third = binutilsFrames(
    file,
    differing.map((difference) => difference.address),
  );
  return differing.map((difference, i) => {
    const binutils = third[i] ?? [];
    const { ours } = difference;
    const comparable = ours.length === 0 ? withoutSymbolTable(binutils) : binutils;
    return { ...difference, binutils, addr2lineAgrees: differenceOf(ours, comparable, false) === null };
  });
};
