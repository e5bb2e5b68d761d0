import type { Address } from '../../../src/base/units.ts';
import type { DebugInfo } from '../../../src/elf/debug-model.ts';
import type { ChosenCopy } from './chosen.ts';
import { cutParts, type Part } from './parts.ts';
import { askScopes } from './scopes.ts';
import { type ShownArgument, type ShownCopy, showCopies } from './shown.ts';
import { type FrameBase, readTold, type Told } from './told.ts';

/** A parameter, by both tools, at one address. */
export type ComparedArgument = {
  readonly shown: ShownArgument;
  /** What gdb says, in its words; null: it doesn't list the parameter. */
  readonly words: string | null;
  readonly told: Told;
  /** Bytes; null: neither tells. */
  readonly size: number | null;
  readonly parts: readonly Part[];
};

export type ComparedCopy = {
  readonly chosen: ChosenCopy;
  readonly shown: ShownCopy;
  readonly at: bigint;
  readonly function: string;
  readonly args: readonly ComparedArgument[];
};

export type Comparison = {
  readonly copies: readonly ComparedCopy[];
  /** Copies of which one of the tools tells nothing, with the reason. */
  readonly left: readonly { readonly chosen: ChosenCopy; readonly why: string }[];
};

/** Asks both tools about the same parameters at the same addresses. */
export const comparePlaces = (
  program: string,
  file: string,
  info: DebugInfo,
  chosen: readonly ChosenCopy[],
): Comparison => {
  const shown = showCopies(program, file, chosen);
  const left: { chosen: ChosenCopy; why: string }[] = [];
  const asked = chosen.flatMap((one, i) => {
    const copy = shown[i];
    const at = copy?.at ?? null;
    if (copy?.args != null && at !== null) return [{ chosen: one, shown: copy, at: BigInt(at) }];
    left.push({ chosen: one, why: copy === undefined ? 'rsym does not show it' : 'rsym names no address for it' });
    return [];
  });
  const answers = askScopes(
    file,
    asked.map((one) => ({ at: one.at, depth: one.chosen.depth, ranges: one.chosen.copy.ranges })),
  );
  const copies = asked.flatMap((one, i): ComparedCopy[] => {
    const answer = answers[i];
    if (answer === undefined || 'error' in answer) {
      left.push({ chosen: one.chosen, why: `gdb: ${answer?.error ?? 'no answer'}` });
      return [];
    }
    const frame = frameBaseAt(info, one.chosen, one.at);
    const words = [...answer.parameters];
    const args = (one.shown.args ?? []).flatMap((argument): ComparedArgument[] => {
      if (argument.hidden === true) return [];
      const found = words.findIndex(([name]) => name === argument.name);
      const [own] = found < 0 ? [] : words.splice(found, 1);
      const told: Told =
        own === undefined ? { by: 'throughout', pieces: [] } : readTold(own[2], one.at, BigInt(answer.slide), frame);
      const ends = argument.places.map((place) => (place.value_offset ?? 0) + place.size);
      const size = own?.[1] ?? (ends.length > 0 ? Math.max(...ends) : null);
      const parts = size === null ? [] : cutParts(argument.places, told, size);
      return [{ shown: argument, words: own?.[2] ?? null, told, size, parts }];
    });
    return [{ ...one, function: answer.function, args }];
  });
  return { copies, left };
};

const registers: Readonly<Record<number, string>> = { 6: 'rbp', 7: 'rsp' };

/** What DW_OP_fbreg is relative to at an address: a register, or the canonical frame address plus a number. */
const frameBaseAt = (info: DebugInfo, { copy }: ChosenCopy, at: bigint): FrameBase => {
  const [first, constant, plus, ...others] = info.scope(copy).frameBase[0]?.operations ?? [];
  const unknown = { base: 'frame base', offset: 0n };
  if (first?.op === 'register') return { base: registers[first.register] ?? unknown.base, offset: 0n };
  const address = info.frameAddress(at as Address);
  const base = address === null ? undefined : registers[address.register];
  if (first?.op !== 'frame-address' || address === null || base === undefined) return unknown;
  if (constant === undefined) return { base, offset: address.offset };
  if (constant.op !== 'constant' || plus?.op !== 'plus' || others.length > 0) return unknown;
  return { base, offset: address.offset + BigInt.asIntN(64, constant.value) };
};
