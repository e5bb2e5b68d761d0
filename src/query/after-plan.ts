import type { CallPlan, Register, ValuePlan } from '../abi/model.ts';
import type { ValueShape } from '../abi/shape.ts';
import { RsymError } from '../base/errors.ts';
import { mostSaved } from '../trace/bpf/records.ts';
import type { AfterPlan } from '../trace/site.ts';
import { globMatches } from './glob.ts';

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

/**
 * What is read at the returns, by words that arguments had at entry: `saved` are the registers that hold them there, those
 * asked for before first. Arguments that aren't in registers are left out.
 */
export const afterPlans = (
  requests: readonly AfterRequest[],
  { args, ret }: CallPlan,
  before: readonly Register[],
): { readonly after: readonly AfterPlan[]; readonly saved: readonly Register[] } => {
  const saved = [...before];
  const keep = (reg: Register): number => {
    const known = saved.indexOf(reg);
    return known >= 0 ? known : saved.push(reg) - 1;
  };
  const wordsOf = (arg: ValuePlan | undefined): number[] | null => {
    const registers = (arg?.pieces ?? []).map(({ location }) =>
      location.kind === 'register' && location.add === 0n ? location.reg : null,
    );
    if (registers.length === 0 || registers.length > 2 || registers.includes(null)) return null;
    const wanted = new Set([...saved, ...registers]);
    return wanted.size > mostSaved ? null : registers.map((reg) => keep(reg as Register));
  };
  const after = requests.flatMap((request) =>
    args.flatMap((arg): AfterPlan[] => {
      const isGlob = request.name.includes('*');
      if (!globMatches(request.name, arg.name) || (isGlob && !arg.type.startsWith('&mut '))) return [];
      const { name, type, evidence } = arg;
      const words = wordsOf(arg);
      if (words === null) return [];
      if (request.length === null) return [{ name, type, evidence, shape: arg.shape, words }];
      const fixed = /^\d+$/.test(request.length) ? BigInt(request.length) : null;
      if (fixed !== null)
        return [{ name, type, evidence, shape: byteText(word), words: [...words.slice(0, 1), { constant: fixed }] }];
      if (request.length === 'ret') {
        const size = ret.shape.kind === 'int' ? ret.shape.size : word;
        return [{ name, type, evidence, shape: byteText(word), words: [...words.slice(0, 1), { result: size }] }];
      }
      const length = wordsOf(args.find((one) => one.name === request.length));
      return length === null
        ? []
        : [{ name, type, evidence, shape: byteText(word), words: [...words.slice(0, 1), ...length.slice(0, 1)] }];
    }),
  );
  return { after, saved };
};
