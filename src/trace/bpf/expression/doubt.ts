import type { Why } from '../../../expr/environment.ts';
import { type Code, jump, label, mov } from '../asm.ts';
import type { Labels } from '../follow/labels.ts';

/** Reasons by the numbers that programs have for them, from 1 on. */
export const reasons: readonly Why[] = [
  'gone',
  'unreadable',
  'truncated',
  'redacted',
  'depth',
  'null',
  'invalid',
  'busy',
  'index',
  'overflow',
  'division',
];

const numberOf = (why: Why): number => reasons.indexOf(why) + 1;
export const reasonOf = (number: number): Why => reasons[number - 1] ?? 'gone';

/** Where a program goes on that can't tell a value. */
export class Doubt {
  /** Where it goes in the end; with r0 = the reason's number, if it is asked for. */
  readonly common: string;
  /** Whether it matters why. */
  readonly isAsked: boolean;
  readonly #labels: Labels;
  readonly #used = new Map<Why, string>();

  constructor(common: string, isAsked: boolean, labels: Labels) {
    this.common = common;
    this.isAsked = isAsked;
    this.#labels = labels;
  }

  /** The label to jump to. */
  to(why: Why): string {
    if (!this.isAsked) return this.common;
    const known = this.#used.get(why);
    if (known !== undefined) return known;
    const made = this.#labels.fresh('x');
    this.#used.set(why, made);
    return made;
  }

  /** As this one, but going on elsewhere. */
  instead(common: string): Doubt {
    return new Doubt(common, this.isAsked, this.#labels);
  }

  /** What the labels that were given out lead to; it must not be reached otherwise. */
  landings(): Code {
    return [...this.#used].map(([why, at]) => [label(at), mov('r0', numberOf(why)), jump(this.common)]);
  }
}
