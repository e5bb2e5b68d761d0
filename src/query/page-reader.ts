import { openDebugInfo } from '../elf/debug-info.ts';
import type { DebugInfo } from '../elf/debug-model.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { PageAsk, PageNews } from './page-model.ts';
import { planProbes } from './planned-probes.ts';
import { probeCosts } from './probe-costs.ts';
import type { SelectSources } from './select-model.ts';
import { Shower } from './show.ts';
import type { ShownCopy, ShownFunction } from './show-model.ts';
import { sourcedCode } from './source-code.ts';
import { type SourceExcerpt, SourceFiles } from './source-excerpt.ts';
import { watchDefaults } from './watch-limits.ts';
import { checkScope, plannedScope } from './watch-scope.ts';

/** Copies of one function that are shown; the others are counted. */
const mostCopies = 50;
/** Functions that one text names. */
const mostFunctions = 8;
/** Lines above and below a call. */
const around = 1;

type Opened = {
  readonly image: Image;
  readonly debug: DebugInfo;
  readonly sources: SelectSources;
  readonly shower: Shower;
};

/** Answers what the page of a function asks, in steps. What is read once serves all of them. */
export class PageReader implements Disposable {
  readonly #path: string;
  readonly #files: SourceFiles;
  #opened: Opened | undefined;
  /** What was shown last: its instructions are asked for next. */
  #last: { readonly spec: string; readonly functions: readonly ShownFunction[] } | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#files = new SourceFiles(path);
  }

  /** @throws {RsymError} where the file can't be read, a text names nothing, or it can't be planned. */
  *answer(ask: Exclude<PageAsk, { kind: 'machine' }>): Generator<PageNews> {
    switch (ask.kind) {
      case 'function':
        yield* this.#page(ask.spec);
        yield this.#costs([ask.traced], ask.returns);
        break;
      case 'costs':
        yield this.#costs(ask.functions, ask.returns);
        break;
      case 'code':
        yield* this.#code(ask.spec, ask.copy);
        break;
      case 'check':
        yield this.#check(ask);
        break;
    }
  }

  *#page(spec: string): Generator<PageNews> {
    const functions = this.#functions(spec);
    // An iterable can't be sent to another thread: instructions are asked for apart.
    const sent = functions.map((fn) => ({ ...fn, copies: fn.copies.map((copy) => ({ ...copy, instructions: null })) }));
    yield { kind: 'functions', functions: sent, notes: this.#open().debug.notes };
    yield {
      kind: 'sources',
      declared: functions.map(({ source }) => source && this.#files.declaration(source.file, source.line)),
      called: functions.flatMap(({ copies }) => copies.map((copy) => this.#callOf(copy))),
    };
  }

  #functions(spec: string): readonly ShownFunction[] {
    if (this.#last?.spec === spec) return this.#last.functions;
    const functions: ShownFunction[] = [];
    for (const fn of this.#open().shower.named([spec])) {
      functions.push(fn);
      if (functions.length === mostFunctions) break;
    }
    this.#last = { spec, functions };
    return functions;
  }

  #callOf({ callSite }: ShownCopy): SourceExcerpt | null {
    if (callSite === null || callSite.line === 0) return null;
    const { file, line } = callSite;
    return this.#files.excerpt(file, line, line - around, line + around);
  }

  #costs(functions: readonly string[], returns: Extract<PageAsk, { kind: 'costs' }>['returns']): PageNews {
    const { sources, shower } = this.#open();
    const costs = probeCosts(sources, functions, returns, shower.imageCode());
    return { kind: 'costs', costs };
  }

  *#code(spec: string, copy: number): Generator<PageNews> {
    const one = this.#functions(spec).flatMap(({ copies }) => copies)[copy];
    const chunks =
      one?.instructions == null ? [] : sourcedCode(one.instructions, one.ranges, this.#open().debug, this.#files);
    for (const chunk of chunks) yield { kind: 'code', copy, chunk, isLast: false };
    yield { kind: 'code', copy, chunk: { instructions: [], lines: [] }, isLast: true };
  }

  #check({ functions, scope, children, returns, when }: Extract<PageAsk, { kind: 'check' }>): PageNews {
    const request = { target: this.#path, functions, scope, children };
    checkScope(request);
    const { notes } = planProbes({
      ...request,
      scope: plannedScope(scope),
      returns,
      depth: watchDefaults.depth,
      ...(when === undefined ? {} : { when }),
    });
    return { kind: 'checked', notes };
  }

  #open(): Opened {
    if (this.#opened === undefined) {
      const image = openImage(this.#path);
      try {
        const debug = openDebugInfo(image);
        const sources = { image, symbols: image.symbols(), debug };
        const shower = new Shower(sources, null, { limit: mostCopies, asm: true });
        this.#opened = { image, debug, sources, shower };
      } catch (error) {
        image[Symbol.dispose]();
        throw error;
      }
    }
    return this.#opened;
  }

  [Symbol.dispose](): void {
    this.#opened?.debug[Symbol.dispose]();
    this.#opened?.image[Symbol.dispose]();
    this.#opened = undefined;
    this.#last = undefined;
  }
}
