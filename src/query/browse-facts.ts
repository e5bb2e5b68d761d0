import { RsymError } from '../base/errors.ts';
import { splitPath } from '../base/path.ts';
import { sanitize } from '../base/text.ts';
import { type Address, hex } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import { toFileOffset } from '../elf/address-map.ts';
import type { Image } from '../elf/model.ts';
import type { Binding, Scheme, SymbolKind, SymbolTable } from '../elf/symbols.ts';
import { type ImageCode, planReturns } from './exits.ts';
import { functionSpec, namesakeSpec } from './function-spec.ts';
import { implementationOf } from './ifunc.ts';
import { aliasesOf } from './locate.ts';
import type { Namesakes } from './namesakes.ts';

/** What the symbol table says of one function. Names are safe on a terminal. */
export type FunctionFacts = {
  readonly row: number;
  /** Debug info alone knows it: it has no symbol and no code of its own. */
  readonly isInlined: boolean;
  readonly name: string;
  /** The name; with the address where other functions have it too. */
  readonly title: string;
  /**
   * Other functions of the same name, mostly instances of the same generic function: the lowest `mostNamesakes`, and one
   * more where there are more.
   */
  readonly namesakes: readonly Address[];
  /** With hashes and disambiguators. */
  readonly fullName: string;
  readonly raw: string;
  readonly address: Address;
  /** What `show` and `trace` take for it, with all its copies; not for its namesakes. */
  readonly spec: string;
  /** null where it has no bytes in the file. */
  readonly offset: bigint | null;
  readonly size: bigint;
  readonly kind: SymbolKind;
  readonly binding: Binding;
  readonly section: string | null;
  readonly scheme: Scheme;
  readonly crate: string | null;
  /** Other names of the same address. */
  readonly aliases: readonly string[];
};

/** What its code and its neighbours say; dearer to find out. */
export type ProbeFacts = {
  /** Functions with this path, itself included, generic arguments left open. */
  readonly copies: number;
  /** The first of the other ones. */
  readonly others: readonly { readonly name: string; readonly address: Address }[];
  /** How many exits are watched; or why none is. */
  readonly returns: { readonly exits: number } | { readonly reason: string };
  readonly loopsToEntry: boolean;
  /** One line: how the kernel runs the probed instruction, or why it refuses it. */
  readonly cost: string | null;
  /** Of an IFUNC: the implementation that would be watched, or why it isn't known. */
  readonly implementation: string | null;
};

/** Of thousands nobody reads the addresses. */
export const mostNamesakes = 8;

/** How a function is traced, and what it is called then: little, as many may be asked for. */
export type Traceable = Pick<FunctionFacts, 'title' | 'spec'>;

export const traceableOf = (symbols: SymbolTable, row: number, namesakes: Namesakes): Traceable => {
  const named = { name: symbols.name(row), raw: symbols.raw(row), address: symbols.address(row) };
  const name = sanitize(named.name);
  if (!namesakes.has(row)) return { title: name, spec: functionSpec(named) };
  return { title: `${name} at ${hex(named.address)}`, spec: namesakeSpec(named, namesakes.hasOwnRaw(row)) };
};

export const factsOf = (image: Image, symbols: SymbolTable, row: number, namesakes: Namesakes): FunctionFacts => {
  const address = symbols.address(row);
  return {
    row,
    ...traceableOf(symbols, row, namesakes),
    isInlined: false,
    name: sanitize(symbols.name(row)),
    namesakes: namesakes.addresses(row, mostNamesakes + 1),
    fullName: sanitize(symbols.fullName(row)),
    raw: sanitize(symbols.raw(row)),
    address,
    offset: image.format === 'elf' ? (toFileOffset(image, address) ?? null) : null,
    size: symbols.size(row),
    kind: symbols.kind(row),
    binding: symbols.binding(row),
    section: sanitizeOrNull(symbols.section(row)),
    scheme: symbols.scheme(row),
    crate: sanitizeOrNull(symbols.crate(row)),
    aliases: image.format === 'elf' ? aliasesOf(symbols, row).map(sanitize) : [],
  };
};

const sanitizeOrNull = (text: string | null): string | null => (text === null ? null : sanitize(text));

