import { plainC } from './c-types.ts';
import type { Composer } from './composer.ts';
import type { RustType } from './rust-type.ts';
import type { Composed } from './source-function.ts';

/** Arrays and the like can't be returned to C. */
const fitsC = (type: RustType): boolean => type.text === '()' || /^\w+$/.test(type.text) || /^[&*]/.test(type.text);

export const freeFunction = (compose: Composer, name: string, kind: string): Composed => {
  const { dice, types } = compose;
  const abi = kind.startsWith('c-') ? 'C' : 'Rust';
  const type = abi === 'C' ? () => plainC(types, 2) : () => compose.any();
  const parameters = compose.parameters(type);
  const ret = abi === 'C' && dice.below(5) > 0 ? type() : compose.result();
  const heads: Record<string, string> = {
    exported: '#[no_mangle] pub fn',
    public: 'pub fn',
    private: 'fn',
    'c-exported': '#[no_mangle] pub extern "C" fn',
    'c-mangled': 'pub extern "C" fn',
    'track-caller': '#[track_caller] fn',
  };
  const result = abi === 'C' && !fitsC(ret) ? { text: '()', value: () => '()', copy: true } : ret;
  const list = parameters.map(({ name: parameter, type: { text } }) => `${parameter}: ${text}`).join(', ');
  const source = `#[inline(never)] ${heads[kind]} ${name}(${list}) -> ${result.text} { ${kind === 'track-caller' ? 'keep(std::panic::Location::caller());' : ''} ${compose.body(name, parameters, result)} }`;
  const args = parameters.map(({ name: parameter, type: { text } }) => ({ name: parameter, type: text }));
  const symbol = kind.endsWith('exported') ? 'exact' : 'mangled';
  return {
    source,
    call: compose.call(
      name,
      name,
      args.map(({ type: text }) => text),
      compose.opaque(parameters),
      result.text,
    ),
    functions: [{ name, kind, abi, symbol, args, ret: result.text }],
  };
};

export const genericFunction = (compose: Composer, name: string): Composed => {
  const { dice } = compose;
  const parameters = compose.parameters(() => compose.any(), 7);
  const ret = compose.result();
  const open = parameters.map((_, index) => (dice.below(2) === 0 ? `G${index}` : null));
  const list = parameters
    .map(({ name: parameter, type }, index) => `${parameter}: ${open[index] ?? type.text}`)
    .join(', ');
  const bounds = open.filter((parameter) => parameter !== null).map((parameter) => `${parameter}: Mark`);
  const brackets = bounds.length === 0 ? '' : `<${bounds.join(', ')}>`;
  const source = `#[inline(never)] fn ${name}${brackets}(${list}) -> ${ret.text} { ${compose.body(name, parameters, ret)} }`;
  const args = parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text }));
  const values = compose.opaque(parameters);
  // The parameter's type must be known: a literal's would be guessed.
  const types = parameters.flatMap(({ type }, index) => (open[index] === null ? [] : [type.text]));
  const callee = types.length === 0 ? name : `${name}::<${types.join(', ')}>`;
  return {
    source,
    call: compose.call(
      name,
      callee,
      args.map(({ type }) => type),
      values,
      ret.text,
    ),
    functions: [{ name, kind: 'generic', abi: 'Rust', symbol: 'mangled', args, ret: ret.text }],
  };
};
