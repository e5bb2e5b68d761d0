import { readFileSync } from 'node:fs';
import { Dice } from './dice.ts';
import { RandomFunctions } from './random-functions.ts';
import type { SourceFunction } from './source-function.ts';
import { TypeSpace } from './type-space.ts';

export type RandomProgram = {
  readonly seed: number;
  readonly source: string;
  readonly functions: readonly SourceFunction[];
};

const prelude = readFileSync(new URL('prelude.rs', import.meta.url), 'utf8');

/** A Rust program with at least `count` random signatures; the same for a seed. Needs RUSTC_BOOTSTRAP=1 for one attribute. */
export const randomProgram = (seed: number, count: number): RandomProgram => {
  const dice = new Dice(seed);
  const types = new TypeSpace(dice);
  const functions = new RandomFunctions(dice, types);
  const composed = [];
  for (let made = 0; made < count; ) {
    const next = functions.next();
    made += next.functions.length;
    composed.push(next);
  }
  const source = [
    prelude,
    ...types.declarations,
    ...composed.map((item) => item.source),
    `fn main() {\n${composed.map(({ call }) => `    ${call}`).join('\n')}\n}\n`,
  ].join('\n');
  return { seed, source, functions: composed.flatMap((item) => item.functions) };
};
