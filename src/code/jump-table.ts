import { type Address, address } from '../base/units.ts';
import type { CodeReader } from './bytes.ts';
import { hoistedConstants } from './hoisted.ts';
import type { Register } from './operand.ts';
import { decodeRun, endsFlow } from './step.ts';
import { StraightCode } from './straight-code.ts';
import type { Sweep } from './sweep.ts';

// Compilers compute the target of a table jump in a few instructions just before it.
const longestWindow = 24;
const mostTargets = 1n << 16n;

/** Rounds of finding tables; the targets found in one cut the straight code of the next. */
const mostRounds = 4;

/**
 * The indirect jumps that read their target from a table of constants, with all targets: a relative table
 * (`lea table, r; movslq (r, i, 4), j; add r, j; jmp *j`) or one of addresses (`jmp *table(, i, 8)`).
 *
 * The index is bounded by a `cmp` and `ja` or an `and` in the same straight code; then all elements that can be meant
 * are read, and each must satisfy `isInside` or be the begin of a part outlined from the function. Where compilers leave the bound out because no other value can occur,
 * a relative table is taken as far as its elements go on to satisfy `isInside`, two at least: a table that mixes
 * places inside a function with places outside is something that no compiler makes.
 */
export const resolveTables = (
  sweeps: readonly Sweep[],
  readData: CodeReader,
  isInside: (at: bigint) => boolean,
  isPartStart: (at: Address) => boolean,
): ReadonlyMap<Address, readonly Address[]> => {
  const starts = new Set<Address>();
  const jumps: (readonly [Sweep, number])[] = [];
  for (const swept of sweeps) {
    for (const [position, step] of swept.steps) {
      if ('target' in step) starts.add(step.target);
      if (step.kind === 'indirect-jump') jumps.push([swept, position]);
    }
  }
  let hoisted: ReadonlyMap<Register, bigint> | undefined;
  const places: Places = { isInside, isPartStart };
  for (let round = 0; round < mostRounds && jumps.length > 0; round++) {
    const tables = new Map<Address, readonly Address[]>();
    for (const [swept, jump] of jumps) {
      let targets = findTargets(swept, jump, starts, new Map(), readData, places);
      if (targets === undefined && readsElement(swept, jump)) {
        hoisted ??= hoistedConstants(sweeps);
        targets = findTargets(swept, jump, starts, hoisted, readData, places);
      }
      if (targets !== undefined) tables.set(addressIn(swept, jump), targets);
    }
    const known = starts.size;
    for (const targets of tables.values()) for (const target of targets) starts.add(target);
    if (starts.size === known) return tables;
  }
  return new Map();
};

const addressIn = (swept: Sweep, position: number): Address => address(swept.range.start + BigInt(position));

type Places = {
  readonly isInside: (at: bigint) => boolean;
  readonly isPartStart: (at: Address) => boolean;
};

const findTargets = (
  swept: Sweep,
  jump: number,
  starts: ReadonlySet<Address>,
  constants: ReadonlyMap<Register, bigint>,
  readData: CodeReader,
  places: Places,
): Address[] | undefined => {
  const step = swept.steps.get(jump);
  if (step?.kind !== 'indirect-jump') return undefined;
  const from = windowBefore(swept, jump, starts);
  const state = new StraightCode(constants);
  decodeRun(swept.bytes, swept.range.start, from, (position, instruction) => {
    if (position >= jump) return false;
    state.run(instruction, swept.steps.get(position));
    return true;
  });
  const found = state.jumpTarget(step.operand);
  if (found?.kind === 'sum') {
    return readTable(found.table, 4, found.count, readData, (element) => found.base + element, places);
  }
  if (found?.kind === 'element' && found.size === 8 && found.count !== undefined) {
    return readTable(found.table, 8, found.count, readData, (element) => element, places);
  }
  return undefined;
};

/** Whether the bytes before a jump may be a `movslq`, without which nothing is gained by a closer look. */
const readsElement = (swept: Sweep, jump: number): boolean =>
  swept.bytes.subarray(Math.max(0, jump - 24), jump).includes(0x63);

/** Where the straight code before a jump begins: behind the last call or end of flow, or at a branch target. */
const windowBefore = (swept: Sweep, jump: number, starts: ReadonlySet<Address>): number => {
  let from = jump;
  for (let count = 0; count < longestWindow && from > 0 && !starts.has(addressIn(swept, from)); count++) {
    let before = from - 1;
    while (before > 0 && swept.lengths[before] === 0) before--;
    const step = swept.steps.get(before);
    if (step !== undefined && (endsFlow(step) || step.kind.includes('call'))) break;
    from = before;
  }
  return from;
};

const isPart = (places: Places, target: bigint): boolean => target >= 0n && places.isPartStart(address(target));

const readTable = (
  table: bigint,
  size: 4 | 8,
  count: bigint | undefined,
  readData: CodeReader,
  toTarget: (element: bigint) => bigint,
  places: Places,
): Address[] | undefined => {
  if (count !== undefined && count > mostTargets) return undefined;
  const targets = new Set<Address>();
  for (let i = 0n; i < (count ?? mostTargets); i++) {
    const bytes = readData(address(table + i * BigInt(size)), size);
    const view = bytes && new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const element = size === 4 ? view?.getInt32(0, true) : view?.getBigUint64(0, true);
    const target = element === undefined ? undefined : toTarget(BigInt(element));
    // The search for parts follows any code, so it is asked only about elements that certainly are of this table.
    const isKnown =
      target !== undefined && (places.isInside(target) || (count !== undefined && isPart(places, target)));
    if (isKnown) targets.add(address(target));
    else if (count !== undefined || i < 2n) return undefined;
    else break;
  }
  return [...targets];
};
