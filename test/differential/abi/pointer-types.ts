import type { Dice } from './dice.ts';
import type { RustType, Space } from './rust-type.ts';

const unsized = [
  { text: 'str', reference: (dice: Dice) => `"${'rsym'.repeat(dice.below(4))}"` },
  { text: '[u16]', reference: () => '&[7u16, 8, 9][..]' },
  { text: '[String]', reference: () => '&*Box::leak(vec![String::from("x")].into_boxed_slice())' },
  { text: 'dyn Object', reference: () => '&*Box::leak(Box::new(5u64)) as &dyn Object' },
] as const;
const owned = [
  { text: 'str', box: 'String::from("boxed").into_boxed_str()', from: 'from("text")' },
  { text: '[u32]', box: 'vec![1u32, 2, 3].into_boxed_slice()', from: 'from(vec![1u32, 2])' },
  { text: 'dyn Object', box: 'Box::new(9u64) as Box<dyn Object>', from: null },
] as const;

const wideReference = (space: Space): RustType => {
  const { dice } = space;
  const to = dice.pick(unsized);
  return { text: `&'static (${to.text})`, value: () => to.reference(dice), copy: true };
};

const wideOwner = (space: Space): RustType => {
  const { dice } = space;
  const to = dice.pick(owned);
  const holder = to.from === null ? 'Box' : dice.pick(['Box', 'Box', 'Rc', 'Arc'] as const);
  return {
    text: `${holder}<${to.text}>`,
    value: () => (holder === 'Box' ? to.box : `${holder}::<${to.text}>::${to.from}`),
    copy: false,
  };
};

const functionPointer = (space: Space): RustType => {
  const { dice } = space;
  return dice.pick([
    { text: 'fn(u64, f32) -> u64', value: () => 'plain_function as fn(u64, f32) -> u64', copy: true },
    { text: 'extern "C" fn(u32) -> u32', value: () => 'c_function as extern "C" fn(u32) -> u32', copy: true },
    {
      text: 'Option<extern "C" fn(u32) -> u32>',
      value: () => 'Some(c_function as extern "C" fn(u32) -> u32)',
      copy: true,
    },
  ]);
};

export const pointer = (space: Space, depth: number): RustType => {
  const { dice } = space;
  const target = (): RustType => space.any(Math.min(depth, 1));
  const thin = (wrap: (text: string) => string, value: (target: RustType) => string, copy: boolean): RustType => {
    const to = target();
    return { text: wrap(to.text), value: () => value(to), copy };
  };
  const leaked = (to: RustType): string => `&*Box::leak(Box::<${to.text}>::new(${to.value()}))`;
  return dice.weighted<() => RustType>([
    [3, () => thin((text) => `&'static ${text}`, leaked, true)],
    [
      2,
      () =>
        thin(
          (text) => `&'static mut ${text}`,
          (to) => `Box::leak(Box::new(${to.value()}))`,
          false,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `*const ${text}`,
          (to) => `(${leaked(to)}) as *const ${to.text}`,
          true,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `*mut ${text}`,
          (to) => `Box::leak(Box::<${to.text}>::new(${to.value()})) as *mut ${to.text}`,
          true,
        ),
    ],
    [
      2,
      () =>
        thin(
          (text) => `Box<${text}>`,
          (to) => `Box::new(${to.value()})`,
          false,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `Rc<${text}>`,
          (to) => `Rc::new(${to.value()})`,
          false,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `Arc<${text}>`,
          (to) => `Arc::new(${to.value()})`,
          false,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `rc::Weak<${text}>`,
          () => 'rc::Weak::new()',
          false,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `NonNull<${text}>`,
          (to) => `NonNull::from(${leaked(to)})`,
          true,
        ),
    ],
    [
      1,
      () =>
        thin(
          (text) => `Pin<Box<${text}>>`,
          (to) => `Box::pin(${to.value()})`,
          false,
        ),
    ],
    [3, () => wideReference(space)],
    [2, () => wideOwner(space)],
    [1, () => functionPointer(space)],
  ])();
};
