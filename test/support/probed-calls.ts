import { isClaimed, type PrintedCopy, type PrintedValue, shownCopies } from './shown.ts';
import { type Hit, type Point, runProbed, unsigned } from './uprobe.ts';

// A program that prints its calls, run with probes where rsym says that their values are.

/** `NAME [in CALLER]: ARGUMENT=VALUE… [-> RESULT…]`: integers; `text.length` is the second word of `text`. */
type ToldCall = {
  readonly name: string;
  readonly caller: string | null;
  readonly args: ReadonlyMap<string, bigint>;
  readonly result: readonly bigint[] | null;
};

const integers = (text: string): bigint[] => [...text.matchAll(/-?\d+/g)].map(([digits]) => BigInt(digits));

const toldCalls = (stdout: string): ToldCall[] =>
  [...stdout.matchAll(/^(\w+)(?: in ([\w.]+))?: ([^>\n]*?)(?: ?-> (.*))?$/gm)].map(
    ([, name = '', caller, args = '', ret]) => ({
      name,
      caller: caller ?? null,
      args: new Map(
        args
          .split(' ')
          .filter((one) => one !== '')
          .map((one): [string, bigint] => [one.split('=')[0] ?? '', BigInt(one.split('=')[1] ?? '')]),
      ),
      result: ret === undefined ? null : integers(ret),
    }),
  );

/** Reads the words of a result that the program prints, by the bytes rsym found; null: not printed. */
export type ResultWords = Readonly<Record<string, (bytes: Uint8Array) => readonly bigint[]>>;

const word = (bytes: Uint8Array, at: number, size: number): bigint => unsigned(bytes.subarray(at, at + size)) ?? -1n;

/** Sizes in bytes of what is printed, by type. */
const printed: ResultWords = {
  u64: (bytes) => [word(bytes, 0, 8)],
  i64: (bytes) => [BigInt.asIntN(64, word(bytes, 0, 8))],
  i32: (bytes) => [BigInt.asIntN(32, word(bytes, 0, 4))],
  u32: (bytes) => [word(bytes, 0, 4)],
  '(u64, u64)': (bytes) => [word(bytes, 0, 8), word(bytes, 8, 8)],
  'core::option::Option<u64>': (bytes) => [word(bytes, 0, 8), word(bytes, 8, 8)],
  'core::option::Option<u32>': (bytes) =>
    word(bytes, 0, 4) === 0n ? [0n] : [word(bytes, 0, 4), BigInt.asIntN(32, word(bytes, 4, 4))],
};

export type Compared = {
  /** What was wrong, one line each. */
  readonly faults: readonly string[];
  /** Values read at hits and found right, by `function.value`. */
  readonly right: ReadonlyMap<string, number>;
};

/** Where calls of a function may be counted less or more often than they are made, rsym has to say so. */
const countNote = /may be missed|counted|as often|fewer|not every|more than once|approximate/i;

const pointsOf = (copy: PrintedCopy, id: string): Point[] => {
  const readable = ({ places }: PrintedValue): boolean =>
    places.length > 0 && places.every(({ kind, reg }) => kind !== 'gone' && !reg?.startsWith('xmm'));
  const { ret } = copy;
  const read = Object.fromEntries(
    copy.args
      .filter((arg) => isClaimed(arg) && readable(arg) && arg.name !== null && arg.hidden !== true)
      .map((arg) => [arg.name, arg.places]),
  );
  const points: Point[] = copy.at === null ? [] : [{ name: `${id} in`, address: BigInt(copy.at), read }];
  if (!isClaimed(ret) || !readable(ret) || ret.places.some((place) => place.at === 'entry')) return points;
  const exits =
    copy.kind === 'inlined'
      ? [ret.address ?? '']
      : (copy.asm ?? []).filter(({ text }) => /^ret\b/.test(text)).map(({ address }) => address);
  return [...points, ...exits.map((at) => ({ name: `${id} out`, address: BigInt(at), read: { ret: ret.places } }))];
};

