import { sanitize } from '../base/text.ts';
import { type Address, hex } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import type { SourcePosition } from '../elf/function-model.ts';
import type { ProbeSite } from '../trace/site.ts';
import { ImageCode, type ReturnsChoice } from './exits.ts';
import { fastWarning } from './returns-warning.ts';
import type { SelectSources } from './select-model.ts';
import { textAt } from './show-code.ts';
import { planTrace } from './trace-plan.ts';
import { filesOf, findLandingSites } from './unwinder.ts';
import { watchDefaults } from './watch-limits.ts';
import { checkFile } from './watch-scope.ts';

/** One probe: how the kernel runs the instruction that it is on. */
export type CostedProbe = {
  readonly address: bigint;
  readonly cost: 'emulated' | 'stepped';
  readonly instruction: string;
};

/** The probes on one copy of a function. */
export type CopyCosts = {
  readonly name: string;
  readonly kind: 'symbol' | 'instance' | 'inlined';
  readonly address: bigint;
  readonly caller: string | null;
  readonly callSite: SourcePosition | null;
  readonly entry: CostedProbe;
  readonly exits: readonly CostedProbe[];
  readonly returns: 'sites' | 'uretprobe' | 'none';
  /** Why no return is watched; null: some are. */
  readonly reason: string | null;
  /** A hit may be a jump back to its first instruction: those of one call are told apart. */
  readonly loopsToEntry: boolean;
};

/** What a trace would plant, and what each hit would cost, before anything is planted. */
export type ProbeCosts = {
  readonly returns: ReturnsChoice;
  readonly copies: readonly CopyCosts[];
  readonly emulated: number;
  readonly stepped: number;
  readonly uretprobes: number;
  /** At the last jumps of unwinders: hit by panics and exceptions alone. */
  readonly landings: number;
  /** One plain line each. */
  readonly notes: readonly string[];
};

/**
 * The probes that a trace of these functions would plant with this choice of returns, on any machine, with any rights. `code`: what reads
 * the file's, where it is made already.
 *
 * @throws {RsymError} `not-found` if a function has no code in it, `unsupported` where nothing can be probed.
 */
export const probeCosts = (
  sources: SelectSources,
  functions: readonly string[],
  returns: ReturnsChoice,
  code = new ImageCode(sources.image, sources.symbols),
): ProbeCosts => {
  checkFile(sources.image);
  const plan = planTrace(sources, {
    functions,
    returns,
    depth: watchDefaults.depth,
    isRedacted: null,
    after: [],
    pids: [],
    code,
  });
  const at = (address: Address): CostedProbe => {
    const bytes = readUpTo(code.code, address, longestInstruction) ?? new Uint8Array();
    const cost = probeCost(bytes).cost === 'emulated' ? 'emulated' : 'stepped';
    return { address, cost, instruction: sanitize(textAt(address, bytes)) };
  };
  const copies = plan.sites.map((site) => costsOf(site, at));
  const probes = copies.flatMap(({ entry, exits }) => [entry, ...exits]);
  return {
    returns,
    copies,
    emulated: probes.filter(({ cost }) => cost === 'emulated').length,
    stepped: probes.filter(({ cost }) => cost === 'stepped').length,
    uretprobes: copies.filter((copy) => copy.returns === 'uretprobe').length,
    landings: returns === 'off' ? 0 : findLandingSites(filesOf(sources.image, [])).sites.length,
    notes: [...(returns === 'fast' ? [fastWarning] : []), ...plan.notes],
  };
};

const costsOf = (site: ProbeSite, at: (address: Address) => CostedProbe): CopyCosts => {
  const { returns, copy } = site;
  return {
    name: sanitize(copy.name ?? site.name),
    kind: copy.kind,
    address: copy.address,
    caller: copy.caller === null ? null : sanitize(copy.caller),
    callSite: copy.callSite,
    entry: at(site.entryAddress as Address),
    exits: returns.mode === 'sites' ? returns.exits.map(({ address }) => at(address as Address)) : [],
    returns: returns.mode,
    reason: returns.mode === 'none' ? sanitize(returns.reason) : null,
    loopsToEntry: site.loopsToEntry,
  };
};

/** A copy in few words: where it is inlined, else its address. */
export const copyWords = ({ kind, address, caller, callSite }: CopyCosts): string =>
  kind === 'inlined'
    ? `${hex(address)} inlined${callSite === null ? '' : ` at ${siteText(callSite)}`}${caller === null ? '' : ` in ${caller}`}`
    : hex(address);

/** Line 0: code that the compiler made. */
const siteText = ({ file, line }: SourcePosition): string =>
  sanitize(file.slice(file.lastIndexOf('/') + 1)) + (line === 0 ? '' : `:${line}`);