/** What code facts are worked out from; the dearer parts once. */
export type ProbeSources = {
  readonly image: Image;
  readonly symbols: SymbolTable;
  /** The functions among which copies are looked for. */
  readonly rows: Uint32Array;
  /** By row: how many of them share its path. */
  readonly copies: ReadonlyMap<number, number>;
  readonly code: ImageCode;
  /** By raw name: rows of the parts of a function that the compiler moved away. */
  readonly parts: ReadonlyMap<string, readonly number[]>;
};

export const probeFactsOf = (sources: ProbeSources, row: number): ProbeFacts => {
  const { image, symbols } = sources;
  const copies = sources.copies.get(row) ?? 1;
  const counted = { copies, others: copies > 1 ? copiesOf(sources, row) : [] };
  const none = { loopsToEntry: false, cost: null, implementation: null };
  if (image.format !== 'elf' || image.machine !== 'x86-64')
    return { ...counted, ...none, returns: { reason: 'this version reads the code of 64-bit x86 ELF files only' } };
  if (symbols.kind(row) === 'ifunc')
    return {
      ...counted,
      ...none,
      returns: { reason: 'it is a resolver: what is watched is the implementation' },
      implementation: implementation(image, symbols, row),
    };
  const { refusal: _refusal, ...facts } = codeFacts(sources, row);
  return { ...counted, ...facts, implementation: null };
};

type CodeFacts = Pick<ProbeFacts, 'returns' | 'loopsToEntry' | 'cost'>;

/** Disassembles a function. */
export const codeFacts = (
  { symbols, code, parts }: Pick<ProbeSources, 'symbols' | 'code' | 'parts'>,
  row: number,
): CodeFacts & { readonly refusal: string | null } => {
  const [address, raw] = [symbols.address(row), symbols.raw(row)];
  const size = symbols.size(row);
  const unknown = (reason: string) => ({ returns: { reason }, loopsToEntry: false, cost: null, refusal: reason });
  const first = readUpTo(code.code, address, longestInstruction);
  if (first === undefined) return unknown('the file has no code at its address');
  const sweep = code.sweep({
    address,
    size,
    parts: (parts.get(raw) ?? []).map((part) => ({ address: symbols.address(part), size: symbols.size(part) })),
  });
  const planned = planReturns(sweep, 'safe', code);
  const { cost, instruction, ...why } = probeCost(first);
  return {
    returns:
      planned.mode === 'sites'
        ? { exits: planned.exits.length }
        : { reason: planned.mode === 'none' ? planned.reason : 'by uretprobe' },
    loopsToEntry: sweep.complete && sweep.loopsToEntry,
    cost: `${cost}: ${instruction}${'reason' in why ? `; ${why.reason}` : ''}`,
    refusal: 'reason' in why ? why.reason : null,
  };
};

const implementation = (image: Image, symbols: SymbolTable, row: number): string => {
  try {
    const at = implementationOf(image, symbols.raw(row), symbols.address(row));
    const named = symbols.at(at).map((other) => sanitize(symbols.name(other)));
    return [hex(at), ...named.slice(0, 3)].join(' ');
  } catch (error) {
    if (error instanceof RsymError) return `not known: ${sanitize(error.reason ?? error.message)}`;
    throw error;
  }
};

const mostOthers = 8;
/** A path such as `core::ptr::drop_in_place` has ten thousand copies. */
const mostCandidates = 2_000;

const copiesOf = ({ symbols, rows }: ProbeSources, row: number): { name: string; address: Address }[] => {
  // Copies differ in generic arguments only: the last segment that isn't one is in all their names.
  const last = splitPath(symbols.name(row)).findLast((segment) => !segment.startsWith('<')) ?? '';
  const word = /^[^<(]+/.exec(last)?.[0] ?? '';
  const found: { name: string; address: Address }[] = [];
  for (const other of symbols.containingText(word, rows, 'demangled').subarray(0, mostCandidates)) {
    if (other === row || symbols.copies(Uint32Array.of(row, other))[0] !== 2) continue;
    found.push({ name: sanitize(symbols.name(other)), address: symbols.address(other) });
    if (found.length === mostOthers) break;
  }
  return found;
};
