import type { PlacedPiece } from '../abi/entry-places.ts';
import { sanitize } from '../base/text.ts';
import type { Likeness } from '../code/likeness.ts';
import type { DebugTypes, TypeId } from '../elf/debug-model.ts';
import { classify } from '../elf/rust-type.ts';
import type { ShownArgumentPlace, ShownResult, ShownValues } from './copy-values.ts';
import type { InlinedThere } from './inlined-into.ts';
import type { SelectedCopy } from './select-model.ts';
import type { ShownProbe } from './show-code.ts';
import { partName } from './value-parts.ts';

/** What is known of a copy when its notes are written. */
export type AbiFacts = {
  readonly copy: SelectedCopy;
  readonly values: ShownValues | null;
  readonly probe: ShownProbe;
  readonly likeness: Likeness | null;
  readonly inlinedThere: readonly InlinedThere[];
  /** Types of the values; null where the language isn't Rust, or there are none. `ids` of the arguments that are declared. */
  readonly types: {
    readonly types: DebugTypes;
    readonly ids: readonly (TypeId | null)[];
    readonly returns: TypeId | null;
  } | null;
  /** Copies of the function that have code of their own. */
  readonly own: number;
};

/**
 * Why a tool that reads registers by the C convention, or counts calls by a symbol, shows something else than the source
 * says: one plain line each, safe on a terminal.
 */
export const abiNotes = (facts: AbiFacts): string[] => [
  ...(facts.copy.kind === 'inlined' || facts.values === null ? [] : valueNotes(facts, facts.values)),
  ...exitNotes(facts),
  ...countNotes(facts),
];

function* valueNotes({ copy, types }: AbiFacts, values: ShownValues): Generator<string> {
  const { args, result } = values;
  yield* emptyNotes(copy, values);
  if (isKnown(result.evidence) && result.mode === 'sret') yield addressNote(result);
  const declared = args.filter(({ isHidden }) => isHidden !== true);
  const typeOf = (arg: ShownArgumentPlace): TypeId | null => types?.ids[declared.indexOf(arg)] ?? null;
  const passed = args.filter(({ evidence, pieces }) => isKnown(evidence) && pieces.length > 0);
  const notes = passed.flatMap((arg) => {
    const note = argumentNote(arg, (offset) => nameOfPart(types?.types, typeOf(arg), offset));
    return note === null ? [] : [note];
  });
  yield* notes.slice(0, mostArguments);
  if (notes.length > mostArguments) yield `${notes.length - mostArguments} more arguments are passed in such ways`;
  const stacked = passed.filter((arg) => arg.mode !== 'indirect' && isOnStack(arg));
  if (stacked.length > 0) yield stackNote(stacked);
  if (isKnown(result.evidence) && result.mode !== 'sret' && result.pieces.length > 1 && areRegisters(result.pieces))
    yield `its result comes in ${countText(result.pieces.length)} registers: ${partsText(result.pieces, (offset) => nameOfPart(types?.types, types?.returns ?? null, offset))}`;
  if (isVector(passed.flatMap(({ pieces }) => pieces)) || isVector(result.pieces))
    yield 'floats travel in vector registers (xmm0 and so on), which kernel probes cannot read';
  yield* changeNotes(args, copy, types !== null);
}

const mostArguments = 4;

const isKnown = (evidence: string): boolean => !['gone', 'conflict', 'raw'].includes(evidence);

/** Nothing is passed or returned, and tools print registers all the same. */
function* emptyNotes(copy: SelectedCopy, { args, result }: ShownValues): Generator<string> {
  // What closures and coroutines are given, debug info doesn't always list.
  const isListed = !copy.name.includes('{') && !(copy.dwarfPath ?? '').includes('{');
  const takes = !isListed || args.some(({ mode }) => mode !== 'none');
  const why = args.length === 0 ? 'takes no arguments' : 'takes no argument that has a size';
  const returns = result.mode !== 'none' && result.mode !== 'never';
  const end = result.mode === 'never' ? 'never returns' : 'returns nothing';
  if (!takes && !returns)
    yield `${why} and ${end}: what a tool prints as its first argument and its return value is whatever rdi and rax held`;
  else if (!takes && result.mode !== 'sret')
    yield `${why}: what a tool prints as its first argument is whatever rdi held`;
  else if (!returns && result.mode === 'none')
    yield `${end}: what a tool prints as its return value is whatever rax held`;
}

