import { readFileSync } from 'node:fs';
import { Dice } from '../abi/dice.ts';
import { Questions, type Root } from './question.ts';
import { TypeSpace } from './type-space.ts';

/** A function whose calls print what holds of them. */
export type AskedFunction = {
  readonly name: string;
  /** Expressions in rsym's language, in the order of a line's answers. */
  readonly expressions: readonly string[];
};

export type FilterProgram = {
  readonly seed: number;
  readonly source: string;
  readonly functions: readonly AskedFunction[];
};

const prelude = readFileSync(new URL('prelude.rs', import.meta.url), 'utf8');
const calls = 8;

type Made = { readonly asked: AskedFunction; readonly source: string };

const make = (dice: Dice, types: TypeSpace, name: string, questions: number): Made => {
  const depth = (): number => dice.pick([0, 0, 1, 1, 2, 2, 3]);
  const kinds = Array.from({ length: 1 + dice.below(5) }, () => types.any(depth()));
  const names = kinds.map((_, index) => `a${index}`);
  const ret = dice.below(5) === 0 ? null : types.any(depth());
  const sleeps = dice.below(6) === 0;
  const panics = dice.below(6) === 0;
  const roots = kinds.map(
    (kind, index): Root => ({
      place: { rust: `(*${names[index]})`, rsym: `${names[index]}` },
      kind,
      isResult: false,
    }),
  );
  if (ret !== null) roots.push({ place: { rust: '(*ret)', rsym: 'ret' }, kind: ret, isResult: true });
  const asker = new Questions(dice, roots, sleeps);
  const asked = Array.from({ length: questions }, () => asker.next());

  const retText = ret?.text ?? '()';
  const declared = kinds.map(({ text }, index) => `${names[index]}: ${text}`).join(', ');
  const references = kinds.map(({ text }, index) => `${names[index]}: &${text}`).join(', ');
  const beforeType = `(${asker.before.map(({ type }) => `${type},`).join(' ')})`;
  const body = [
    ...names.map((argument) =>
      dice.pick([`opaque(&${argument});`, `opaque(&${argument});`, `let ${argument} = opaque(${argument});`]),
    ),
    ...(sleeps ? ['if step() % 3 == 1 { pause(40); }'] : []),
    ...kinds.flatMap(({ change }, index) => (change ? [change(`${names[index]}`)] : [])),
    ...(panics ? ['if step() % 4 == 2 { panic!("as planned"); }'] : []),
    ret === null
      ? ''
      : `match step() { ${Array.from({ length: calls - 1 }, (_, step) => `${step} => ${ret.value()},`).join(' ')} _ => ${ret.value()} }`,
  ];
  // One that is inlined has a caller that isn't.
  const isInlined = dice.below(12) === 0;
  const passed = names.join(', ');
  const own = `#[inline(${isInlined ? 'always' : 'never'})]\nfn ${name}(${declared}) -> ${retText} {\n    ${body.join('\n    ')}\n}\n`;
  const caller = isInlined
    ? `#[inline(never)]\nfn caller_of_${name}(${declared}) -> ${retText} { ${name}(${passed}) }\n`
    : '';
  const once = (number: number): string =>
    `    {
${kinds.map((kind, index) => `        let ${names[index]} = opaque(${kind.value()});`).join('\n')}
        let e = before_${name}(${names.map((argument) => `&${argument}`).join(', ')});
        let call = called(${number}, move || ${isInlined ? 'caller_of_' : ''}${name}(${passed}));
        told("${name}", &call, &answers_${name}(e, call.ret.as_ref(), call.took));
        std::mem::forget(call);
    }`;
  const source = `${own}${caller}
fn before_${name}(${references}) -> ${beforeType} {
    (${asker.before.map(({ rust }) => `${rust},`).join('\n     ')})
}

fn answers_${name}(e: ${beforeType}, ret: Option<&${retText}>, took: Took) -> [Answer; ${questions}] {
    [${asked.map(({ rust }) => rust).join(',\n     ')}]
}

fn calls_of_${name}() {
${Array.from({ length: calls }, (_, number) => once(number)).join('\n')}
}
`;
  return { asked: { name, expressions: asked.map(({ rsym }) => rsym) }, source };
};

/** A program with at least so many pairs of a function and an expression; the same for a seed. Its arguments say whose calls it makes. */
export const filterProgram = (seed: number, pairs: number): FilterProgram => {
  const dice = new Dice(seed);
  const types = new TypeSpace(dice);
  const each = Math.min(pairs, 5);
  const made = Array.from({ length: Math.ceil(pairs / each) }, (_, index) => make(dice, types, `f${index}`, each));
  const arms = made.map(({ asked: { name } }) => `            "${name}" => calls_of_${name}(),`);
  const source = [
    prelude,
    ...types.declarations,
    ...made.map((one) => one.source),
    `fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    for function in std::env::args().skip(1) {
        match function.as_str() {
${arms.join('\n')}
            _ => panic!("no such function"),
        }
    }
}
`,
  ].join('\n');
  return { seed, source, functions: made.map(({ asked }) => asked) };
};
