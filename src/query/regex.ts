import { RsymError } from '../base/errors.ts';
import { type Assertion, type Instruction, isWord, RegexCompiler } from './regex-program.ts';

/** What stands before or after a position: nothing, a word's character, another one. */
type Side = 'none' | 'word' | 'other';

/** A set of places in the program, before the next character is known, with what has been learnt of following it. */
type State = {
  readonly places: readonly number[];
  readonly before: Side;
  readonly next: (State | 'match' | undefined)[];
};

const maxStates = 2000;
const ascii = 128;

const sideOf = (code: number): Side => (isWord(code) ? 'word' : 'other');

const holds = (what: Assertion, before: Side, after: Side): boolean => {
  switch (what) {
    case 'start':
      return before === 'none';
    case 'end':
      return after === 'none';
    case 'boundary':
      return (before === 'word') !== (after === 'word');
    case 'inside':
      return (before === 'word') === (after === 'word');
  }
};

/** Runs a program by building the states of its deterministic automaton as names need them. */
class Matcher {
  readonly #program: readonly Instruction[];
  readonly #first: number;
  #states = new Map<string, State>();

  constructor(program: readonly Instruction[], first: number) {
    this.#program = program;
    this.#first = first;
  }

  test(text: string): boolean {
    let state = this.#state([], 'none');
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at) ?? 0;
      at += code > 0xffff ? 2 : 1;
      const known = code < ascii ? state.next[code] : undefined;
      const next = known ?? this.#step(state, code);
      if (next === 'match') return true;
      if (known === undefined && code < ascii) state.next[code] = next;
      state = next;
    }
    return this.#reach(state, 'none') === 'match';
  }

  #state(places: readonly number[], before: Side): State {
    const key = `${before} ${places.join(' ')}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      if (this.#states.size >= maxStates) this.#states = new Map();
      state = { places, before, next: [] };
      this.#states.set(key, state);
    }
    return state;
  }

  #step(state: State, code: number): State | 'match' {
    const reached = this.#reach(state, sideOf(code));
    if (reached === 'match') return 'match';
    const places = new Set<number>();
    for (const instruction of reached) if (instruction.test(code)) places.add(instruction.next);
    return this.#state(
      [...places].sort((a, b) => a - b),
      sideOf(code),
    );
  }

  /** The characters that can be read next. A match may begin at any position, so the first place always belongs. */
  #reach(state: State, after: Side): (Instruction & { op: 'char' })[] | 'match' {
    const chars: (Instruction & { op: 'char' })[] = [];
    const seen = new Set<number>();
    const open = [...state.places, this.#first];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const instruction = this.#program[at];
      if (seen.has(at) || instruction === undefined) continue;
      seen.add(at);
      switch (instruction.op) {
        case 'match':
          return 'match';
        case 'char':
          chars.push(instruction);
          break;
        case 'split':
          open.push(instruction.next, instruction.other);
          break;
        case 'assert':
          if (holds(instruction.what, state.before, after)) open.push(instruction.next);
      }
    }
    return chars;
  }
}

/**
 * Reads `/regex/` or `/regex/i`.
 *
 * @throws {RsymError} `usage`, with the place of the fault.
 */
export const parseRegex = (text: string): ((name: string) => boolean) => {
  const end = text.lastIndexOf('/');
  const flags = text.slice(end + 1);
  if (end === 0 || !/^\w*$/.test(flags))
    throw new RsymError('usage', 'the regular expression is never closed', { hints: ['write it as /regex/'] });
  if (flags !== '' && flags !== 'i')
    throw new RsymError('usage', `the regular expression's flag isn't known: ${flags}`, {
      hints: ['the only flag is `i`'],
    });
  const compiler = new RegexCompiler(text, 1, end, flags === 'i');
  const first = compiler.compile();
  const matcher = new Matcher(compiler.program, first);
  return (name) => matcher.test(name);
};
