import { x86_64 } from '../abi/argument-registers.ts';
import { compilerOf } from '../abi/compiler.ts';
import { placeArguments } from '../abi/entry-places.ts';
import { type CalledFunction, hypothesesOf } from '../abi/hypothesis.ts';
import type { Evidence } from '../abi/model.ts';
import { placeResult } from '../abi/result-places.ts';
import type { DebugVariable } from '../elf/variable-model.ts';
import { namedParameter, sizeOf } from './called-function.ts';
import type { SelectedCopy } from './select-model.ts';
import { noneStale, type ShownValues } from './shown-values.ts';
import type { FoundSignature } from './signature-source.ts';
import { typeName } from './type-name.ts';

const given = <T extends { readonly evidence: Evidence; readonly pieces: readonly { readonly evidence: Evidence }[] }>(
  value: T,
): T => {
  const mark = (evidence: Evidence): Evidence => (evidence === 'abi' || evidence === 'verified' ? 'given' : evidence);
  const pieces = value.pieces.map((piece) => ({ ...piece, evidence: mark(piece.evidence) }));
  return { ...value, evidence: mark(value.evidence), pieces };
};

/**
 * Where values of code out of line would be if it was called as a function of another build is declared: nothing in the
 * file itself was asked. Null where that build doesn't tell.
 */
export const givenValues = (copy: SelectedCopy, { debug, other, signature }: FoundSignature): ShownValues | null => {
  const { types } = debug;
  const declared = other === null ? null : (types?.signature(other) ?? null);
  if (copy.kind === 'inlined' || other === null || types === null || declared === null) return null;
  const [first] = other.copies;
  const producer = first === undefined ? null : debug.scope(debug.copy(first)).producer;
  const fn: CalledFunction = {
    ...declared,
    types,
    compiler: compilerOf(producer),
    language: signature.language,
    path: other.path,
    dwarfPath: other.dwarfPath,
    isMangled: other.linkageName !== null,
    parameters: declared.parameters.map((parameter): DebugVariable => ({ ...nowhere, ...parameter })),
    isVariadic: declared.isVariadic ?? false,
  };
  const hypotheses = hypothesesOf(fn, x86_64);
  const nothing = { at: [], isLive: false, livePieces: null, isWhole: true, isInFrame: false };
  const { args, left } = placeArguments({
    hypotheses,
    observed: fn.parameters.map(() => nothing),
    sizes: fn.parameters.map(({ type }) => sizeOf(types, type)),
    uses: null,
    stores: [],
    environment: null,
    isConventionChanged: other.isConventionChanged,
    isIntact: true,
    isFilled: true,
    isGuess: false,
    marksChanges: true,
  });
  const result = placeResult({
    ways: left,
    isConventionChanged: other.isConventionChanged,
    isTrusted: true,
    isGuess: false,
    writes: null,
    uses: null,
    loads: new Set(),
    isExternal: true,
    callersReads: () => ({ rax: 0, rdx: 0, xmm0: 0, xmm1: 0 }),
  });
  return {
    at: copy.address,
    args: args.map((arg, i) => ({ ...given(arg), ...namedParameter(fn, fn.parameters[i]) })),
    result: { ...given(result), type: typeName(types, fn.returns, fn.language), typeId: fn.returns, bound: null },
    captures: [],
    entries: 1,
    stale: noneStale,
    assumptions: ['it is called as in the other build'],
  };
};

const nowhere = { die: 0, isParameter: true, line: null, constant: null, locations: [], block: null };
