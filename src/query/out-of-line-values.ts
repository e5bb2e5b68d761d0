import { x86_64 } from '../abi/argument-registers.ts';
import { placeCaptures } from '../abi/captures.ts';
import { rustRules } from '../abi/compiler.ts';
import { type EntryAnswer, placeArguments } from '../abi/entry-places.ts';
import type { EntryQuestion } from '../abi/entry-question.ts';
import { observeEnvironment } from '../abi/environment.ts';
import { type CalledFunction, type Hypothesis, hypothesesOf } from '../abi/hypothesis.ts';
import { type EntryFrame, observe, withoutItems } from '../abi/observation.ts';
import { type PlacedResult, placeResult } from '../abi/result-places.ts';
import type { Address } from '../base/units.ts';
import { argumentUse } from '../code/argument-use.ts';
import { followEntry } from '../code/entry-state.ts';
import type { Flow } from '../code/flow.ts';
import { resultLoads } from '../code/result-loads.ts';
import { resultWrites } from '../code/result-writes.ts';
import { unoptimisedSigns } from '../code/unoptimised.ts';
import type { DebugCopy } from '../elf/function-model.ts';
import type { DebugScope } from '../elf/variable-model.ts';
import { isFunctionItem, named, namedParameter, sizeOf } from './called-function.ts';
import type { CodeReferences } from './code-references.ts';
import type { CodeFacts } from './copy-code-facts.ts';
import type { CopyFlows } from './copy-flows.ts';
import type { ImageCode } from './exits.ts';
import type { SelectedCopy } from './select-model.ts';
import { noneStale, type ShownArgumentPlace, type ShownValues } from './shown-values.ts';
import { typeName } from './type-name.ts';
import type { UnoptimisedCrates } from './unoptimised-crates.ts';

/** Instructions of straight code that are followed from a function's first. */
const entryLimit = 600;

type Sources = {
  readonly code: ImageCode['code'];
  readonly flows: CopyFlows;
  readonly facts: CodeFacts;
  readonly references: CodeReferences;
  readonly crates: UnoptimisedCrates;
};

/** A function, and what is known where it begins. */
type Entered = {
  readonly fn: CalledFunction;
  readonly copy: DebugCopy;
  readonly scope: DebugScope;
  readonly entry: EntryFrame;
  /** Null: its code could not be followed. */
  readonly flow: Flow | null;
};

/** The part of the question that doesn't depend on what is assumed of the function. */
type Observations = Omit<EntryQuestion, 'hypotheses' | 'isIntact' | 'isFilled' | 'isGuess'>;

type Placement = EntryAnswer & {
  /** Ways in which it may be called: those that are left, or, where none is, all. */
  readonly ways: readonly Hypothesis[];
  readonly isIntact: boolean;
  readonly isGuess: boolean;
};

/** Values of copies out of line: where the calling convention has them, as far as debug info and the code agree. */
export class OutOfLineValues {
  readonly #code: ImageCode['code'];
  readonly #flows: CopyFlows;
  readonly #facts: CodeFacts;
  readonly #references: CodeReferences;
  readonly #crates: UnoptimisedCrates;

  constructor({ code, flows, facts, references, crates }: Sources) {
    this.#code = code;
    this.#flows = flows;
    this.#facts = facts;
    this.#references = references;
    this.#crates = crates;
  }