const addressNote = ({ pieces }: ShownResult): string => {
  const isHeld = pieces.some(({ location }) => location.kind === 'memory' && location.base === 'rax');
  const exit = isHeld
    ? 'rax holds that address when it returns'
    : 'when it returns, no register need hold that address';
  return `its result is written to memory whose address the caller passes in rdi, before the arguments; ${exit}`;
};

const nameOf = ({ name }: ShownArgumentPlace): string =>
  name === null ? 'an unnamed argument' : `\`${sanitize(name)}\``;

const argumentNote = (arg: ShownArgumentPlace, partAt: (offset: number) => string | null): string | null => {
  const { pieces, mode } = arg;
  const name =
    arg.name === null
      ? 'an unnamed argument'
      : arg.isHidden === true
        ? sanitize(arg.name)
        : `\`${sanitize(arg.name)}\``;
  const [first] = pieces;
  if (first === undefined || arg.isHidden === true) return null;
  if (mode === 'indirect' && first.location.kind === 'memory') {
    const { base, offset } = first.location;
    return `${name} is in memory: ${base === 'rsp' ? stackText(offset) : base} holds its address`;
  }
  if (pieces.length > 1 && pieces.every(({ location }) => location.kind !== 'gone' && location.kind !== 'constant')) {
    const kind = areRegisters(pieces) ? 'registers' : 'places';
    return `${name} takes ${countText(pieces.length)} ${kind}: ${partsText(pieces, partAt)}`;
  }
  return null;
};

const isOnStack = ({ pieces: [first, ...others] }: ShownArgumentPlace): boolean =>
  first?.location.kind === 'stack' && others.length === 0;

const stackNote = (args: readonly ShownArgumentPlace[]): string => {
  const shown = args.slice(0, mostArguments);
  const names = shown.map(nameOf).join(', ') + (args.length > shown.length ? ' and others' : '');
  const offsets = shown.flatMap(({ pieces: [first] }) =>
    first?.location.kind === 'stack' ? [first.location.offset] : [],
  );
  return `${names} ${args.length === 1 ? 'comes' : 'come'} on the stack, ${offsets.join(', ')} bytes above the stack pointer`;
};

const countText = (count: number): string => (count === 2 ? 'two' : String(count));

const stackText = (offset: bigint): string => `the word ${offset} bytes above the stack pointer`;

const areRegisters = (pieces: readonly PlacedPiece[]): boolean =>
  pieces.every(({ location }) => location.kind === 'register' || location.kind === 'vector');

const isVector = (pieces: readonly PlacedPiece[]): boolean => pieces.some(({ location }) => location.kind === 'vector');

const partsText = (pieces: readonly PlacedPiece[], nameOf: (offset: number) => string | null): string =>
  pieces
    .map((piece) => {
      const name = nameOf(piece.valueOffset);
      return `${whereText(piece)} ${name === null ? bytesText(piece) : `its ${name}`}`;
    })
    .join(', ');

const bytesText = ({ valueOffset, size }: PlacedPiece): string =>
  size === 1 ? `byte ${valueOffset}` : `bytes ${valueOffset} to ${valueOffset + size - 1}`;

const whereText = ({ location }: PlacedPiece): string => {
  if (location.kind === 'register' || location.kind === 'vector') return location.reg;
  return location.kind === 'stack' ? stackText(location.offset) : 'memory';
};

const nameOfPart = (types: DebugTypes | undefined, id: TypeId | null, offset: number): string | null => {
  const name = types === undefined || id === null ? null : partName(types, id, offset);
  return name === null ? null : sanitize(name);
};

