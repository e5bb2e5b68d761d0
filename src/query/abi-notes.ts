import { oldestTried } from '../abi/compiler.ts';
import type { PlacedPiece } from '../abi/placed-argument.ts';
import { sanitize } from '../base/text.ts';
import type { DebugTypes, TypeId } from '../elf/type-model.ts';
import { callNotes } from './call-notes.ts';
import type { CopyFacts } from './copy-facts.ts';
import type { SelectedCopy } from './select-model.ts';
import type { ShownArgumentPlace, ShownResult, ShownValues } from './shown-values.ts';
import { partName } from './value-parts.ts';

/**
 * Why a tool that reads registers by the C convention, or counts calls by a symbol, shows something else than the source
 * says: one plain line each, safe on a terminal.
 */
export const abiNotes = (facts: CopyFacts): string[] => [
  ...(facts.copy.kind === 'inlined' || facts.values === null ? [] : valueNotes(facts, facts.values)),
  ...callNotes(facts),
];

function* valueNotes({ copy, types }: CopyFacts, values: ShownValues): Generator<string> {
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
  const rustc = types?.rustc ?? oldestTried;
  if (rustc < oldestTried)
    yield `made by rustc 1.${rustc}: how versions before 1.${oldestTried} pass values is read of, not tried`;
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
  const name = nameOf(arg);
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
