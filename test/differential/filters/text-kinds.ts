import type { Dice } from '../abi/dice.ts';
import { type Condition, one, type Place, type TestPattern } from './condition.ts';
import type { Kind } from './kind.ts';
import { askNumber, sign } from './number-kinds.ts';

const words = [
  '',
  'a',
  'ab',
  'get',
  'GET /index.html',
  'GET /',
  'put',
  'übergröße',
  '漢字',
  'tab\\t',
  'quote\\"d',
  '🦀🦀',
];
const long = 'the quick brown fox jumps over the lazy dog, and over the quick brown fox that is lazy now';

/** A text as both languages write it. */
const word = (dice: Dice): string =>
  dice.weighted<() => string>([
    [9, () => dice.pick(words)],
    [1, () => long],
    [1, () => `${long}!`],
    [1, () => `${dice.pick(words)}${dice.pick(words)}`],
  ])();

/** A piece of one of the words. */
const piece = (dice: Dice): string => {
  const of = dice.pick([...words.filter((text) => !text.includes('\\')), long]);
  const points = [...of];
  const from = dice.below(points.length + 1);
  return points.slice(from, from + dice.below(6)).join('');
};

export const bytesOf = (text: string): string => `"${text}".as_bytes()`;

/** What is asked of text; `rust` of the place is of type `&[u8]`. */
const askText = (dice: Dice, { rust, rsym }: Place): Condition => {
  const [how, text] = [sign(dice), word(dice)];
  const part = piece(dice);
  return dice.weighted<() => Condition>([
    [3, () => one(`${rsym} == "${text}"`, `Some(${rust} == ${bytesOf(text)})`)],
    [2, () => one(`${rsym} ${how} "${text}"`, `test(Some(${rust}), "${how}", Some(${bytesOf(text)}))`)],
    [2, () => one(`${rsym}.starts_with("${part}")`, `Some(${rust}.starts_with(${bytesOf(part)}))`)],
    [2, () => one(`${rsym}.ends_with("${part}")`, `Some(${rust}.ends_with(${bytesOf(part)}))`)],
    [
      1,
      () => {
        const inner = part === '' ? 'g' : part;
        const found = `${rust}.windows(${bytesOf(inner)}.len()).any(|bytes| bytes == ${bytesOf(inner)})`;
        return one(`${rsym}.contains("${inner}")`, `Some(${found})`);
      },
    ],
    [
      2,
      () =>
        askNumber(dice, { rsym: `${rsym}.len()`, rust: `num(${rust}.len())` }, () =>
          BigInt(dice.pick([0, 1, 2, 3, 5, 8, 15, 90])),
        ),
    ],
    [1, () => one(`${rsym}.is_empty()`, `Some(${rust}.is_empty())`)],
    [
      1,
      () => {
        const { rsym: pattern, rust: test } = textPattern(dice);
        return one(`${rsym} is ${pattern}`, test(rust));
      },
    ],
  ])();
};

const textPattern = (dice: Dice): TestPattern => {
  const [a, b] = [word(dice), word(dice)];
  return dice.below(2) === 0
    ? { rsym: `"${a}"`, rust: (bytes) => `Some(${bytes} == ${bytesOf(a)})` }
    : { rsym: `"${a}" | "${b}"`, rust: (bytes) => `Some(${bytes} == ${bytesOf(a)} || ${bytes} == ${bytesOf(b)})` };
};

type Form = { readonly text: string; readonly of: (text: string) => string; readonly bytes: (place: string) => string };

const asBytes = (place: string): string => `${place}.as_bytes()`;

const forms: readonly Form[] = [
  { text: "&'static str", of: (text) => `&*leak(String::from("${text}")).as_str()`, bytes: asBytes },
  { text: "&'static str", of: (text) => `"${text}"`, bytes: asBytes },
  { text: 'String', of: (text) => `String::from("${text}")`, bytes: asBytes },
  { text: "&'static String", of: (text) => `&*leak(String::from("${text}"))`, bytes: asBytes },
  { text: 'Box<str>', of: (text) => `Box::<str>::from("${text}")`, bytes: asBytes },
  { text: 'Rc<str>', of: (text) => `Rc::<str>::from("${text}")`, bytes: asBytes },
  { text: 'Arc<str>', of: (text) => `Arc::<str>::from("${text}")`, bytes: asBytes },
  { text: "Cow<'static, str>", of: (text) => `Cow::Owned(String::from("${text}"))`, bytes: asBytes },
  { text: "Cow<'static, str>", of: (text) => `Cow::Borrowed("${text}")`, bytes: asBytes },
  { text: 'Vec<u8>', of: (text) => `Vec::from(${bytesOf(text)})`, bytes: (place) => `${place}[..]` },
  {
    text: "&'static [u8]",
    of: (text) => `&*leak(Vec::from(${bytesOf(text)})).as_slice()`,
    bytes: (place) => `${place}[..]`,
  },
];

export const text = (dice: Dice): Kind => {
  const form = dice.pick(forms);
  const bytes = ({ rust, rsym }: Place): Place => ({ rsym, rust: `(&${form.bytes(rust)}[..])` });
  return {
    text: form.text,
    value: () => form.of(word(dice)),
    ask: (at) => askText(dice, bytes(at)),
    pattern: () => {
      const pattern = textPattern(dice);
      return { rsym: pattern.rsym, rust: (place) => pattern.rust(bytes({ rust: place, rsym: '' }).rust) };
    },
    bytes,
  };
};