/** What keeps the optimiser from changing how a function is called. */
const keepers = '`#[no_mangle]`, or opt-level = 0, keeps them';

/**
 * Arguments that are left out, or others in their place, of which the convention knows nothing. What DW_CC_nocall says is
 * said with that.
 */
function* changeNotes(args: readonly ShownArgumentPlace[], copy: SelectedCopy, isRust: boolean): Generator<string> {
  const isChanged = args.some(
    ({ mode, evidence, pieces }) => mode === null && (evidence === 'gone' || pieces.some(isConstant)),
  );
  if (copy.function?.isConventionChanged === true || !isChanged) return;
  yield `the optimiser passes other things than the source says, so registers do not follow its parameters${isRust ? `: ${keepers}` : ''}`;
}

/** DW_CC_nocall. */
export const changedNote = (isRust: boolean): string =>
  `the optimiser changed how it is called (DW_CC_nocall): arguments or the result may be dropped${isRust ? `; ${keepers}` : ''}`;

const isConstant = ({ location }: PlacedPiece): boolean => location.kind === 'constant';

const mostTargets = 3;

function* exitNotes({ probe, values }: AbiFacts): Generator<string> {
  if (probe.returns !== 'sites' || probe.tailJumps.count === 0) return;
  const { count, targets } = probe.tailJumps;
  const more = targets.length - mostTargets;
  const names = targets.slice(0, mostTargets).map(sanitize).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const where = `${names === '' ? 'other functions' : names}${count === 1 ? '' : ` at ${count} places`}`;
  const result = values?.result.mode === 'none' ? '' : '; then what that returns is its result';
  yield `${count === probe.exits ? 'has no `ret`: it ends' : 'may end'} by a jump to ${where}${result}`;
}

const mostInlined = 6;

function* countNotes({ copy, types, likeness, inlinedThere, own }: AbiFacts): Generator<string> {
  if (/::\{(?:async_fn|async_block|async_closure)#\d+\}$/.test(copy.dwarfPath ?? ''))
    yield 'the body of something async: it runs once for each poll, and returns a `Poll`';
  if (types?.returns != null && isFuture(types.types, types.returns))
    yield 'it only makes the future: what it does is in its `{async_fn#0}`, which runs once for each poll';
  if (copy.kind === 'instance' && own > 1)
    yield `one of ${own} instances with code of their own: a probe here sees calls of this one only`;
  if (likeness !== null) yield `calls may be counted less often than they are made: the loop around it was ${likeness}`;
  if (inlinedThere.length === 0) return;
  const more = inlinedThere.length - mostInlined;
  const names = inlinedThere.slice(0, mostInlined).map(({ name, callSite, times }) => {
    const site = callSite === null || callSite.line === 0 ? '' : ` at ${fileName(callSite.file)}:${callSite.line}`;
    return sanitize(shortened(name) + site) + (times > 1 ? ` (${times} times)` : '');
  });
  yield `a probe here fires once for each call of the function itself, not of what is inlined into it: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

const isFuture = (types: DebugTypes, id: TypeId): boolean => {
  const known = classify(types, id);
  return known.kind === 'coroutine' && known.of === 'async-fn';
};

const mostName = 80;

const shortened = (name: string): string => (name.length <= mostName ? name : `${name.slice(0, mostName - 1)}…`);

const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const mostCallers = 3;

/** Of a function without code of its own: what a probe on the functions around it would count. */
export const inlinedNote = (copies: readonly SelectedCopy[]): string | null => {
  const outer = [...new Set(copies.flatMap(({ callers }) => callers.slice(-1).map(({ name }) => name)))];
  if (outer.length === 0) return null;
  const names =
    outer.slice(0, mostCallers).map(sanitize).join(' or ') + (outer.length > mostCallers ? ' and so on' : '');
  return `a probe on ${names} fires once for each call of that function, whatever happens inside; probe the addresses below`;
};
