import type { Refusal } from './doctor.ts';
import type { ReturnsChoice } from './exits.ts';
import type { ProbeCosts } from './probe-costs.ts';
import type { ShownFunction } from './show-model.ts';
import type { CodeChunk } from './source-code.ts';
import type { SourceExcerpt } from './source-excerpt.ts';
import type { NextProcess, WatchScope } from './watch-scope.ts';

/** What is asked of a file for the page of a function; `functions` and `spec` are texts as `trace` takes them. */
export type PageAsk =
  /** Everything known of it, its sources, and what probes on it cost. `traced`: with a signature, perhaps. */
  | { readonly kind: 'function'; readonly spec: string; readonly traced: string; readonly returns: ReturnsChoice }
  | { readonly kind: 'costs'; readonly functions: readonly string[]; readonly returns: ReturnsChoice }
  /** The instructions of one copy: of the functions that the text names, the copies counted through. */
  | { readonly kind: 'code'; readonly spec: string; readonly copy: number }
  /** What this machine allows. */
  | { readonly kind: 'machine' }
  /** Whether a trace could be planned. */
  | {
      readonly kind: 'check';
      readonly functions: readonly string[];
      readonly scope: WatchScope | NextProcess;
      readonly children: boolean;
      readonly returns: ReturnsChoice;
      readonly when: string | undefined;
    };

/** Answers come one after the other, the cheap ones first; all text in lines is safe on a terminal. */
export type PageNews =
  | {
      readonly kind: 'functions';
      readonly functions: readonly ShownFunction[];
      /** On the debug info. */
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'sources';
      /** By function: around its declaration. */
      readonly declared: readonly (SourceExcerpt | null)[];
      /** By copy, of all functions: around its call site. */
      readonly called: readonly (SourceExcerpt | null)[];
    }
  | { readonly kind: 'costs'; readonly costs: ProbeCosts }
  | { readonly kind: 'code'; readonly copy: number; readonly chunk: CodeChunk; readonly isLast: boolean }
  /** Why no probe can be planted, and why no program can be started; empty where it can. */
  | { readonly kind: 'machine'; readonly trace: readonly Refusal[]; readonly launch: readonly Refusal[] }
  /** It can be planned; one plain line each of what a user should know. */
  | { readonly kind: 'checked'; readonly notes: readonly string[] };
