import type { ArgumentUses } from '../code/argument-use.ts';
import type { Hypothesis } from './hypothesis.ts';
import type { Observation, Observed } from './observation.ts';

export type EntryQuestion = {
  readonly hypotheses: readonly Hypothesis[];
  /** One for each declared parameter. */
  readonly observed: readonly Observed[];
  /** Bytes of each parameter's type; null: not told. */
  readonly sizes: readonly (number | null)[];
  /** What the code does with the registers at entry; null: it could not be followed. */
  readonly uses: ArgumentUses | null;
  /** Stores of what registers held at entry to the frame: a register by its name, and how many bytes. */
  readonly stores: readonly { readonly reg: string; readonly size: number }[];
  /** The compiler says so: by DW_CC_nocall, or by the name of a GCC clone. */
  readonly isConventionChanged: boolean;
  /** Of a closure whose environment no parameter declares: where its address is, by the captured variables. */
  readonly environment: Observation | null;
  /** Nobody could change how it is called: it isn't optimised, or its address is taken, or other files may call it. */
  readonly isIntact: boolean;
  /** Callers leave nothing out, as optimised ones do with what isn't read. */
  readonly isFilled: boolean;
  /** The ways of calling are only guessed at: what nothing else tells isn't believed. */
  readonly isGuess: boolean;
  /** Debug info marks functions whose arguments were dropped. */
  readonly marksChanges: boolean;
};