/**
 * Compares what is read at the places of these functions with what the program prints of their calls. `same` names
 * functions whose body one of them shares; `results` reads results of further types.
 */
export const compareCalls = (
  path: string,
  args: readonly string[],
  names: readonly string[],
  { crate, same = {}, results = {} }: { crate: string; same?: Readonly<Record<string, string>>; results?: ResultWords },
): Compared => {
  const copies = shownCopies(path, `${crate}::*`, '--asm').flatMap((copy, i) => {
    const name = names.find((one) => copy.name === `${crate}::${one}`);
    return name === undefined ? [] : [{ name, copy, id: `${name}#${i}` }];
  });
  const { stdout, status, stderr, hits } = runProbed(
    path,
    args,
    copies.flatMap(({ copy, id }) => pointsOf(copy, id)),
  );
  const faults: string[] = status === 0 ? [] : [`it ended with ${status}: ${stderr}`];
  const right = new Map<string, number>();
  const told = toldCalls(stdout);
  const isOf = (call: ToldCall, { name, copy }: (typeof copies)[number]): boolean => {
    if (call.name !== name && same[call.name] !== name) return false;
    return copy.kind !== 'inlined' || call.caller === null || copy.caller?.split('::')[1] === call.caller;
  };
  for (const one of copies) {
    const { copy, id } = one;
    const calls = told.filter((call) => isOf(call, one));
    const at = (point: string): Hit[] => hits.filter((hit) => hit.point === `${id} ${point}`);
    const isMarked = copy.notes.some((note) => countNote.test(note));
    const compare = (found: readonly Hit[], what: string, isRight: (hit: Hit, call: ToldCall) => string[]): void => {
      if (found.length !== calls.length && !isMarked)
        faults.push(
          `${id}: ${found.length} ${what}, ${calls.length} calls, and nothing says so: ${copy.notes.join('; ')}`,
        );
      for (const [i, hit] of found.entries()) {
        const of = found.length === calls.length ? calls.slice(i, i + 1) : calls;
        const wrong = of.map((call) => isRight(hit, call));
        const best = wrong.find((list) => list.length === 0) ?? wrong[0] ?? [];
        faults.push(...best.map((text) => `${id} ${what} ${i}: ${text}`));
        if (best.length === 0)
          for (const value of Object.keys(hit.values))
            right.set(`${one.name}.${value}`, (right.get(`${one.name}.${value}`) ?? 0) + 1);
      }
    };
    if (copy.at !== null) compare(at('in'), 'entries', (hit, call) => wrongArguments(hit, call));
    if (hits.some(({ point }) => point === `${id} out`)) {
      const words = { ...printed, ...results }[copy.ret.type ?? ''];
      compare(at('out'), 'returns', (hit, { result }) => {
        const bytes = hit.values['ret'];
        if (bytes == null) return ['its result could not be read'];
        if (words === undefined) return [`its result of type ${copy.ret.type} is not compared`];
        const read = words(bytes).join(' ');
        return result === null || read === result.join(' ')
          ? []
          : [`returned ${read}, the program says ${result.join(' ')}`];
      });
    }
  }
  return { faults, right };
};

const wrongArguments = ({ values }: Hit, { args }: ToldCall): string[] =>
  Object.entries(values).flatMap(([name, bytes]) => {
    if (bytes === null) return [`${name} could not be read`];
    const length = args.get(`${name}.length`);
    const expected = length ?? args.get(`${name}.bits`) ?? args.get(name);
    if (expected === undefined) return [];
    const read = length === undefined ? unsigned(bytes) : word(bytes, 8, 8);
    const bits = 8 * (length === undefined ? bytes.length : 8);
    return read === BigInt.asUintN(bits, expected) ? [] : [`${name} is ${read}, the program says ${expected}`];
  });
