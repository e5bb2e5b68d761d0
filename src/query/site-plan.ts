import { lowerSignature, rawPlan } from '../abi/lower.ts';
import type { CallPlan } from '../abi/model.ts';
import { sanitize } from '../base/text.ts';
import { fileOffset, hex } from '../base/units.ts';
import { longestInstruction, readUpTo } from '../code/bytes.ts';
import { probeCost } from '../code/cost.ts';
import type { Image } from '../elf/model.ts';
import type { SymbolTable } from '../elf/symbols.ts';
import type { ProbeSite } from '../trace/site.ts';
import { type ImageCode, planReturns, type ReturnsChoice } from './exits.ts';
import { implementationOf } from './ifunc.ts';
import type { LocatedFunction } from './locate.ts';

/** The function that is probed for an IFUNC: its implementation. */
export const implementation = (
  image: Image,
  symbols: SymbolTable,
  named: LocatedFunction,
  pids: readonly number[],
  notes: string[],
): LocatedFunction => {
  const at = implementationOf(image, named.raw, named.address, pids);
  const [i] = symbols.at(at);
  const size = i === undefined ? 0n : symbols.size(i);
  notes.push(
    `${sanitize(named.name)} is chosen at run time (IFUNC): watching the implementation at 0x${at.toString(16)}${i === undefined ? '' : ` (${sanitize(symbols.name(i))})`}, not the resolver`,
  );
  return { ...named, address: at, size, parts: [], aliases: [] };
};

/**
 * One copy of a function, ready to be probed; null, with a note that says why, where its first instruction can't bear
 * a probe.
 */
export const planSite = (
  fn: LocatedFunction,
  path: string,
  code: ImageCode,
  choice: ReturnsChoice,
  notes: string[],
): ProbeSite | null => {
  const name = sanitize(fn.name);
  const entry = probeCost(readUpTo(code.code, fn.address, longestInstruction) ?? new Uint8Array());
  if (entry.cost === 'unprobeable') {
    notes.push(`${name} can't be probed at ${hex(fn.address)}, ${entry.instruction}: ${entry.reason}`);
    return null;
  }
  const sweep = code.sweep(fn);
  const returns = planReturns(sweep, choice, code);
  if (returns.mode === 'none' && choice === 'safe') notes.push(`${name}: returns aren't watched: ${returns.reason}`);
  if (returns.mode === 'sites' && sweep.complete) notes.push(...sweep.notes.map((note) => `${name}: ${note}`));
  if (fn.aliases.length > 0)
    notes.push(`${name} has the same code as ${fn.aliases.map(sanitize).join(', ')}: calls can't be told apart`);
  const plan = fn.signature ? lowerSignature(fn.signature) : rawPlan();
  notes.push(...doubts(plan).map((doubt) => `${name}: ${doubt}`));
  return {
    name: fn.name,
    path,
    entry: fileOffset(code.offsetOf(fn.address)),
    returns,
    loopsToEntry: sweep.complete && sweep.loopsToEntry,
    plan,
    copy: { kind: 'symbol', address: fn.address, caller: null, callSite: null },
  };
};

/** What of a call can't be shown, or only under an assumption. */
const doubts = ({ args, ret }: CallPlan): string[] =>
  [...args, { ...ret, name: 'its return value' }].flatMap(({ name, places, note }) => {
    const gone = places.find((place) => place.kind === 'gone');
    const doubt = gone?.kind === 'gone' ? `not shown, ${gone.reason}` : note;
    return doubt === null ? [] : [`${sanitize(name)}: ${doubt}`];
  });
