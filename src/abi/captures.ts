import type { Address } from '../base/units.ts';
import type { DebugVariable, Operation } from '../elf/variable-model.ts';
import { dwarfRegister } from './dwarf-register.ts';
import type { Location, Piece } from './place.ts';

/** A variable that a closure captured, and where its bytes are at entry. */
export type Capture = { readonly variable: DebugVariable; readonly piece: Piece };

/**
 * Where the captured variables of a closure are at its entry: debug info lists them as variables behind the environment's
 * address, which unoptimised code has stored in a slot of the frame, and which `environment` says where it is at entry.
 */
export const placeCaptures = (
  variables: readonly DebugVariable[],
  environment: Location,
  start: Address,
  sizeOf: (variable: DebugVariable) => number,
): Capture[] => {
  if (environment.kind !== 'register' || environment.add !== 0n) return [];
  const slot = slotOf(variables);
  return variables.flatMap((variable): Capture[] => {
    if (variable.isParameter || variable.block !== null || variable.constant !== null) return [];
    const size = sizeOf(variable);
    const here = variable.locations.find(({ range }) => range === null || (start >= range.start && start < range.end));
    const [first, second, ...rest] = here?.operations ?? [];
    if (first === undefined || size === 0) return [];
    const isSlot = first.op === 'frame-offset' && second?.op === 'dereference' && first.offset === slot;
    const isRegister =
      here?.range !== null && first.op === 'register-offset' && dwarfRegister(first.register) === environment.reg;
    if (!isSlot && !isRegister) return [];
    const path = isSlot ? rest : second === undefined ? [] : [second, ...rest];
    const location = behind(environment.reg, first.op === 'register-offset' ? first.offset : 0n, path);
    return location === null ? [] : [{ variable, piece: { location, valueOffset: 0, size } }];
  });
};

/** The slot that the most variables are told to lie behind: the environment's address. */
const slotOf = (variables: readonly DebugVariable[]): bigint | null => {
  for (const { isParameter, block, locations } of variables) {
    const [first, second] = locations[0]?.operations ?? [];
    if (!isParameter && block === null && first?.op === 'frame-offset' && second?.op === 'dereference')
      return first.offset;
  }
  return null;
};

const behind = (
  base: Extract<Location, { kind: 'register' }>['reg'],
  start: bigint,
  path: readonly Operation[],
): Location | null => {
  const offsets = [start];
  for (const step of path) {
    if (step.op === 'plus-constant') offsets.push((offsets.pop() ?? 0n) + step.value);
    else if (step.op === 'dereference' && step.size === 8) offsets.push(0n);
    else return null;
  }
  const [offset = 0n, ...followed] = offsets;
  return { kind: 'memory', base, offset, followed };
};
