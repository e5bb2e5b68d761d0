import { struct } from './aggregate-types.ts';
import type { Composer } from './composer.ts';
import type { RustType } from './rust-type.ts';
import type { Composed } from './source-function.ts';

const receiver = (
  compose: Composer,
): { receiver: string; text: (own: string) => string; value: (own: RustType) => string; object: boolean } => {
  const { dice } = compose;
  return dice.pick([
    { receiver: 'self', text: (own) => own, value: (own) => `opaque(${own.value()})`, object: false },
    {
      receiver: '&self',
      text: (own) => `&'static ${own}`,
      value: (own) => `opaque(&*Box::leak(Box::new(${own.value()})))`,
      object: true,
    },
    {
      receiver: '&mut self',
      text: (own) => `&'static mut ${own}`,
      value: (own) => `opaque(Box::leak(Box::new(${own.value()})))`,
      object: true,
    },
    {
      receiver: 'self: Box<Self>',
      text: (own) => `Box<${own}>`,
      value: (own) => `opaque(Box::new(${own.value()}))`,
      object: true,
    },
    {
      receiver: 'self: Rc<Self>',
      text: (own) => `Rc<${own}>`,
      value: (own) => `opaque(Rc::new(${own.value()}))`,
      object: true,
    },
    {
      receiver: 'self: Arc<Self>',
      text: (own) => `Arc<${own}>`,
      value: (own) => `opaque(Arc::new(${own.value()}))`,
      object: true,
    },
    {
      receiver: 'self: Pin<Box<Self>>',
      text: (own) => `Pin<Box<${own}>>`,
      value: (own) => `opaque(Box::pin(${own.value()}))`,
      object: true,
    },
  ]);
};

export const method = (compose: Composer, name: string): Composed => {
  const { dice, types } = compose;
  const own = struct(types, 1);
  const self = receiver(compose);
  const parameters = compose.parameters(() => compose.any(), 6);
  const ret = compose.result();
  const list = [self.receiver, ...parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`)].join(
    ', ',
  );
  const source = `impl ${own.text} { #[inline(never)] ${dice.pick(['pub ', ''])}fn ${name}(${list}) -> ${ret.text} { keep(&self); ${compose.body(name, parameters, ret, 1)} } }`;
  const args = [
    { name: 'self', type: self.text(own.text) },
    ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
  ];
  return {
    source,
    call: compose.call(
      name,
      `${own.text}::${name}`,
      args.map(({ type }) => type),
      [self.value(own), ...compose.opaque(parameters)],
      ret.text,
    ),
    functions: [{ name, kind: 'method', abi: 'Rust', symbol: 'mangled', args, ret: ret.text }],
  };
};

export const dynMethod = (compose: Composer, name: string): Composed => {
  const { types } = compose;
  const own = struct(types, 1);
  let self = receiver(compose);
  while (!self.object) self = receiver(compose);
  const parameters = compose.parameters(() => compose.any(), 6);
  const ret = compose.result();
  const list = [self.receiver, ...parameters.map(({ name: parameter, type }) => `${parameter}: ${type.text}`)].join(
    ', ',
  );
  const trait = `T_${name}`;
  const source = `pub trait ${trait} { fn ${name}(${list}) -> ${ret.text}; }
impl ${trait} for ${own.text} { #[inline(never)] fn ${name}(${list}) -> ${ret.text} { keep(&self); ${compose.body(name, parameters, ret, 1)} } }`;
  const args = [
    { name: 'self', type: self.text(own.text) },
    ...parameters.map(({ name: parameter, type }) => ({ name: parameter, type: type.text })),
  ];
  const before = `let object: ${self.text(`dyn ${trait}`).replace(/^(&'static (?:mut )?)(.*)$/, '$1($2)')} = ${self.value(own).replace(/^opaque/, '')};`;
  return {
    source,
    call: compose.call(
      name,
      `opaque(object).${name}`,
      args.map(({ type }) => type),
      compose.opaque(parameters),
      ret.text,
      before,
    ),
    functions: [{ name, kind: 'dyn-method', abi: 'Rust', symbol: 'mangled', args, ret: ret.text }],
  };
};
