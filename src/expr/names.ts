import type { RsymError } from '../base/errors.ts';
import type { Context } from './context.ts';
import { quoted, UnknownName } from './fault.ts';
import { leastOf, mostOf, widths } from './number.ts';
import { rootValue } from './place.ts';
import { likely, listed } from './suggestion.ts';
import type { Name } from './syntax.ts';
import type { Span } from './token.ts';
import type { Bindings, Loaded, Value } from './value.ts';

/** What is known of every call. */
const facts = ['ret', 'duration', 'pid', 'tid', 'comm'] as const;
type Fact = (typeof facts)[number];
const isFact = (name: string): name is Fact => facts.some((fact) => fact === name);

/** Before a dot they say whose name follows: an argument's, or that of a fact about the call. */
const isSpace = (name: string): name is 'arg' | 'call' => name === 'arg' || name === 'call';

const u32 = { size: 4, signed: false } as const;

const factOf = (context: Context, fact: Fact, span: Span): Value => {
  switch (fact) {
    case 'ret':
      if (context.scope.ret === null)
        throw context.fault(span, "the result can't be seen", { why: 'no probe is where the function returns' });
      return rootValue({ kind: 'result' }, context.scope.ret.shape);
    case 'duration':
      return { kind: 'duration', node: { kind: 'call', fact } };
    case 'pid':
    case 'tid':
      return { kind: 'int', node: { kind: 'call', fact }, width: u32, literal: null };
    case 'comm':
      return { kind: 'text', node: { kind: 'comm' } };
  }
};

/** An argument by its name, or by its number from 0 on; undefined: there is none. */
const argumentOf = (context: Context, name: string, span: Span): Value | undefined => {
  const { args } = context.scope;
  const found = args.flatMap((arg, index) => (arg.name === name ? [{ arg, index }] : []));
  const index = /^(?:0|[1-9]\d{0,3})$/.test(name) ? Number(name) : -1;
  const [one = args[index] && { arg: args[index], index }, another] = found;
  if (another !== undefined)
    throw context.fault(span, `several arguments are called ${quoted(name)}`, {
      why: 'they are told apart by their number',
      hints: found.map((same) => `arg.${same.index}`),
    });
  return one && rootValue({ kind: 'argument', index: one.index }, one.arg.shape);
};

/**
 * What a name stands for: a binding, else an argument or a fact about the call. Where it could be either, neither is
 * guessed. A capitalised name may be a variant.
 */
export const named = (context: Context, bindings: Bindings, name: string, span: Span): Value => {
  const binding = bindings.get(name);
  if (binding !== undefined) return binding;
  const argument = argumentNamed(context, name, span);
  if (argument !== undefined && isFact(name))
    throw context.fault(span, `${quoted(name)} could be two things`, {
      why: 'an argument is called so, and it is a word for every call',
      hints: [`arg.${name}`, `call.${name}`],
    });
  if (argument !== undefined) return argument;
  if (isFact(name)) return factOf(context, name, span);
  if (/^\p{Lu}/u.test(name)) return { kind: 'unit-variant', segments: [name], span };
  throw unknownName(context, [name], span);
};

/** A digit isn't a name. */
const argumentNamed = (context: Context, name: string, span: Span): Value | undefined =>
  /^\d/.test(name) ? undefined : argumentOf(context, name, span);

/**
 * `arg.NAME`, `arg.0` and `call.FACT`; undefined where `space` is a name like others. An argument called `arg` or `call`
 * is reached by it too, unless what follows is a name of its space: then it is `arg.arg.NAME`.
 */
export const inSpace = (context: Context, bindings: Bindings, space: string, name: Name): Value | undefined => {
  if (!isSpace(space) || bindings.has(space)) return undefined;
  const found =
    space === 'arg'
      ? argumentOf(context, name.text, name)
      : isFact(name.text)
        ? factOf(context, name.text, name)
        : undefined;
  if (found !== undefined || argumentNamed(context, space, name) !== undefined) return found;
  if (space === 'arg') throw unknownArgument(context, name.text, name, 'arg.');
  throw context.fault(name, `${quoted(name.text)} isn't known of a call`, {
    why: `what is known is ${listed(facts)}`,
    hints: likely(name.text, facts).map((fact) => `call.${fact}`),
  });
};

/** `u32::MAX`; null where the path isn't one of a number. */
export const constantOf = (segments: readonly string[]): Loaded | null => {
  const [type = '', end] = segments.slice(-2);
  const width = widths.get(type);
  if (width === undefined || (end !== 'MIN' && end !== 'MAX')) return null;
  const value = end === 'MIN' ? leastOf(width) : mostOf(width);
  return { kind: 'int', node: { kind: 'integer', value }, width, literal: null };
};

const unknownArgument = (context: Context, name: string, span: Span, prefix: string): RsymError => {
  const names = context.scope.args.map((arg) => arg.name);
  const why = names.length === 0 ? 'the function has no arguments' : `the arguments are ${listed(names)}`;
  const hints = likely(name, names).map((one) => `${prefix}${one}`);
  return new UnknownName(context.fault(span, `there is no argument ${quoted(name)}`, { why, hints }));
};

export const unknownName = (context: Context, segments: readonly string[], span: Span): RsymError => {
  const name = segments.join('::');
  if (segments.length > 1)
    return context.fault(span, `${quoted(name)} has no value here`, {
      why: 'a path is a variant that an enum is compared with, or the end of an integer type, as u32::MAX',
    });
  if (context.bound.has(name))
    return context.fault(span, `${quoted(name)} isn't bound here`, {
      why: 'what a pattern binds holds in what follows it by `&&`, not across `||` and `!`',
    });
  const names = context.scope.args.map((arg) => arg.name);
  // What a value is compared with, without the quotes that a shell has taken away.
  const isRight = /[=!]=\s*$/.test(context.source({ at: 0, end: span.at }));
  const hints = [...(isRight ? [`"${name}"`] : []), ...likely(name, [...names, ...facts])];
  const own = names.length === 0 ? 'the function has no arguments' : `the arguments are ${listed(names)}`;
  const why = `${own}; of every call: ${listed(facts)}`;
  return new UnknownName(context.fault(span, `there is no ${quoted(name)}`, { why, hints }));
};
