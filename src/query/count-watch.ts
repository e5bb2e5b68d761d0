import { openDebugInfo } from '../elf/debug-info.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import { hasDebugInfo } from '../elf/debug-sections.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import { countReadings } from '../trace/count/counter.ts';
import type { ProgramEnd } from '../trace/event.ts';
import type { CountedFunction, CountPlan, UncountedCopy } from './count-model.ts';
import { selectWide, type WideSelection } from './count-wide.ts';
import { CountedCalls } from './counted-calls.ts';
import { timesOf } from './measurement.ts';
import { checkPositive } from './number-limits.ts';
import { targetFile } from './target.ts';
import { checkImage, checkScope, scopeOf, type WatchScope } from './watch-scope.ts';
import { refuseGone, refuseNarrow, strangers } from './watched-processes.ts';
import { planWide } from './wide-plan.ts';

export type CountRequest = {
  /** A file, or a library's short name such as `libc`. */
  readonly target: string;
  /** Patterns. */
  readonly functions: readonly string[];
  readonly scope: WatchScope;
  /** Also count the descendants of the processes that `scope` names. */
  readonly children?: boolean;
  /** Inlined copies also where there are thousands of them; planning that takes long. */
  readonly inlined?: boolean;
  readonly seconds?: number;
  /** Seconds between readings; undefined: only the last is given. */
  readonly interval?: number;
  /** Calls in a second; a function with more of them is disarmed. */
  readonly maxRate?: number;
  /** Where debug info is read from; undefined: from the file, or where its build id or debug link lead. */
  readonly debugFile?: string;
  /** Where a started program's output goes. */
  readonly output?: 'stderr' | 'inherit' | 'ignore';
  readonly signal?: AbortSignal;
};

/** The calls until a moment. */
export type CountReading = {
  /** Since counting began. */
  readonly seconds: number;
  readonly calls: CountedCalls;
  /** Children that there was no room to follow: their calls aren't counted. */
  readonly lostProcesses: number;
  /** How a started program ended; both null: it runs on. */
  readonly program: ProgramEnd | null;
  /** What a user should know, since the reading before. */
  readonly notes: readonly string[];
  readonly isLast: boolean;
};

/** What will be counted, before anything is. */
export type CountWatch = {
  readonly path: string;
  readonly patterns: readonly string[];
  readonly functions: readonly CountedFunction[];
  /** How many these are. */
  readonly counted: number;
  /** Copies that can't be counted. */
  readonly uncounted: readonly UncountedCopy[];
  /** What a user should know of the choice made: one plain line each. */
  readonly notes: readonly string[];
  /** Starts counting; the last reading is that at the end. Told once the probes are planted. */
  readonly readings: (
    onAttached?: (attached: { readonly probes: number; readonly pid: number | null }) => void,
  ) => AsyncGenerator<CountReading, void, void>;
};

/**
 * A file whose functions are to be counted. It is open until it is disposed of.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export class CountTarget implements Disposable {
  readonly #request: CountRequest;
  readonly #path: string;
  readonly #note: string | null;
  readonly #wide: WideSelection | null;
  readonly image: Image;
  readonly symbols: SymbolTable;
  readonly pids: readonly number[];

  constructor(request: CountRequest) {
    checkScope(request);
    checkPositive({ '--interval': request.interval, '--max-rate': request.maxRate, '--duration': request.seconds });
    this.#request = request;
    this.pids = request.scope.kind === 'processes' ? request.scope.pids : [];
    for (const pid of this.pids) {
      refuseGone(pid);
      refuseNarrow(pid);
    }
    const { path, note } = targetFile(request.target, this.pids);
    this.#path = path;
    this.#note = note;
    this.image = openImage(path);
    try {
      checkImage(this.image);
      this.symbols = this.image.symbols();
      this.#wide = request.inlined ? null : selectWide(this.symbols, request.functions);
    } catch (error) {
      this.image[Symbol.dispose]();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.image[Symbol.dispose]();
  }

  /** That of the image, or what the request names; the caller disposes of it. */
  debugInfo(): DebugInfo {
    const { debugFile } = this.#request;
    return openDebugInfo(this.image, debugFile === undefined ? {} : { debugFile });
  }

  /** The plan where so many functions are named that debug info isn't asked; else null. */
  widePlan(): CountPlan | null {
    const wide = this.#wide;
    if (wide === null) return null;
    const plan = planWide(this.image, this.symbols, wide, this.#request.functions, this.pids);
    const notes: string[] = [];
    if (wide.folded > 0)
      notes.push(
        `${wide.folded} functions have the same code as others, in part or all of it: that is counted together`,
      );
    if (this.#request.debugFile !== undefined || hasDebugInfo(this.image))
      notes.push(
        `of so many functions only code of their own is counted, inlined copies are not; --inlined counts them too`,
      );
    return { ...plan, notes: [...plan.notes, ...notes] };
  }

  /** What will be counted by a plan for this request. */
  watch(plan: CountPlan): CountWatch {
    const request = this.#request;
    const path = this.#path;
    const scope = scopeOf(request, path);
    return {
      path,
      patterns: request.functions,
      get functions() {
        return plan.functions.all();
      },
      counted: plan.functions.length,
      uncounted: plan.uncounted,
      notes: [...(this.#note === null ? [] : [this.#note]), ...plan.notes, ...strangers(path, this.pids)],
      readings: async function* (onAttached) {
        const { children = false, maxRate } = request;
        let before: CountedCalls | null = null;
        for await (const { calls, disarmed, ...reading } of countReadings({
          sites: plan.sites,
          functions: plan.sitesOf,
          scope,
          children,
          ...timesOf(request),
          ...(maxRate === undefined ? {} : { maxRate }),
          ...(onAttached === undefined ? {} : { onAttached }),
        })) {
          const now: CountedCalls = new CountedCalls(plan, calls, disarmed, reading.seconds, before);
          before = now;
          yield { ...reading, calls: now };
        }
      },
    };
  }
}
