import type { Composer } from './composer.ts';
import type { Composed } from './source-function.ts';

/** A function that takes a function: an item, a pointer or a closure with captures. */
export const callable = (compose: Composer, name: string): Composed => {
  const { dice } = compose;
  const parameters = compose
    .parameters(() => compose.any(), 5)
    .map((parameter, index) => ({
      ...parameter,
      name: `a${index + 1}`,
    }));
  const ret = compose.result();
  const captures = Array.from({ length: dice.below(4) }, () => compose.any());
  const captured = captures.map((_, index) => `c${index}`);
  const value = dice.pick([
    'item',
    'item as fn(u32) -> u32',
    `move |x: u32| -> u32 { ${captured.map((capture) => `keep(&${capture});`).join(' ')} x }`,
  ]);
  const list = ['a0: F', ...parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`)].join(', ');
  const source = `#[inline(never)] fn ${name}<F: Fn(u32) -> u32>(${list}) -> ${ret.text} { keep_number(a0(7) as u64); ${compose.body(name, parameters, ret, 1)} }`;
  const before = `${captures.map((capture, index) => `let c${index}: ${capture.text} = opaque(${capture.value()});`).join(' ')} let f = ${value};`;
  const args = [
    { name: 'a0', type: '=size_of_val(&f)' },
    ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
  ];
  return {
    source,
    call: compose.call(
      name,
      name,
      args.map(({ type }) => type),
      ['f', ...compose.opaque(parameters)],
      ret.text,
      before,
    ),
    functions: [
      {
        name,
        kind: 'callable',
        abi: 'Rust',
        symbol: 'mangled',
        args: args.map((arg, index) => (index === 0 ? { ...arg, type: 'F' } : arg)),
        ret: ret.text,
      },
    ],
  };
};

/** What makes a closure's body ask for its captures as its trait gives them. */
const captureUses = { Fn: 'keep(&OWN);', FnMut: 'keep(&mut OWN);', FnOnce: 'drop(OWN);' } as const;

export const closure = (compose: Composer, name: string): Composed => {
  const { dice } = compose;
  const parameters = compose.parameters(() => compose.any(), 6);
  const ret = compose.result();
  const captures = Array.from({ length: dice.below(4) }, () => compose.any());
  const trait = dice.pick(['Fn', 'FnMut', 'FnOnce'] as const);
  const uses = captures.map((_, index) => captureUses[trait].replace('OWN', `c${index}`)).join(' ');
  const list = captures.map(({ text }, index) => `mut c${index}: ${text}`).join(', ');
  const inputs = parameters.map(({ type }) => type.text).join(', ');
  const closure = `#[inline(never)] move |${parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`).join(', ')}| -> ${ret.text} { ${uses} ${compose.body(name, parameters, ret, 1)} }`;
  // Passed where its trait is asked for, a closure takes itself as that trait does, whatever its body would allow.
  const source = `fn kind_${name}<F: ${trait}(${inputs}) -> ${ret.text}>(f: F) -> F { f }
fn ${name}(${list}) -> Box<dyn ${trait}(${inputs}) -> ${ret.text}> { Box::new(kind_${name}(${closure})) }`;
  const env = trait === 'FnOnce' ? '=size_of_val(&*f)' : '=8';
  const before = `let mut f = opaque(${name}(${captures.map((capture) => `opaque(${capture.value()})`).join(', ')}));`;
  const args = [
    { name: '_1', type: 'env' },
    ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
  ];
  return {
    source,
    call: compose.call(
      name,
      'f',
      [env, ...parameters.map(({ type }) => type.text)],
      compose.opaque(parameters),
      ret.text,
      before,
    ),
    functions: [{ name, kind: `closure-${trait}`, abi: 'Rust', symbol: 'closure', args, ret: ret.text }],
  };
};

export const asyncFunction = (compose: Composer, name: string): Composed => {
  const parameters = compose.parameters(() => compose.any(), 6);
  const ret = compose.result();
  const list = parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`).join(', ');
  const source = `async fn ${name}(${list}) -> ${ret.text} { ${compose.body(name, parameters, ret)} }`;
  const args = parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text }));
  const body = `${name}_body`;
  const before = `sizes("${body}", &[8, 8, size_of::<Poll<${ret.text}>>()]); let future = opaque(${name}(${compose.opaque(parameters).join(', ')}));`;
  const sizes = [...args.map(({ type }) => `size_of::<${type}>()`), 'size_of_val(&future)'].join(', ');
  return {
    source,
    call: `{ ${before} sizes("${name}", &[${sizes}]); let result = poll_once(opaque(Box::pin(future) as Pin<Box<dyn Future<Output = ${ret.text}>>>)); keep(&result); }`,
    functions: [
      { name, kind: 'async', abi: 'Rust', symbol: 'mangled', args, ret: 'impl Future' },
      {
        name: body,
        kind: 'async-body',
        abi: 'Rust',
        symbol: 'closure',
        args: [
          { name: '_1', type: 'Pin<&mut Env>' },
          { name: '_task_context', type: '&mut Context' },
        ],
        ret: `Poll<${ret.text}>`,
      },
    ],
  };
};
