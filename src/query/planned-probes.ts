import { parseSpec } from '../abi/signature.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { openDebugInfo } from '../elf/debug-info.ts';
import type { Image } from '../elf/model.ts';
import { openImage } from '../elf/open.ts';
import type { ProgramOutput } from '../trace/program-output.ts';
import type { LandingSite, ProbeSite } from '../trace/site.ts';
import type { Scope } from '../trace/target.ts';
import { parseAfter } from './after-plan.ts';
import { programPath } from './command-program.ts';
import type { ReturnsChoice } from './exits.ts';
import { typeExpressions } from './expressions.ts';
import { redactionOf } from './redaction.ts';
import { fastWarning } from './returns-warning.ts';
import { targetFile } from './target.ts';
import { planTrace, type WatchedFunction } from './trace-plan.ts';
import { filesOf, findLandingSites } from './unwinder.ts';
import { checkImage, scopeOf, type WatchScope } from './watch-scope.ts';
import { refuseGone, refuseNarrow, strangers } from './watched-processes.ts';

export type ProbesRequest = {
  readonly target: string;
  /** Patterns, perhaps with a signature. */
  readonly functions: readonly string[];
  readonly scope: WatchScope;
  readonly output?: ProgramOutput;
  readonly returns: ReturnsChoice;
  /** Pointers that are followed, one inside the other. */
  readonly depth: number;
  readonly redact?: readonly string[];
  readonly after?: readonly string[];
  readonly debugFile?: string;
  readonly when?: string;
  readonly by?: string;
  /** With more inlined copies than this, of all functions together, only code of their own is probed. */
  readonly mostInlined?: number;
  /** A call that ends by a jump to another function ends where that returns, also where nothing is known of the result. */
  readonly isTimed?: boolean;
  /** Nobody asks for arguments and results. */
  readonly withoutValues?: boolean;
};

/** Probes on every copy of the functions that a request names. */
export type PlannedProbes = {
  readonly path: string;
  /** The functions as they were named, without signatures. */
  readonly patterns: readonly string[];
  readonly sites: readonly ProbeSite[];
  readonly functions: readonly WatchedFunction[];
  readonly landings: readonly LandingSite[];
  readonly scope: Scope;
  /** What a user should know of the choice made: one plain line each. */
  readonly notes: readonly string[];
};

/**
 * Opens the file, finds the functions, their exits and the unwinders, and types the expressions. Plants nothing.
 *
 * @throws {RsymError} `input`, `not-found`, `usage` or `unsupported`.
 */
export const planProbes = (request: ProbesRequest): PlannedProbes => {
  const pids = request.scope.kind === 'processes' ? request.scope.pids : [];
  for (const pid of pids) {
    refuseGone(pid);
    refuseNarrow(pid);
  }
  const { path, note } = targetFile(request.target, pids);
  using image = openImage(path);
  checkImage(image);
  const notes: string[] = note === null ? [] : [note];
  if (request.returns === 'fast') notes.push(fastWarning);
  using debug = openDebugInfo(image, request.debugFile === undefined ? {} : { debugFile: request.debugFile });
  const sources = { image, symbols: image.symbols(), debug };
  const redaction = redactionOf(request.redact ?? []);
  const { functions, ...planned } = planTrace(sources, {
    functions: request.functions,
    returns: request.returns,
    depth: request.depth,
    isRedacted: redaction?.matches ?? null,
    after: (request.after ?? []).map(parseAfter),
    pids,
    ...(request.mostInlined === undefined ? {} : { mostInlined: request.mostInlined }),
    isTimed: request.isTimed ?? false,
    withoutValues: request.withoutValues ?? false,
  });
  const typed = typeExpressions(planned.sites, request);
  const names = new Set(typed.sites.map(({ name }) => name));
  notes.push(...planned.notes, ...typed.notes);
  // First: what was not to be seen would be.
  notes.unshift(...(redaction?.notes(functions.map(({ name }) => name)) ?? []));
  notes.push(...strangers(path, pids));
  const scope = scopeOf(request, path);
  return {
    path,
    patterns: request.functions.map((text) => parseSpec(text).pattern),
    sites: typed.sites,
    functions: functions.filter(({ name }) => names.has(name)),
    landings: request.returns === 'off' ? [] : planLandings(image, pids, scope, notes),
    scope,
    notes,
  };
};

/** Unwinders of the program that will run, which with `-c` isn't TARGET. */
const planLandings = (image: Image, pids: readonly number[], scope: Scope, notes: string[]): readonly LandingSite[] => {
  const files = new Set(filesOf(image, pids));
  if (scope.kind === 'launch' && scope.command.file !== image.path) {
    const program = programPath(scope.command.file);
    if (program !== null) for (const file of programFiles(program)) files.add(file);
  }
  const { sites, unwinders, unread } = findLandingSites([...files]);
  for (const path of unread) notes.push(`${sanitize(path)} may not be read: what it unwinds is shown as \`left\``);
  const canUnwind = image.needed.length === 0 || image.needed.some((name) => name.startsWith('libgcc_s'));
  if (unwinders.length === 0 && canUnwind && image.type !== 'shared') {
    notes.push('no unwinder is found: a call that a panic ends is shown as `left`');
  }
  return sites;
};

const programFiles = (path: string): string[] => {
  try {
    using image = openImage(path);
    return filesOf(image, []);
  } catch (error) {
    if (error instanceof RsymError) return []; // a script: its interpreter isn't looked into
    throw error;
  }
};
