import { boolean, valueIn } from './check.ts';
import { Context, type Scope } from './context.ts';
import { checkGrowth } from './growth.ts';
import { load } from './load.ts';
import { parseExpression } from './parser.ts';
import { followed, partOf } from './place.ts';
import type { Expression } from './syntax.ts';
import type { BoolNode, KeyNode } from './tree.ts';
import { describeValue, type Value } from './value.ts';
import { variantName } from './variant-name.ts';

/**
 * Reads a condition on the calls of one function, `--when EXPR`.
 *
 * Names are those of the arguments, `ret`, `duration`, `pid`, `tid` and `comm`; where one could be both, neither is guessed:
 * `arg.pid` and `call.pid` say which, `arg.0` is the first argument. Operators are Rust's, with its precedence, and
 * `value is PATTERN`; what a pattern binds holds in what follows it by `&&`. References and boxes are followed wherever
 * a value is used. Texts and collections have `len()` and `is_empty()`, texts `starts_with("…")`, `ends_with("…")` and
 * `contains("…")`, an Option and a Result `is_some()`, `is_ok()` and so on, integers `ilog2()` and `next_power_of_two()`. What a Cell or a RefCell holds is its `.value`, what a Mutex or an RwLock holds its `.data`.
 *
 * @throws {RsymError} `usage` where it can't be read, names what isn't there, or compares what can't be compared.
 */
export const parseFilter = (text: string, scope: Scope): BoolNode => {
  const expression = parseExpression(text, ['ret is Err(_)', 'duration > 10ms']);
  const context = new Context(text, scope);
  const node = boolean(context, valueIn(context, expression), expression);
  checkGrowth(context, node, expression);
  return node;
};

/**
 * Reads what calls of one function are told apart by, `--by EXPR`: a value, or a tuple of them.
 *
 * @throws {RsymError} `usage` as `parseFilter`, and where the value is of a type that can't be a key.
 */
export const parseGrouping = (text: string, scope: Scope): KeyNode => {
  const expression = parseExpression(text, ['arg.0', 'ret.variant', '(comm, tid)']);
  const context = new Context(text, scope);
  const node = keyOf(context, valueIn(context, expression), expression);
  checkGrowth(context, node, expression);
  return node;
};

const keyOf = (context: Context, value: Value, expression: Expression): KeyNode => {
  if (value.kind === 'tuple') {
    if (value.items.length === 0) throw context.fault(expression, 'there is nothing to tell calls apart by');
    const items = expression.kind === 'tuple' ? expression.items : [];
    return { kind: 'tuple', items: value.items.map((item, index) => keyOf(context, item, items[index] ?? expression)) };
  }
  const at = value.kind === 'placed' ? followed(value) : null;
  const shape = at?.shape;
  if (at && shape?.kind === 'struct' && shape.name === '' && shape.fields.length > 0) {
    const items = shape.fields.map((field) => keyOf(context, partOf(at, field.offset, field.shape), expression));
    return { kind: 'tuple', items };
  }
  // An enum that is nothing but its variant's name.
  const isName =
    shape?.kind === 'c-enum' || (shape?.kind === 'enum' && shape.variants.every(({ form }) => form === 'unit'));
  const name = at && isName ? variantName(at) : null;
  if (name?.kind === 'variant') return { kind: 'variant', node: name.node };
  if (shape?.kind === 'enum' && shape.isTransparent !== true)
    throw context.fault(expression, "an enum with fields can't be a key", {
      why: 'which variant it is can be',
      hints: [`${context.source(expression)}.variant`],
    });
  const loaded = load(context, value, expression, 'a key');
  switch (loaded.kind) {
    case 'int':
    case 'char':
    case 'duration':
      return { kind: loaded.kind, node: loaded.node };
    case 'float':
      return { kind: 'float', node: loaded.node, size: loaded.size ?? 8 };
    case 'bool':
      return { kind: 'bool', node: loaded.node };
    case 'text':
      return { kind: 'text', node: loaded.node };
    case 'variant':
      return { kind: 'variant', node: loaded.node };
    default:
      throw context.fault(expression, `${describeValue(loaded)} can't be a key`);
  }
};
