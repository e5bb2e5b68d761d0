import type { CallPlan, Register, ValuePlan } from '../abi/model.ts';
import type { ValueShape } from '../abi/shape.ts';
import { RsymError } from '../base/errors.ts';
import { sanitize } from '../base/text.ts';
import { mostSaved } from '../trace/bpf/records.ts';
import type { AfterPlan, ProbeSite } from '../trace/site.ts';
import { globMatches } from './glob.ts';
import { nearest } from './nearest.ts';

/** An argument that is read once more when the call returns: its name, and how long a buffer is that a bare pointer leads to. */
export type AfterRequest = { readonly name: string; readonly length: string | null };

/**
 * Reads `buf`, `buf:len`, `buf:64` or `buf:ret`; a glob stands for all arguments of that name that are `&mut`.
 *
 * @throws {RsymError} `usage` where there is no name.
 */
export const parseAfter = (text: string): AfterRequest => {
  const [, name = '', length] = /^([^:]*)(?::(\w+))?$/.exec(text.trim()) ?? [];
  if (name !== '') return { name, length: length ?? null };
  throw new RsymError('usage', `no argument is named by \`${text}\``, {
    hints: ['--after buf', '--after buf:len', '--after buf:ret'],
  });
};

const word = 8;
const byteText = (length: number): ValueShape => ({
  kind: 'text',
  size: 2 * word,
  behind: { data: 0, add: 0, counts: null },
  length,
  of: 'bytes',
});

/** What stands for a word at the return: a register kept from the entry, or a number. */
type Word = AfterPlan['words'][number];

/** Bytes behind a bare address are of use where nothing else is known to be there. */
const bytesBehind: ReadonlySet<ValueShape['kind']> = new Set(['int', 'unit', 'opaque', 'cut', 'array']);

/** Why an argument's memory isn't told by its address and a length; null if it is. */
const notBytes = ({ shape, type }: ValuePlan): string | null => {
  if (shape.kind === 'pointer' && !bytesBehind.has(shape.target.kind))
    return `what \`${type}\` points to is no plain bytes: without a length its value is read`;
  return shape.size < word ? `\`${type}\` is no pointer` : null;
};

const wordOf = (bytes: Uint8Array): bigint => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Why an argument isn't read again. */
class Lack {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * What is read at the returns, by words that arguments had at entry: `saved` are the registers that hold them there, those
 * asked for before first. `lacks` says of those that are asked for why they are not read, one line each.
 */
export const afterPlans = (
  requests: readonly AfterRequest[],
  { args, ret }: CallPlan,
  before: readonly Register[],
): { readonly after: readonly AfterPlan[]; readonly saved: readonly Register[]; readonly lacks: readonly string[] } => {
  const saved = [...before];
  const keep = (reg: Register): number => {
    const known = saved.indexOf(reg);
    return known >= 0 ? known : saved.push(reg) - 1;
  };
  const wordsOf = (arg: ValuePlan): Word[] | Lack => {
    const words: (Register | { readonly constant: bigint })[] = [];
    for (const { location } of arg.pieces) {
      if (location.kind === 'register' && location.add === 0n) words.push(location.reg);
      else if (location.kind === 'constant') words.push({ constant: wordOf(location.bytes) });
      else return new Lack(`${arg.name} is not in a register when the call begins`);
    }
    if (words.length === 0) return new Lack(`where ${arg.name} is when the call begins is not known`);
    if (words.length > 2) return new Lack(`${arg.name} is more than two words`);
    const registers = words.filter((one): one is Register => typeof one === 'string');
    if (new Set([...saved, ...registers]).size > mostSaved)
      return new Lack(`no more than ${mostSaved} registers are kept for the return`);
    return words.map((one) => (typeof one === 'string' ? keep(one) : one));
  };
  const lengthOf = (length: string): Word | Lack => {
    if (/^\d+$/.test(length)) return { constant: BigInt(length) };
    if (length === 'ret') {
      if (ret.evidence === 'gone') return new Lack('what the function returns is not known');
      return { result: ret.shape.kind === 'int' ? ret.shape.size : word };
    }
    const named = args.find(({ name }) => name === length);
    if (named === undefined) return new Lack(`there is no argument ${length} that could be its length`);
    const words = wordsOf(named);
    return words instanceof Lack ? words : (words[0] ?? new Lack(`${length} is no number`));
  };
  const planOf = (request: AfterRequest, arg: ValuePlan): AfterPlan | Lack => {
    const { name, type, evidence, shape } = arg;
    if (shape.kind === 'cut' && shape.why === 'redacted') return new Lack('it is redacted');
    const fault = request.length === null ? null : notBytes(arg);
    if (fault !== null) return new Lack(fault);
    const words = wordsOf(arg);
    if (words instanceof Lack) return words;
    if (request.length === null) return { name, type, evidence, shape, words };
    const length = lengthOf(request.length);
    return length instanceof Lack
      ? length
      : { name, type, evidence, shape: byteText(word), words: [...words.slice(0, 1), length] };
  };
  const lacks: string[] = [];
  const after = requests.flatMap((request) =>
    args.filter(isAsked(request)).flatMap((arg): AfterPlan[] => {
      const plan = planOf(request, arg);
      if (!(plan instanceof Lack)) return [plan];
      lacks.push(`${optionOf(request)}: ${arg.name} is not read again: ${plan.reason}`);
      return [];
    }),
  );
  return { after, saved, lacks };
};

const isAsked =
  ({ name }: AfterRequest) =>
  (arg: ValuePlan): boolean =>
    globMatches(name, arg.name) && (!name.includes('*') || arg.type.startsWith('&mut '));

const optionOf = ({ name, length }: AfterRequest): string => `--after ${name}${length === null ? '' : `:${length}`}`;

/** Requests that name no argument of anything that is traced, one line each; and copies of which none is read. */
export const afterNotes = (requests: readonly AfterRequest[], sites: readonly ProbeSite[]): string[] => {
  const names = new Set(sites.flatMap(({ plan }) => plan.args.map(({ name }) => name)));
  return requests.flatMap((request) => {
    const asked = sites.filter(({ plan }) => plan.args.some(isAsked(request)));
    if (asked.length === 0) {
      const near = nearest(request.name, names, 3).map(sanitize);
      const what = request.name.includes('*') ? '`&mut` argument of that name' : 'argument of that name';
      const note = `${optionOf(request)}: there is no ${what} in what is traced`;
      return [near.length === 0 ? note : `${note}; the nearest: ${near.join(', ')}`];
    }
    const unseen = asked.filter(({ returns, copy }) => copy.kind === 'inlined' || returns.mode !== 'sites');
    return unseen.map(({ name, copy, returns }) => {
      const where = copy.callSite === null ? '' : `, inlined at ${copy.callSite.file}:${copy.callSite.line}`;
      const why =
        copy.kind === 'inlined'
          ? 'of an inlined copy no argument is read again'
          : returns.mode === 'uretprobe'
            ? 'a uretprobe reads results only; --returns safe reads arguments again'
            : "its returns aren't watched";
      return `${sanitize(name)}${sanitize(where)}: ${optionOf(request)}: ${why}`;
    });
  });
};