  of(selected: SelectedCopy, copy: DebugCopy, scope: DebugScope, fn: CalledFunction): ShownValues {
    const start = copy.address;
    const flow = this.#flows.of(copy);
    const entry: EntryFrame = {
      start,
      code: followEntry(start, this.#code, entryLimit),
      prologueEnd: this.#facts.prologueEnd(copy),
      frameBase: scope.frameBase,
    };
    const entered = { fn, copy, scope, entry, flow };
    const observations = this.#observations(entered, scope.isConventionChanged || isClone(selected));
    const placement = this.#placement(entered, observations);
    const { args, hidden, left } = placement;
    return {
      at: start,
      captures: capturesOf(scope, fn, hidden, start),
      entries: 1,
      args: [
        ...hiddenOf(hidden, true),
        ...args.map((arg, i) => ({ ...arg, ...namedParameter(fn, named(fn.parameters[i], scope)) })),
        ...hiddenOf(hidden, false),
      ],
      result: {
        ...this.#result(entered, observations, placement),
        type: fn.isNoReturn && fn.language === 'rust' ? '!' : typeName(fn.types, fn.returns, fn.language),
        typeId: fn.returns,
        bound: null,
      },
      stale: noneStale,
      assumptions: left.length === 1 ? (left[0]?.assumptions ?? []) : [],
    };
  }

  #observations({ fn, scope, entry, flow }: Entered, isConventionChanged: boolean): Observations {
    const sizes = fn.parameters.map(({ type }) => sizeOf(fn.types, type));
    return {
      observed: withoutItems(
        fn.parameters.map((one, i) => observe(one, sizes[i] ?? 0, entry)),
        fn.parameters.map(({ type }) => isFunctionItem(fn, type)),
      ),
      sizes,
      uses: flow === null ? null : argumentUse(flow, this.#facts.framesOf(flow)),
      environment:
        scope.language === 'rust'
          ? observeEnvironment(scope.variables, ({ type }) => sizeOf(fn.types, type) ?? 0, entry)
          : null,
      stores: entry.code.spills.flatMap(({ source, size, narrowed, pushed }) =>
        source.kind === 'register' && !pushed
          ? [{ reg: source.reg, size: narrowed === null ? size : Math.ceil(narrowed / 8) }]
          : [],
      ),
      isConventionChanged,
      marksChanges: fn.language === 'rust' && rustRules(fn.compiler).marksChanges && !scope.isSpecified,
    };
  }

  #placement(entered: Entered, observations: Observations): Placement {
    const { fn, entry } = entered;
    const { start } = entry;
    const isPlain = this.#isUnoptimised(entered);
    const plain = { isIntact: isPlain, isFilled: isPlain };
    let hypotheses = hypothesesOf(fn, x86_64);
    let answer = placeArguments({ ...observations, ...plain, hypotheses, isGuess: false });
    const isRefuted = answer.left.length === 0;
    const isGuess = isRefuted && fn.isMangled;
    if (isRefuted) {
      hypotheses = hypothesesOf(fn, x86_64, true);
      answer = placeArguments({ ...observations, ...plain, hypotheses, isGuess });
    }
    const isDoubtful = answer.args.some(({ evidence }) => evidence === 'gone') || !observations.marksChanges;
    const isIntact =
      isPlain ||
      (isDoubtful &&
        !observations.isConventionChanged &&
        (this.#facts.isGlobal(start) || this.#references.isTaken(start)));
    if (isIntact && !isPlain) {
      const isFilled = !this.#references.isCalled(start);
      answer = placeArguments({ ...observations, hypotheses, isIntact, isFilled, isGuess });
    }
    return { ...answer, ways: answer.left.length > 0 ? answer.left : hypotheses, isIntact, isGuess };
  }

  /** One sign in the code is too few, but with the rest of its crate it is enough. */
  #isUnoptimised({ fn, copy, scope, entry, flow }: Entered): boolean {
    if (flow === null) return false;
    const signs = unoptimisedSigns(flow, entry.code, this.#facts.framesOf(flow));
    return signs > 1 || (signs === 1 && fn.language === 'rust' && this.#crates.has(copy, scope));
  }

  #result({ entry, flow }: Entered, observations: Observations, { ways, isIntact, isGuess }: Placement): PlacedResult {
    const { start } = entry;
    const { isConventionChanged, marksChanges, uses } = observations;
    return placeResult({
      ways,
      isConventionChanged,
      isTrusted: !isGuess && (marksChanges || isIntact || this.#facts.isGlobal(start)),
      isGuess,
      writes: flow === null ? null : resultWrites(flow, this.#facts.framesOf(flow)),
      uses,
      loads: flow === null ? new Set() : resultLoads(flow),
      isExternal: this.#facts.isGlobal(start),
      callersReads: () => this.#references.callersReads(start),
    });
  }
}

/** GCC names what it made of a function with other parameters. */
const isClone = ({ raw }: SelectedCopy): boolean => /\.(?:isra|constprop|part)\.\d+/.test(raw ?? '');

const hiddenOf = (hidden: EntryAnswer['hidden'], isFirst: boolean): ShownArgumentPlace[] =>
  hidden.filter((one) => one.isFirst === isFirst).map((one) => ({ ...one, type: null, typeId: null, isHidden: true }));

/** What a closure captured, by way of the environment that is passed first. */
const capturesOf = (
  scope: DebugScope,
  fn: CalledFunction,
  hidden: EntryAnswer['hidden'],
  start: Address,
): ShownArgumentPlace[] => {
  const [environment] = hidden.filter((one) => one.isFirst);
  const [piece, ...more] = environment?.pieces ?? [];
  if (environment === undefined || piece === undefined || more.length > 0) return [];
  const { evidence } = environment;
  const found = placeCaptures(scope.variables, piece.location, start, ({ type }) => sizeOf(fn.types, type) ?? 0);
  return found.map(({ variable, piece: own }) => ({
    mode: null,
    pieces: [{ ...own, evidence }],
    evidence,
    note: null,
    candidates: [],
    ...namedParameter(fn, variable),
  }));
};
