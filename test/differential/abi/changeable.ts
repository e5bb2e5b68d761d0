import type { Composer } from './composer.ts';
import { integer } from './scalar-types.ts';
import type { Composed } from './source-function.ts';

/** Arguments and results that an optimiser may drop, fold, or pass otherwise: used in part or not at all, or constant. */
export const changeable = (compose: Composer, name: string): Composed => {
  const { dice } = compose;
  const number = integer(dice, 'u64');
  type Use = readonly [type: string, value: string, use: (own: string) => string];
  const uses: readonly Use[] = [
    ['u64', 'opaque(5)', (own) => `keep_number(${own});`],
    ['u64', 'opaque(6)', () => ''],
    ['u32', '3', (own) => `keep_number(${own} as u64);`],
    ["&'static str", 'opaque("partly")', (own) => `keep_number(${own}.len() as u64);`],
    ["&'static u64", 'opaque(&77)', (own) => `keep_number(*${own});`],
    ["&'static (u64, u64)", 'opaque(&(8, 9))', (own) => `keep_number(${own}.0); keep_number(${own}.1);`],
    ['(u64, u32)', 'opaque((1, 2))', (own) => `keep_number(${own}.1 as u64);`],
    ['[u64; 3]', 'opaque([1, 2, 3])', (own) => `keep_number(${own}[1]);`],
    ['f64', 'opaque(2.5)', (own) => `keep_number(${own} as u64);`],
    ["&'static Vec<u32>", 'opaque(&*Box::leak(Box::new(vec![1u32])))', (own) => `keep_number(${own}.len() as u64);`],
    ['Option<u64>', 'opaque(Some(4))', (own) => `if let Some(x) = ${own} { keep_number(x) }`],
  ];
  const chosen = Array.from({ length: 1 + dice.below(7) }, () => dice.pick(uses));
  const results: readonly Use[] = [
    ['u64', '5', () => ''],
    ['u64', `opaque(${number.value()})`, () => ''],
    ['(u64, u32)', 'opaque((5, 6))', (own) => `keep_number(${own}.0);`],
    ['Option<u64>', 'opaque(Some(7))', (own) => `keep_number(${own}.unwrap_or(0));`],
    ['Option<u64>', 'Some(opaque(7))', (own) => `keep_number(${own}.unwrap());`],
    ['()', '()', () => ''],
  ];
  const [ret, made, used] = dice.pick(results);
  const head = dice.pick(['fn', 'pub fn', '#[no_mangle] pub fn', 'fn']);
  const list = chosen.map(([type], index) => `a${index}: ${type}`).join(', ');
  const source = `#[inline(never)] ${head} ${name}(${list}) -> ${ret} { ${chosen.map(([, , use], index) => use(`a${index}`)).join(' ')} ${made} }`;
  // Callers need not pass what is read only in part.
  const args = chosen.map(([type], index) => ({ name: `a${index}`, type, unread: true }));
  const sizes = [...args.map(({ type }) => `size_of::<${type}>()`), `size_of::<${ret}>()`].join(', ');
  return {
    source,
    call: `{ sizes("${name}", &[${sizes}]); let result = ${name}(${chosen.map(([, value]) => value).join(', ')}); ${used('result')} }`,
    functions: [
      { name, kind: 'changeable', abi: 'Rust', symbol: head.startsWith('#') ? 'exact' : 'mangled', args, ret },
    ],
  };
};
